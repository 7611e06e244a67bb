import { App, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnVolume } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { takeInventory } from '../../lib/core/private/inventory';
import { type FactSource, RecoveryRecord } from '../../lib/core/private/record';
import type { ConcernFact, CopyFact, Fact, ResourceFact } from '../../lib/model/facts';
import { estimateMs } from '../../lib/model/services';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { CopyAction } from '../../lib/protection/copy-action';
import { MalwareScanMode } from '../../lib/protection/malware-scan';
import { ProtectionPlan, type ProtectionPlanProps } from '../../lib/protection/protection-plan';
import { ProtectionRule } from '../../lib/protection/protection-rule';
import { Selection } from '../../lib/protection/selection';
import { AirGappedVault } from '../../lib/vault/air-gapped-vault';
import { ComplianceAcknowledgement } from '../../lib/vault/compliance-acknowledgement';
import { RecoveryVault } from '../../lib/vault/recovery-vault';
import { VaultLock } from '../../lib/vault/vault-lock';

const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const HERE = 'orders in ap-northeast-1 of 111122223333';
const FAR = 'orders in ap-northeast-3 of 111122223333';
const KEEP = { keep: Duration.days(30) };

/** What tests select: one resource of each kind that behaves in its own way. */
const things = {
  bucket: (stack: Stack) => new CfnBucket(stack, 'Bucket', { versioningConfiguration: { status: 'Enabled' } }),
  database: (stack: Stack) => new CfnDBInstance(stack, 'Database', { engine: 'postgres', storageEncrypted: true }),
  cluster: (stack: Stack) => new CfnDBCluster(stack, 'Cluster', { engine: 'postgres', storageEncrypted: true }),
  files: (stack: Stack) => new CfnFileSystem(stack, 'Files', { encrypted: true }),
  table: (stack: Stack, id = 'Table') =>
    new CfnTable(stack, id, {
      keySchema: [{ attributeName: 'id', keyType: 'HASH' }],
      attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }],
      billingMode: 'PAY_PER_REQUEST',
    }),
  volume: (stack: Stack) =>
    new CfnVolume(stack, 'Volume', {
      availabilityZone: 'ap-northeast-1a',
      size: 8,
      encrypted: true,
      kmsKeyId: new Key(stack, 'Key').keyArn,
    }),
};

interface World {
  readonly stack: Stack;
  readonly vault: RecoveryVault;
  readonly mirror: RecoveryVault;
}

function world(lock?: VaultLock): World {
  const stack = new Stack(new App(), 'Orders', { env: ENV });
  const vault = new RecoveryVault(stack, 'Vault', { vaultName: 'orders', lock });
  return { stack, vault, mirror: vault.mirrorIn('ap-northeast-3') };
}

function factsOf(scope: IConstruct): readonly Fact[] {
  const { sources } = RecoveryRecord.of(scope) as unknown as { sources: readonly FactSource[] };
  return sources.flatMap((source) => source.facts(takeInventory(Stack.of(scope).node.root as App)));
}

/** Facts of a plan over some things, as one call. */
function plan(
  kinds: readonly (keyof typeof things)[],
  rules: (world: World) => ProtectionRule[],
  props: ProtectionPlanProps = {},
  lock?: VaultLock,
) {
  const here = world(lock);
  const made = new ProtectionPlan(here.stack, 'Plan', { vault: here.vault, rules: rules(here), ...props });
  made.select('Some', Selection.resources(...kinds.map((kind) => things[kind](here.stack))));
  const facts = factsOf(here.stack);
  return {
    ...here,
    made,
    facts,
    copies: (resource?: string) => copiesIn(facts).filter((copy) => resource === undefined || copy.resource === `Orders/${resource}`),
    codes: concernsIn(facts).map(({ code }) => code),
    concerns: concernsIn(facts),
  };
}

const copiesIn = (facts: readonly Fact[]) => facts.filter((fact): fact is CopyFact => fact.kind === 'copy' && fact.medium === 'backup');
const concernsIn = (facts: readonly Fact[]) => facts.filter((fact): fact is ConcernFact => fact.kind === 'concern');
const sum = ({ staleness }: CopyFact) => staleness.reduce((total, { ms }) => total + ms, 0);

