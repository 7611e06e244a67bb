import {
  BackupClient,
  CreateBackupPlanCommand,
  CreateBackupSelectionCommand,
  CreateBackupVaultCommand,
  DeleteBackupSelectionCommand,
  UpdateBackupPlanCommand,
} from '@aws-sdk/client-backup';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { look } from '../../lib/handlers/freshness';
import type { FreshnessConfig } from '../../lib/model/freshness';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { ACCOUNT, describeWithEmulator, type FaultOptions } from '../emulator/harness';
import { type Outcome, outcomeOf } from '../handlers/freshness/fake-ports';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const START = new Date('2030-01-07T00:30:00Z');
const tableArn = (name: string) => `arn:aws:dynamodb:${TOKYO}:${ACCOUNT}:table/${name}`;
const DAILY = 25 * HOUR + 30 * MINUTE;

/** Plain AWS Backup, made by its API; the function looks at it over HTTP. */
jest.setTimeout(60_000);

describeWithEmulator('the freshness function over HTTP', (emulator) => {
  let backup: BackupClient;
  let selectionId: string;
  let planId: string;
  const before = { ...process.env };
  const config = (more: Partial<FreshnessConfig> = {}): FreshnessConfig => ({
    watch: 'orders',
    plans: [{ name: 'daily', label: 'Orders/Daily', promises: [{ types: ['DynamoDB'], copies: [{ vault: 0, thresholdMs: DAILY }] }] }],
    vaults: [{ name: 'main' }],
    ...more,
  });
  const bothPlaces = config({
    plans: [
      {
        name: 'daily',
        label: 'Orders/Daily',
        promises: [
          {
            types: ['DynamoDB'],
            copies: [
              { vault: 0, thresholdMs: DAILY },
              { vault: 1, thresholdMs: DAILY + HOUR },
            ],
          },
        ],
      },
    ],
    vaults: [{ name: 'main' }, { name: 'main', region: OSAKA }],
  });
  const advance = (ms: number) => emulator().control.advanceClock(ms);
  const plant = (fault: FaultOptions) => emulator().control.plantFault({ times: 1000, ...fault });

  beforeAll(() => {
    Object.assign(process.env, emulator().env);
  });
  afterAll(() => {
    process.env = before;
  });

  beforeEach(async () => {
    await emulator().control.reset();
    await emulator().control.freezeClock(START);
    await emulator().control.settings({ jobDurationsMs: { backup: 5 * MINUTE, copy: 10 * MINUTE }, realPostgres: false });
    backup = new BackupClient(emulator().client());
    for (const region of [TOKYO, OSAKA]) {
      const EncryptionKeyArn = `arn:aws:kms:${region}:${ACCOUNT}:key/1`;
      await new BackupClient(emulator().client(region)).send(new CreateBackupVaultCommand({ BackupVaultName: 'main', EncryptionKeyArn }));
    }
  });

  const table = (name: string, tags: Record<string, string> = {}) =>
    new DynamoDBClient(emulator().client()).send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  const rule = (more: object = {}) => ({
    BackupPlanName: 'daily',
    Rules: [{ RuleName: 'daily', TargetBackupVaultName: 'main', ScheduleExpression: 'cron(0 3 * * ? *)', StartWindowMinutes: 60, ...more }],
  });
  const select = async (selection: object) => {
    const command = new CreateBackupSelectionCommand({
      BackupPlanId: planId,
      BackupSelection: { SelectionName: 'selection', IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/backup`, ...selection },
    });
    selectionId = (await backup.send(command)).SelectionId!;
  };
  const plan = async (selection: object, more: object = {}) => {
    planId = (await backup.send(new CreateBackupPlanCommand({ BackupPlan: rule(more) }))).BackupPlanId!;
    await select(selection);
  };
  const lookNow = async (
    made = config(),
    { region = TOKYO, maxAttempts = 2, requestTimeoutMs = 5_000, remainingMs = 60_000, skewMs = 0 } = {},
  ): Promise<Outcome> => {
    const lines: string[] = [];
    const { nowMs } = await emulator().control.clock();
    const options = { region, now: () => nowMs + skewMs, remainingMs, patience: { maxAttempts, requestTimeoutMs } };
    const error = await look(made, { ...options, write: (line) => lines.push(line) }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    return outcomeOf(lines, error);
  };
  /** Two tables that were backed up and copied half an hour ago. */
  const backedUp = async () => {
    await table('orders');
    await table('carts');
    await plan(
      { Resources: [tableArn('orders'), tableArn('carts')] },
      { CopyActions: [{ DestinationBackupVaultArn: `arn:aws:backup:${OSAKA}:${ACCOUNT}:backup-vault:main` }] },
    );
    await advance(3 * HOUR);
  };

  describe('sees real backups', () => {
    test('awaited, then fresh day by day, then stale within hours after the plan was stopped', async () => {
      await table('orders');
      await plan({ Resources: [tableArn('orders')] });
      expect((await lookNow()).totals).toMatchObject({ Fresh: 0, Awaited: 1, Missing: 0 });
      for (let day = 0; day < 3; day++) {
        await advance(DAY);
        expect((await lookNow()).totals).toMatchObject({ Fresh: 1, Stale: 0, Missing: 0, Awaited: 0 });
      }
      const stopped = rule({ ScheduleExpression: 'cron(0 3 1 12 ? *)' });
      await backup.send(new UpdateBackupPlanCommand({ BackupPlanId: planId, BackupPlan: stopped }));
      await advance(3 * HOUR);
      expect((await lookNow()).totals).toMatchObject({ Fresh: 1, Stale: 0 });
      await advance(2 * HOUR);
      expect(await lookNow()).toMatchObject({ totals: { Fresh: 0, Stale: 1 }, told: [`stale ${TOKYO}/main ${tableArn('orders')}`] });
      await advance(60 * DAY);
      expect((await lookNow()).groups[`Orders/Daily ${TOKYO}/main`].Age).toBeGreaterThan(60 * 86_400);
    });

    test.each(['jobFailed', 'jobAborted', 'jobExpired', 'jobPartial'] as const)('missing where every job ends as %s', async (kind) => {
      await table('orders');
      await plant({ kind, jobKind: 'backup', message: 'the key is gone' });
      await plan({ Resources: [tableArn('orders')] });
      await advance(DAY);
      const { totals, reasons } = await lookNow();
      expect(totals).toMatchObject({ Fresh: 0, Missing: 1, Awaited: 0 });
      expect(reasons[0]).toMatch(/^has no recovery point: its backup of 2030-01-07T03:00:00.000Z is (FAILED|ABORTED|EXPIRED|PARTIAL)/);
    });

    test('stale where jobs fail from some day on', async () => {
      await table('orders');
      await plan({ Resources: [tableArn('orders')] });
      await advance(DAY);
      await plant({ kind: 'jobFailed', jobKind: 'backup' });
      await advance(DAY);
      expect((await lookNow()).totals).toMatchObject({ Fresh: 0, Stale: 1 });
    });

    test('missing what is listed and does not exist', async () => {
      await plan({ Resources: [tableArn('never')] });
      await advance(3 * DAY);
      expect((await lookNow()).totals).toMatchObject({ Fresh: 0, Missing: 1 });
    });

    test('missing where the plan lost its selections, or is gone', async () => {
      await table('orders');
      await plan({ Resources: [tableArn('orders')] });
      await advance(2 * DAY);
      await backup.send(new DeleteBackupSelectionCommand({ BackupPlanId: planId, SelectionId: selectionId }));
      expect((await lookNow()).totals).toMatchObject({ Fresh: 0, Missing: 1 });
      const other = { ...config().plans[0], name: 'hourly' };
      expect((await lookNow(config({ plans: [other] }))).totals).toMatchObject({ Fresh: 0, Missing: 1 });
    });

    test('nothing of a table that was taken out of the selection on purpose', async () => {
      await backedUp();
      await backup.send(new DeleteBackupSelectionCommand({ BackupPlanId: planId, SelectionId: selectionId }));
      await select({ Resources: [tableArn('orders')] });
      await advance(DAY);
      expect(await lookNow()).toMatchObject({ totals: { Fresh: 1, Stale: 0, Missing: 0 }, told: [] });
    });

    test('what has a tag, and nothing in an empty account', async () => {
      await plan({ ListOfTags: [{ ConditionType: 'STRINGEQUALS', ConditionKey: 'backup', ConditionValue: 'yes' }] });
      expect((await lookNow()).totals).toMatchObject({ Fresh: 0, Stale: 0, Missing: 0, Unknown: 0, Heartbeat: 1 });
      await table('orders', { backup: 'yes' });
      await table('carts', { backup: 'no' });
      await advance(DAY);
      expect(await lookNow()).toMatchObject({ totals: { Fresh: 1, Missing: 0, Awaited: 0 }, told: [] });
      await table('late', { backup: 'yes' });
      expect(await lookNow()).toMatchObject({ totals: { Fresh: 1, Awaited: 1 }, told: [`awaited ${TOKYO}/main ${tableArn('late')}`] });
    });

    test('what meets conditions', async () => {
      await plan({ Resources: ['*'], Conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/tier', ConditionValue: 'gold' }] } });
      await table('orders', { tier: 'gold' });
      await table('carts', { tier: 'silver' });
      await advance(DAY);
      expect(await lookNow()).toMatchObject({ totals: { Fresh: 1, Missing: 0, Awaited: 0 }, told: [] });
    });

    test('copies in the recovery Region, from here and from there', async () => {
      await backedUp();
      expect((await lookNow(bothPlaces)).totals).toMatchObject({ Fresh: 4, Stale: 0, Missing: 0 });
      await plant({ kind: 'jobFailed', jobKind: 'copy' });
      await advance(DAY + 3 * HOUR);
      expect((await lookNow(bothPlaces)).totals).toMatchObject({ Fresh: 2, Stale: 2 });
      const there = config({ plans: [{ ...config().plans[0], region: TOKYO }] });
      const { totals, told } = await lookNow(there, { region: OSAKA });
      expect(totals).toMatchObject({ Fresh: 0, Stale: 2 });
      expect(told).toContain(`stale ${OSAKA}/main ${tableArn('orders')}`);
    });

    test('how old the newest copy is while the Region of the plan does not answer', async () => {
      await backedUp();
      await plant({ kind: 'unavailable', region: TOKYO });
      const there = config({ plans: [{ ...config().plans[0], region: TOKYO }] });
      const { totals, groups, error } = await lookNow(there, { region: OSAKA });
      expect(totals).toMatchObject({ Fresh: 0, Unknown: 1, Unjudged: 1 });
      expect(groups[`Orders/Daily ${OSAKA}/main`].Age).toBeLessThan(3600);
      expect(error?.name).toBe('CannotLookError');
    });

    test('arrivals in the vault of another account', async () => {
      await backedUp();
      const arrivals = config({ plans: [], vaults: [{ name: 'main', pulseMs: DAILY }] });
      expect((await lookNow(arrivals)).totals).toMatchObject({ Fresh: 1 });
      await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup', times: 100 });
      await advance(2 * DAY);
      expect((await lookNow(arrivals)).totals).toMatchObject({ Fresh: 0, Stale: 1 });
    });

    test('the latest restorable time of a database', async () => {
      const arn = `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`;
      await new RDSClient(emulator().client()).send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: 'orders',
          DBInstanceClass: 'db.t4g.micro',
          Engine: 'postgres',
          AllocatedStorage: 20,
          MasterUsername: 'postgres',
          MasterUserPassword: 'not-a-secret',
          BackupRetentionPeriod: 7,
        }),
      );
      await plan({ Resources: [arn] });
      const promises = [{ types: ['RDS' as const], copies: [{ vault: 0, continuous: true as const, thresholdMs: 30 * MINUTE }] }];
      const made = config({ plans: [{ name: 'daily', label: 'Orders/Daily', promises }] });
      const { totals, groups } = await lookNow(made);
      expect(totals).toMatchObject({ Fresh: 1, Unknown: 0 });
      expect(Object.keys(groups)).toEqual([`Orders/Daily ${TOKYO}/main/continuous`]);
    });
  });

  describe('is never fresh where it cannot look, publishes what it knows, and fails', () => {
    const unseen = async (outcome: Promise<Outcome>) => {
      const { totals, error } = await outcome;
      expect(totals).toMatchObject({ Fresh: 0, Heartbeat: 1 });
      expect(totals.Unknown).toBeGreaterThan(0);
      expect(error?.name).toBe('CannotLookError');
    };

    beforeEach(backedUp);

    test.each(['accessDenied', 'throttle', 'internalError', 'unavailable'] as const)('%s', async (kind) => {
      for (const operation of ['ListBackupPlans', 'ListBackupSelections', 'GetBackupSelection', 'ListRecoveryPointsByBackupVault']) {
        await emulator().control.healFaults();
        await plant({ kind, service: 'backup', operation });
        await unseen(lookNow());
      }
    });

    test('jobs that may not be listed', async () => {
      await backup.send(new DeleteBackupSelectionCommand({ BackupPlanId: planId, SelectionId: selectionId }));
      await select({ Resources: [tableArn('new')] });
      await plant({ kind: 'accessDenied', operation: 'ListBackupJobs' });
      await unseen(lookNow());
    });

    test('tags that may not be read', async () => {
      await backup.send(new DeleteBackupSelectionCommand({ BackupPlanId: planId, SelectionId: selectionId }));
      await select({ Resources: ['arn:aws:dynamodb:*:*:table/*'] });
      await plant({ kind: 'accessDenied', operation: 'GetResources' });
      await unseen(lookNow());
    });

    test.each(['DescribeDBInstances', 'DescribeDBClusters'])('%s that is denied', async (operation) => {
      const arn = `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`;
      await backup.send(new DeleteBackupSelectionCommand({ BackupPlanId: planId, SelectionId: selectionId }));
      await select({ Resources: [arn] });
      await plant({ kind: 'accessDenied', operation });
      const promises = [{ types: ['RDS' as const], copies: [{ vault: 0, continuous: true as const, thresholdMs: 30 * MINUTE }] }];
      await unseen(lookNow(config({ plans: [{ ...config().plans[0], promises }] })));
    });

    test('half a page', async () => {
      await emulator().control.plantFault({ kind: 'truncatePage', operation: 'ListRecoveryPointsByBackupVault' });
      await emulator().control.plantFault({ kind: 'accessDenied', operation: 'ListRecoveryPointsByBackupVault' });
      await unseen(lookNow());
      const pages = await emulator().control.requests({ operation: 'ListRecoveryPointsByBackupVault' });
      expect(pages.map(({ status }) => status)).toEqual([200, 403]);
    });

    test('an answer that never comes', async () => {
      await plant({ kind: 'hang', operation: 'ListRecoveryPointsByBackupVault', delayMs: 3_000 });
      const began = Date.now();
      await unseen(lookNow(config(), { requestTimeoutMs: 300 }));
      expect(Date.now() - began).toBeLessThan(3_000);
    });

    test('time that runs out', async () => {
      await plant({ kind: 'delay', operation: 'ListRecoveryPointsByBackupVault', delayMs: 2_000 });
      const outcome = lookNow(config(), { remainingMs: 15_700 });
      await unseen(outcome);
      expect((await outcome).reasons).toContain('the vault cannot be listed: the time of the function is over');
    });

    test('a clock that is a day behind', async () => {
      await unseen(lookNow(config(), { skewMs: -DAY }));
    });

    test('resources of types that nobody knows', async () => {
      await backup.send(new DeleteBackupSelectionCommand({ BackupPlanId: planId, SelectionId: selectionId }));
      await select({ Resources: [`arn:aws:newservice:${TOKYO}:${ACCOUNT}:thing/1`] });
      await unseen(lookNow());
    });

    test('a vault that is gone', async () => {
      await unseen(lookNow(config({ vaults: [{ name: 'gone' }] })));
    });

    test('one Region of two: the other is told', async () => {
      await plant({ kind: 'accessDenied', region: OSAKA });
      const { totals, error } = await lookNow(bothPlaces);
      expect(totals).toMatchObject({ Fresh: 2, Unknown: 2, Heartbeat: 1 });
      expect(error?.name).toBe('CannotLookError');
    });
  });

  describe('is patient', () => {
    beforeEach(backedUp);

    test('with throttling that passes', async () => {
      await emulator().control.plantFault({ kind: 'throttle', operation: 'ListRecoveryPointsByBackupVault', times: 4 });
      const began = performance.now();
      expect((await lookNow(config(), { maxAttempts: 8 })).totals).toMatchObject({ Fresh: 2, Unknown: 0 });
      expect(performance.now() - began).toBeLessThan(20_000);
      expect(await emulator().control.requests({ operation: 'ListRecoveryPointsByBackupVault' })).toHaveLength(5);
    });

    test('but not for ever', async () => {
      await plant({ kind: 'throttle', operation: 'ListRecoveryPointsByBackupVault' });
      await lookNow(config(), { maxAttempts: 3 });
      expect(await emulator().control.requests({ operation: 'ListRecoveryPointsByBackupVault' })).toHaveLength(3);
    });

    test('with pages of one item', async () => {
      await plant({ kind: 'truncatePage', service: 'backup' });
      expect((await lookNow(bothPlaces)).totals).toMatchObject({ Fresh: 4, Unknown: 0 });
    });
  });
});
