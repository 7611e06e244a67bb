import { checkObjectReplication, type ObjectReplicationRule } from '../../../lib/model/limits';
import { accepts, refuses } from './cases';

const GOOD: ObjectReplicationRule = {
  id: 'logs',
  filtered: true,
  tagged: false,
  prioritised: true,
  deleteMarkers: 'Enabled',
  timeControl: { minutes: 15 },
  metrics: { minutes: 15 },
  kmsObjects: 'Enabled',
  replicaKey: true,
};
const rule = (change: ObjectReplicationRule = {}) => checkObjectReplication([{ ...GOOD, ...change }]);
const rules = (count: number, change: ObjectReplicationRule = {}) => checkObjectReplication(Array(count).fill({ ...GOOD, ...change }));

describe('replication rules', () => {
  accepts([
    ['a rule with everything', rule()],
    ['a rule of which nothing is known before deployment', checkObjectReplication([{}])],
    ['no rule', rules(0)],
    ['1,000 rules', rules(1_000)],
    ['an id of 255 characters', rule({ id: 'x'.repeat(255) })],
    ['a rule without an id', rule({ id: false })],
    [
      'a rule of the first version, which has neither priority nor delete markers',
      rule({ filtered: false, prioritised: false, deleteMarkers: false }),
    ],
    ['tags without delete markers', rule({ tagged: true, deleteMarkers: 'Disabled' })],
    ['delete markers known only at deploy time', rule({ tagged: true, deleteMarkers: undefined })],
    ['metrics alone', rule({ timeControl: false, metrics: {} })],
    ['neither time control nor metrics', rule({ timeControl: false, metrics: false })],
    ['metrics known only at deploy time', rule({ metrics: undefined })],
    ['neither objects of KMS nor a key', rule({ kmsObjects: false, replicaKey: false })],
    ['a key where objects of KMS are left out in so many words', rule({ kmsObjects: 'Disabled' })],
    ['objects of KMS with a key known only at deploy time', rule({ replicaKey: undefined })],
    ['a key with objects known only at deploy time', rule({ kmsObjects: undefined })],
  ]);
  refuses([
    ['1,001 rules', rules(1_001), 'error', 'TooManyReplicationRules', /'rules' has 1001 entries, but .* at most 1000: join some/],
    [
      'an id of 256 characters',
      rule({ id: 'x'.repeat(256) }),
      'error',
      'ReplicationRuleIdTooLong',
      /'id' of replication rule 'x{40}' has 256 characters, but S3 takes at most 255/,
    ],
    [
      'a filter without delete markers',
      rule({ deleteMarkers: false }),
      'error',
      'ReplicationRuleIncomplete',
      /'deleteMarkerReplication' of replication rule 'logs' is left out/,
    ],
    [
      'the only rule without a priority, which CloudFormation may fill in',
      rule({ prioritised: false, id: false }),
      'warning',
      'ReplicationRuleIncomplete',
      /'priority' of replication rule 1 is left out/,
    ],
    [
      'one of two rules without a priority',
      checkObjectReplication([GOOD, { ...GOOD, id: undefined, prioritised: false }]),
      'error',
      'ReplicationRuleIncomplete',
      /'priority' of replication rule 2 is left out/,
    ],
    [
      'delete markers by tags',
      rule({ tagged: true }),
      'error',
      'DeleteMarkersWithTags',
      /is enabled, but S3 replicates no delete markers by rules that filter by tags/,
    ],
    ...[14, 16].map(
      (minutes) =>
        [
          `time control of ${minutes} minutes`,
          rule({ timeControl: { minutes } }),
          'error',
          'ReplicationTimeUnsupported',
          new RegExp(`'replicationTime' of .* is ${minutes} minutes, but S3 knows 15 minutes only: set 15`),
        ] as const,
    ),
    ...[14, 16].map(
      (minutes) =>
        [
          `metrics of ${minutes} minutes`,
          rule({ metrics: { minutes } }),
          'error',
          'ReplicationTimeUnsupported',
          new RegExp(`'metrics' of .* is ${minutes} minutes`),
        ] as const,
    ),
    ['time control without metrics', rule({ metrics: false }), 'error', 'ReplicationTimeWithoutMetrics', /add metrics with 15 minutes/],
    ['objects of KMS without a key', rule({ replicaKey: false }), 'error', 'ReplicaKeyMissing', /is enabled, but .*: name one/],
    ['a key without objects of KMS', rule({ kmsObjects: false }), 'error', 'ReplicaKeyWithoutObjects', /is left out, but .*: enable it/],
  ]);

  test('are all judged, each by itself', () => {
    const found = checkObjectReplication([GOOD, { ...GOOD, id: 'one', replicaKey: false }, { ...GOOD, id: 'two', metrics: false }]);
    expect(found.map(({ code, message }) => [code, message.split("'")[3]])).toEqual([
      ['ReplicaKeyMissing', 'one'],
      ['ReplicationTimeWithoutMetrics', 'two'],
    ]);
  });
});