describe('recovery points and their copies', () => {
  const { facts, copies } = plan(['volume'], ({ mirror }) => [
    ProtectionRule.daily('Daily', { ...KEEP, copies: [CopyAction.to(mirror, { keep: Duration.days(90) })] }),
  ]);
  const [here, far] = copies('Volume');

  test('the resource is recorded once, with its label and place', () => {
    expect(facts.filter((fact): fact is ResourceFact => fact.kind === 'resource')).toMatchObject([
      { id: 'Orders/Volume', label: 'EBS volume', place: { region: 'ap-northeast-1', account: '111122223333' } },
    ]);
  });

  test('each place is one copy, with its vault, Region and account', () => {
    expect([here, far].map(({ id, place, form, by, immutable }) => ({ id, place, form, by, immutable }))).toEqual([
      { id: HERE, place: { ...ENV, container: 'orders' }, form: 'points', by: 'Orders/Plan', immutable: 'no' },
      { id: FAR, place: { ...ENV, region: 'ap-northeast-3', container: 'orders' }, form: 'points', by: 'Orders/Plan', immutable: 'no' },
    ]);
  });

  test('its age is the gap, the start window and the estimated jobs', () => {
    const backup = estimateMs('EBS', 'backup');
    expect(here.staleness.map(({ ms, basis }) => [ms, basis])).toEqual([
      [DAY, 'configured'],
      [HOUR, 'configured'],
      [backup, 'estimated'],
    ]);
    expect(sum(far)).toBe(DAY + HOUR + backup + estimateMs('EBS', 'copy'));
  });

  test('each is kept as its own lifecycle says', () => {
    expect([here, far].map(({ keptMs, shortestKeptMs }) => [keptMs, shortestKeptMs])).toEqual([
      [30 * DAY, 30 * DAY],
      [90 * DAY, 90 * DAY],
    ]);
  });

  test('recovery points of what AWS Backup does not manage fully keep the key of the resource, their copies have that of the vault', () => {
    expect([here.key, far.key]).toMatchObject([
      { kind: 'customer', id: 'Orders/Key' },
      { kind: 'customer', id: expect.stringContaining('ap-northeast-3') },
    ]);
  });

  test('those of what it manages fully have the key of the vault', () => {
    const [points] = plan(['files'], () => [ProtectionRule.daily('Daily', KEEP)]).copies('Files');
    expect(points.key).toMatchObject({ kind: 'customer', id: expect.stringContaining('Vault') });
  });

  test('a restore is a response and a job, both estimated', () => {
    expect(here.restore).toMatchObject([
      { name: 'response', ms: 30 * MINUTE, basis: 'estimated' },
      { name: 'restore job', ms: estimateMs('EBS', 'restore'), basis: 'estimated' },
    ]);
  });
});

describe('what is expected of the data', () => {
  const expecting = (expects: Parameters<ProtectionPlan['select']>[2]) => {
    const { stack, vault, mirror } = world();
    const made = new ProtectionPlan(stack, 'Plan', {
      vault,
      rules: [ProtectionRule.daily('Daily', { ...KEEP, copies: [CopyAction.to(mirror)] })],
    });
    const selection = made.select('Some', Selection.resources(things.volume(stack)), expects);
    return { stack, selection, made };
  };

  test('declared times go before estimates', () => {
    const expects = {
      backupTime: Duration.minutes(7),
      copyTime: Duration.minutes(9),
      restoreTime: Duration.hours(2),
      responseTime: Duration.minutes(5),
    };
    const [here, far] = copiesIn(factsOf(expecting({ expects }).stack));
    expect(here.staleness.at(-1)).toMatchObject({ ms: 7 * MINUTE, basis: 'declared' });
    expect(far.staleness.at(-1)).toMatchObject({ ms: 9 * MINUTE, basis: 'declared' });
    expect(far.restore.map(({ ms, basis }) => [ms, basis])).toEqual([
      [5 * MINUTE, 'declared'],
      [2 * HOUR, 'declared'],
    ]);
  });

  test('one declared job leaves the other an estimate', () => {
    const [here] = copiesIn(factsOf(expecting({ expects: { backupTime: Duration.minutes(7) } }).stack));
    expect(here.staleness.at(-1)).toMatchObject({ ms: 7 * MINUTE, basis: 'estimated' });
  });

  test('more data takes longer', () => {
    const [here] = copiesIn(factsOf(expecting({ expects: { dataSize: Size.tebibytes(2) } }).stack));
    expect(here.staleness.at(-1)).toMatchObject({ ms: estimateMs('EBS', 'backup', 2048) });
    expect(here.restore.at(-1)).toMatchObject({ ms: estimateMs('EBS', 'restore', 2048) });
  });

  test('what is said of one resource goes before what is said of its selection, part by part', () => {
    const { stack, selection } = expecting({ expects: { restoreTime: Duration.hours(2), responseTime: Duration.minutes(1) } });
    selection.addResource(things.table(stack), { restoreTime: Duration.hours(3) });
    const [table] = copiesIn(factsOf(stack)).filter(({ resource }) => resource === 'Orders/Table');
    expect(table.restore.map(({ ms }) => ms)).toEqual([MINUTE, 3 * HOUR]);
  });

  test('fails for a time or a size that is only known at deploy time', () => {
    const stack = new Stack();
    const minutes = new CfnParameter(stack, 'Minutes', { type: 'Number' }).valueAsNumber;
    expect(() => expecting({ expects: { restoreTime: Duration.minutes(minutes) } })).toThrow(/'expects\.restoreTime'.*DurationUnknown/);
    expect(() => expecting({ expects: { dataSize: Size.gibibytes(minutes) } })).toThrow(/'expects\.dataSize'.*SizeUnknown/);
  });
});

