import { checkRules, RULE_LIMITS } from '../../../lib/model/limits/replication-rules';
import { accepts, refuses } from './cases';

const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: 'v' }));
const tag = (key: string, value = 'v') => checkRules([{ tags: [{ key, value }] }]);

describe('every limit of replication rules', () => {
  test.each(Object.entries(RULE_LIMITS))('%s has a source, a date and words for its unit', (_name, limit) => {
    expect(limit.source).toMatch(/\w{4}/);
    expect(limit.unit).not.toBe('');
    expect(limit.readOn).toMatch(/^20\d\d-\d\d-\d\d$/);
  });
});

describe('replication rules', () => {
  accepts([
    [
      'different ids and priorities',
      checkRules([
        { id: 'a', priority: 0 },
        { id: 'b/c d_1(x)!', priority: 2_147_483_647 },
      ]),
    ],
    ['what is known only at deploy time', checkRules([{}, { tags: [{}] }])],
    ['no rules', checkRules([])],
    ['a prefix as long as a key', checkRules([{ prefix: 'p'.repeat(1024) }, { prefix: 'あ'.repeat(341) }])],
    ['as many tags as an object has', checkRules([{ tags: tags(10) }])],
    ['a long tag', tag('k'.repeat(128), 'v'.repeat(256))],
    ['a tag without a value', tag('k', '')],
  ]);
  refuses([
    ['one id twice', checkRules([{ id: 'a' }, { id: 'a' }]), 'error', 'ReplicationRuleIdTaken', /two replication rules is 'a'/],
    [
      'one priority twice',
      checkRules([{ priority: 2 }, { priority: 1 }, { priority: 2 }]),
      'error',
      'EqualPriorities',
      /is 2, so nobody knows/,
    ],
    ...[-1, 1.5, 2_147_483_648, Number.NaN].map(
      (priority) =>
        [
          `a priority of ${priority}`,
          checkRules([{ priority }]),
          'error',
          'PriorityOutOfRange',
          new RegExp(`is ${priority}, but S3 ranks rules by whole numbers from 0 to 2147483647`),
        ] as const,
    ),
    ...['a"b', "a'b", 'a\\b', '注文', 'a\tb', '', ' '].map(
      (id) =>
        [
          `the id ${JSON.stringify(id)}`,
          checkRules([{ id }]),
          'error',
          'InvalidReplicationRuleId',
          /ASCII characters.*without quotes/s,
        ] as const,
    ),
    [
      'a prefix longer than a key',
      checkRules([{ id: 'long', prefix: 'p'.repeat(1025) }]),
      'error',
      'ReplicationPrefixTooLong',
      /'prefix' of replication rule 'long' has 1025 bytes, but .* at most 1024/,
    ],
    [
      'a prefix of fewer characters than bytes',
      checkRules([{ prefix: 'あ'.repeat(342) }]),
      'error',
      'ReplicationPrefixTooLong',
      /rule 1 has 1026/,
    ],
    ['more tags than an object has', checkRules([{ tags: tags(11) }]), 'error', 'TooManyReplicationTags', /has 11 entries.*at most 10/],
    ['a tag without a key', tag(''), 'error', 'InvalidTag', /'tags' has key ''/],
    ['a key that is too long', tag('k'.repeat(129)), 'error', 'InvalidTag', /129 characters/],
    ['a value that is too long', tag('k', 'v'.repeat(257)), 'error', 'InvalidTag', /257 characters/],
  ]);
});