describe('continuous backup', () => {
  const { copies, facts } = plan(['bucket', 'database', 'volume', 'table'], ({ mirror }) => [
    ProtectionRule.daily('Daily', { ...KEEP, continuous: true, copies: [CopyAction.to(mirror)] }),
  ]);

  test.each([
    ['Bucket', 15 * MINUTE],
    ['Database', 5 * MINUTE],
  ])('of a %s loses its lag, and its copies are recovery points', (resource, lagMs) => {
    const [continuous, far] = copies(resource);
    expect(continuous).toMatchObject({
      id: `${HERE}, continuous`,
      form: 'continuous',
      staleness: [{ ms: lagMs, basis: 'documented' }],
      keptMs: 30 * DAY,
      shortestKeptMs: 30 * DAY,
    });
    expect(far).toMatchObject({ id: FAR, form: 'points' });
    expect(sum(far)).toBeGreaterThan(DAY);
    expect(copies(resource)).toHaveLength(2);
  });

  test.each(['Volume', 'Table'])('of a %s does not exist: it gets recovery points', (resource) => {
    expect(copies(resource).map(({ id, form }) => [id, form])).toEqual([
      [HERE, 'points'],
      [FAR, 'points'],
    ]);
  });

  test('has the key of the vault only where AWS Backup manages the type fully', () => {
    expect(copies('Bucket')[0].key.id).toContain('Vault');
    expect(copies('Database')[0].key.kind).toBe('service-managed');
  });

  test('warns of nothing by itself', () => {
    expect(concernsIn(facts).map(({ code }) => code)).not.toContain('SeveralContinuousRules');
  });

  test('is not claimed where another rule takes every run of its rule', () => {
    const kept = (days: number) => {
      const { copies } = plan(['database'], () => [
        ProtectionRule.daily('Log', { keep: Duration.days(days), continuous: true }),
        ProtectionRule.daily('Nightly', KEEP),
      ]);
      return copies('Database').map(({ form }) => form);
    };
    expect(kept(29)).not.toContain('continuous');
    expect(kept(31)).toContain('continuous');
  });

  test('warns for two continuous rules, of which the longer one counts', () => {
    const rules = [14, 35].map((days, index) =>
      ProtectionRule.daily(`Rule${index}`, { keep: Duration.days(days), continuous: true, hour: 4 + index * 6 }),
    );
    const both = plan(['database'], () => rules);
    expect(both.codes.filter((code) => code === 'SeveralContinuousRules')).toHaveLength(1);
    expect(both.copies('Database')[0].keptMs).toBe(35 * DAY);
    expect(plan(['volume'], () => rules).codes).not.toContain('SeveralContinuousRules');
  });

  test('warns for a bucket whose other recovery points go to another vault', () => {
    const rules = ({ stack }: World) => [
      ProtectionRule.daily('Daily', { ...KEEP, continuous: true }),
      ProtectionRule.weekly('Weekly', { ...KEEP, hour: 12, vault: new RecoveryVault(stack, 'Second') }),
    ];
    expect(plan(['bucket'], rules).codes).toContain('BucketVaultsDiffer');
    expect(plan(['database'], rules).codes).not.toContain('BucketVaultsDiffer');
  });
});

describe('copies that cannot be made', () => {
  test('are recorded as impossible, and the rest of the rule stands', () => {
    const { copies } = plan(['cluster'], ({ mirror }) => [ProtectionRule.daily('Daily', { ...KEEP, copies: [CopyAction.to(mirror)] })]);
    expect(copies('Cluster').map(({ id, impossible }) => [id, impossible])).toEqual([
      [HERE, undefined],
      [FAR, expect.stringMatching(/copies no recovery points of RDS Multi-AZ cluster/)],
    ]);
  });

  test('are those into an air-gapped vault for what it cannot hold', () => {
    const rules = ({ stack }: World) => [ProtectionRule.daily('Daily', { ...KEEP, copies: [CopyAction.to(airGapped(stack))] })];
    expect(plan(['database'], rules).copies('Database')[1].impossible).toMatch(/air-gapped vault takes no recovery points of RDS/);
    const [, inside] = plan(['volume'], rules).copies('Volume');
    expect([inside.immutable, inside.impossible, inside.airGapped]).toEqual(['compliance', undefined, true]);
  });

  test('may be those under a key that cannot be shared', () => {
    const rules = ({ stack }: World) => {
      const osaka = new Stack(stack.node.root as App, 'Osaka', { env: { ...ENV, region: 'ap-northeast-3' } });
      return [
        ProtectionRule.daily('Daily', { ...KEEP, copies: [CopyAction.to(new BackupVault(osaka, 'Plain', { backupVaultName: 'plain' }))] }),
      ];
    };
    expect(plan(['volume'], rules).concerns).toContainEqual(
      expect.objectContaining({ code: 'CopyNeedsCustomerKey', by: 'Orders/Plan', resource: 'Orders/Volume' }),
    );
    expect(plan(['bucket'], rules).codes).not.toContain('CopyNeedsCustomerKey');
  });
});

describe('a logically air-gapped home', () => {
  const rules = ({ stack }: World) => [ProtectionRule.daily('Daily', { ...KEEP, airGappedVault: airGapped(stack) })];

  test('takes what AWS Backup manages fully straight in', () => {
    const { copies, codes } = plan(['files'], rules);
    expect(copies('Files').map(({ id, immutable }) => [id, immutable])).toEqual([[expect.stringContaining('air-gapped'), 'compliance']]);
    expect(sum(copies('Files')[0])).toBe(DAY + HOUR + estimateMs('EFS', 'backup'));
    expect(codes).not.toContain('AirGappedUnsupported');
  });

  test('takes others by a copy, and what they pass through does not count', () => {
    const { copies } = plan(['volume'], rules);
    expect(copies('Volume').map(({ id }) => id)).toEqual([expect.stringContaining('air-gapped')]);
    expect(sum(copies('Volume')[0])).toBe(DAY + HOUR + estimateMs('EBS', 'backup') + estimateMs('EBS', 'copy'));
  });

  test('leaves what it cannot hold in the vault, and that is told', () => {
    const { copies, codes } = plan(['database'], rules);
    expect(copies('Database').map(({ id }) => id)).toEqual([HERE]);
    expect(codes).toContain('AirGappedUnsupported');
  });

  test('has no malware scan of what only passes through, and that is told', () => {
    const scanned = ({ stack }: World) => [
      ProtectionRule.daily('Daily', { ...KEEP, malwareScan: MalwareScanMode.FULL, airGappedVault: airGapped(stack) }),
    ];
    expect(plan(['volume'], scanned).codes).toContain('ScanNotAirGapped');
    expect(plan(['bucket', 'table'], scanned).codes).not.toContain('ScanNotAirGapped');
  });

  test('has no continuous backup, and that is told', () => {
    const { copies, codes } = plan(['bucket'], ({ stack }) => [
      ProtectionRule.daily('Daily', { ...KEEP, continuous: true, airGappedVault: airGapped(stack) }),
    ]);
    expect(copies('Bucket').map(({ form }) => form)).toEqual(['points']);
    expect(codes).toContain('ContinuousNotAirGapped');
    expect(plan(['table'], rules).codes).not.toContain('ContinuousNotAirGapped');
  });
});

describe('locks', () => {
  test.each<[string, VaultLock, string]>([
    ['governance', VaultLock.governance({ minRetention: Duration.days(7) }), 'governance'],
    [
      'compliance',
      VaultLock.compliance({
        minRetention: Duration.days(7),
        maxRetention: Duration.days(400),
        changeableFor: Duration.days(3),
        acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
      }),
      'compliance',
    ],
  ])('a vault with a %s lock says so of its recovery points, not of their copies', (_mode, lock, immutable) => {
    const { copies } = plan(
      ['table'],
      ({ mirror }) => [ProtectionRule.daily('Daily', { ...KEEP, copies: [CopyAction.to(mirror)] })],
      {},
      lock,
    );
    expect(copies('Table').map((copy) => copy.immutable)).toEqual([immutable, 'no']);
  });
});

describe('several rules', () => {
  const overlaps = (...rules: ProtectionRule[]) => plan(['table'], () => rules).concerns.filter(({ code }) => code === 'OverlappingRules');

  test('warns where a long start window swallows the runs of another rule, with the winner, the loser and the share', () => {
    const [{ message, by }] = overlaps(
      ProtectionRule.hourly('Hourly', { keep: Duration.days(2) }),
      ProtectionRule.daily('Daily', { ...KEEP, startWindow: Duration.hours(8) }),
    );
    expect(by).toBe('Orders/Plan');
    expect(message).toMatch(/^'startWindow' of rules 'Daily' and 'Hourly' overlap, so that \d\d % of the runs of 'Hourly'/);
  });

  test('warns where a rule never makes a recovery point', () => {
    const rules = [ProtectionRule.daily('Short', { keep: Duration.days(7) }), ProtectionRule.daily('Long', KEEP)];
    expect(overlaps(...rules)[0].message).toMatch(/'Long' and 'Short' overlap, so that all of the runs of 'Short'/);
  });

  test('does not warn where the winner backs up at the same times', () => {
    expect(overlaps(ProtectionRule.hourly('Hourly', { keep: Duration.days(2) }), ProtectionRule.daily('Daily', KEEP))).toEqual([]);
  });

  test('blames only the rule that does it', () => {
    const guilty = ProtectionRule.weekly('Weekly', { keep: Duration.days(90), hour: 12, startWindow: Duration.hours(3) });
    const found = overlaps(ProtectionRule.hourly('Hourly', { keep: Duration.days(2) }), ProtectionRule.daily('Daily', KEEP), guilty);
    expect(found.map(({ message }) => message)).toEqual([expect.stringMatching(/'Weekly' and 'Hourly' overlap/)]);
  });

  test('does not warn where start windows only touch', () => {
    const rules = [ProtectionRule.daily('Five', { keep: Duration.days(7) }), ProtectionRule.daily('Six', { ...KEEP, hour: 6 })];
    expect(overlaps(...rules)).toEqual([]);
  });

  test('tells what weakens a claim', () => {
    const rules = [ProtectionRule.daily('One', KEEP), ProtectionRule.daily('Two', { ...KEEP, minute: 30 })];
    expect(plan(['table'], () => rules).codes).toContain('WeakClaim');
  });

  test('warns of cold storage that no type of the plan has', () => {
    const rules = [ProtectionRule.monthly('Monthly', { keep: Duration.days(200), coldStorageAfter: Duration.days(60) })];
    expect(plan(['database'], () => rules).codes).toContain('ColdStorageIgnored');
    expect(plan(['files'], () => rules).codes).not.toContain('ColdStorageIgnored');
  });
});

describe('what is only known at deploy time', () => {
  test('a rule without plain numbers counts as a copy of unknown age', () => {
    const { stack, copies, codes } = plan(['table'], ({ stack: home, mirror }) => {
      const days = new CfnParameter(home, 'Days', { type: 'Number' }).valueAsNumber;
      const copy = CopyAction.to(mirror);
      return [
        new ProtectionRule('Rule', { schedule: Schedule.cron({ minute: '0', hour: '5' }), keep: Duration.days(days), copies: [copy] }),
      ];
    });
    expect(copies('Table').map(({ id, staleness, keptMs }) => [id, staleness, keptMs])).toEqual([
      [HERE, [], undefined],
      [FAR, [], undefined],
    ]);
    expect(codes).toContain('RuleUnknown');
    expect(
      RecoveryRecord.of(stack)
        .assess()
        .coverage.protected.map(({ id }) => id),
    ).toContain('Orders/Table');
  });

  test('a stack without an environment leaves Region and account open', () => {
    const stack = new Stack(new App(), 'Agnostic');
    new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Daily', KEEP)] }).select(
      'Some',
      Selection.resources(things.table(stack)),
    );
    expect(copiesIn(factsOf(stack))).toMatchObject([{ id: 'Agnostic-recovery', place: { region: undefined, account: undefined } }]);
  });
});

describe('one resource, several times', () => {
  test('in two selections counts once, as the first one says', () => {
    const { stack, vault } = world();
    const table = things.table(stack);
    const made = new ProtectionPlan(stack, 'Plan', { vault, rules: [ProtectionRule.daily('Daily', KEEP)] });
    made.select('One', Selection.resources(table), { expects: { restoreTime: Duration.hours(1) } });
    made.select('Two', Selection.resources(table), { expects: { restoreTime: Duration.hours(9) } });
    const copies = copiesIn(factsOf(stack));
    expect(copies).toHaveLength(1);
    expect(copies[0].restore.at(-1)?.ms).toBe(HOUR);
  });

  test('in two plans has the copies of both', () => {
    const { stack, vault } = world();
    const table = things.table(stack);
    const other = new RecoveryVault(stack, 'Other', { vaultName: 'other' });
    new ProtectionPlan(stack, 'One', { vault, rules: [ProtectionRule.daily('Daily', KEEP)] }).select('Some', Selection.resources(table));
    new ProtectionPlan(stack, 'Two', { vault: other, rules: [ProtectionRule.weekly('Weekly', KEEP)] }).select(
      'Some',
      Selection.resources(table),
    );
    expect(copiesIn(factsOf(stack)).map(({ id, by }) => [id, by])).toEqual([
      [HERE, 'Orders/One'],
      ['other in ap-northeast-1 of 111122223333', 'Orders/Two'],
    ]);
  });
});

describe('resources that are handed over', () => {
  test('get what the plan needs, also when rules are added after it was asked', () => {
    const { stack, vault } = world();
    const bucket = new Bucket(stack, 'Bucket');
    const made = new ProtectionPlan(stack, 'Plan', { vault });
    made.select('Some', Selection.resources(bucket));
    factsOf(stack);
    made.addRule(ProtectionRule.daily('Daily', { ...KEEP, continuous: true }));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: Match.objectLike({ EventBridgeConfiguration: Match.objectLike({ EventBridgeEnabled: true }) }),
    });
  });

  test('tell what the plan cannot set on them', () => {
    const { stack, vault } = world();
    const made = new ProtectionPlan(stack, 'Plan', { vault, rules: [ProtectionRule.daily('Daily', KEEP)] });
    made.select('Some', Selection.resources(Bucket.fromBucketName(stack, 'Imported', 'orders')));
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('turn versioning on'));
  });
});

describe('a thousand resources', () => {
  const { stack, vault } = world();
  const made = new ProtectionPlan(stack, 'Plan', {
    vault,
    rules: [ProtectionRule.hourly('Hourly', KEEP), ProtectionRule.weekly('Weekly', { keep: Duration.days(90) })],
  });
  made.select('All', Selection.resources(...Array.from({ length: 1_000 }, (_, index) => things.table(stack, `T${index}`))));
  const copies = copiesIn(factsOf(stack));

  test('all have their copies', () => {
    expect(new Set(copies.map(({ resource }) => resource)).size).toBe(1_000);
  });

  test('share one computed claim', () => {
    expect(new Set(copies.map(({ staleness }) => staleness)).size).toBe(1);
  });
});

function airGapped(stack: Stack): AirGappedVault {
  return new AirGappedVault(stack, 'AirGapped', {
    vaultName: 'air-gapped',
    minRetention: Duration.days(7),
    maxRetention: Duration.days(90),
    acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
  });
}
