import { BackupClient, CreateBackupPlanCommand, CreateBackupSelectionCommand, CreateBackupVaultCommand } from '@aws-sdk/client-backup';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateDBInstanceCommand,
  RDSClient,
  StartDBInstanceAutomatedBackupsReplicationCommand,
  StopDBInstanceAutomatedBackupsReplicationCommand,
} from '@aws-sdk/client-rds';
import { look } from '../../lib/handlers/freshness';
import type { FreshnessConfig } from '../../lib/model/freshness';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { ACCOUNT, describeWithEmulator, type FaultOptions } from '../emulator/harness';
import { type Outcome, outcomeOf } from '../handlers/freshness/fake-ports';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const START = new Date('2030-01-07T00:30:00Z');
const LIMIT = 35 * MINUTE;
const TABLES = ['orders', 'carts'];
const tableArn = (name: string) => `arn:aws:dynamodb:${TOKYO}:${ACCOUNT}:table/${name}`;
const INSTANCE = `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:ledger`;

jest.setTimeout(60_000);

/** Services keep these by themselves, so no vault has them; the function asks each service over HTTP. */
describeWithEmulator('what services keep, over HTTP', (emulator) => {
  const before = { ...process.env };
  const plan = { name: 'daily', label: 'Orders/Daily' };
  const config: FreshnessConfig = {
    watch: 'orders',
    plans: [
      {
        ...plan,
        promises: [{ types: ['DynamoDB', 'RDS'], copies: [] }],
        services: [
          { type: 'DynamoDB', count: TABLES.length, thresholdMs: LIMIT },
          { type: 'RDS', count: 1, thresholdMs: LIMIT },
          { type: 'RDS', region: OSAKA, count: 1, thresholdMs: LIMIT },
        ],
      },
    ],
    vaults: [],
  };
  const FRESH = TABLES.length + 2;
  const dynamodb = () => new DynamoDBClient(emulator().client());
  const rds = (region = TOKYO) => new RDSClient(emulator().client(region));
  const advance = (ms: number) => emulator().control.advanceClock(ms);
  const plant = (fault: FaultOptions) => emulator().control.plantFault({ times: 1000, ...fault });
  const lookNow = async ({ made = config, region = TOKYO, maxAttempts = 2, requestTimeoutMs = 5_000 } = {}): Promise<Outcome> => {
    const lines: string[] = [];
    const { nowMs } = await emulator().control.clock();
    const options = { region, now: () => nowMs, remainingMs: 60_000, patience: { maxAttempts, requestTimeoutMs } };
    const error = await look(made, { ...options, write: (line) => lines.push(line) }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    return outcomeOf(lines, error);
  };

  beforeAll(() => {
    Object.assign(process.env, emulator().env);
  });
  afterAll(() => {
    process.env = before;
  });
  beforeEach(async () => {
    await emulator().control.reset();
    await emulator().control.freezeClock(START);
    await emulator().control.settings({ realPostgres: false });
    const backup = new BackupClient(emulator().client());
    await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'main', EncryptionKeyArn: `arn:aws:kms:${TOKYO}:${ACCOUNT}:key/1` }));
    for (const TableName of TABLES) {
      await dynamodb().send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        }),
      );
      await recovery(TableName, true);
    }
    await rds().send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'ledger',
        DBInstanceClass: 'db.t4g.micro',
        Engine: 'postgres',
        AllocatedStorage: 20,
        MasterUsername: 'postgres',
        MasterUserPassword: 'not-a-secret',
        BackupRetentionPeriod: 7,
      }),
    );
    await rds(OSAKA).send(new StartDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn: INSTANCE }));
    const rule = { RuleName: 'daily', TargetBackupVaultName: 'main', ScheduleExpression: 'cron(0 3 * * ? *)', StartWindowMinutes: 60 };
    const { BackupPlanId } = await backup.send(new CreateBackupPlanCommand({ BackupPlan: { BackupPlanName: 'daily', Rules: [rule] } }));
    await backup.send(
      new CreateBackupSelectionCommand({
        BackupPlanId,
        BackupSelection: {
          SelectionName: 'selection',
          IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/backup`,
          Resources: [...TABLES.map(tableArn), INSTANCE],
        },
      }),
    );
    await advance(2 * HOUR);
  });

  const recovery = (TableName: string, PointInTimeRecoveryEnabled: boolean) =>
    dynamodb().send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled } }));

  test('is fresh day by day', async () => {
    expect((await lookNow()).totals).toMatchObject({ Fresh: FRESH, Missing: 0, Unknown: 0 });
    await advance(30 * DAY);
    const { totals, groups } = await lookNow();
    expect(totals).toMatchObject({ Fresh: FRESH, Stale: 0, Missing: 0 });
    expect(Object.keys(groups).sort()).toEqual([
      `Orders/Daily ${TOKYO}/DynamoDB point-in-time recovery`,
      `Orders/Daily ${TOKYO}/RDS point-in-time recovery`,
      `Orders/Daily ${OSAKA}/RDS replicated backups`,
    ]);
  });

  test('is missing at once where somebody turned it off, or deleted the table', async () => {
    await recovery('orders', false);
    await dynamodb().send(new DeleteTableCommand({ TableName: 'carts' }));
    const { totals, told } = await lookNow();
    expect(totals).toMatchObject({ Fresh: 2, Missing: 2 });
    expect(told).toEqual(TABLES.map((name) => `missing ${TOKYO}/DynamoDB point-in-time recovery ${tableArn(name)}`));
  });

  test('is stale where replication has ended, also as the other Region sees it', async () => {
    await rds(OSAKA).send(new StopDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn: INSTANCE }));
    await advance(HOUR);
    const told = [`stale ${OSAKA}/RDS replicated backups ${INSTANCE}`];
    expect(await lookNow()).toMatchObject({ totals: { Fresh: FRESH - 1, Stale: 1 }, told });
    const [, , there] = config.plans[0].services ?? [];
    const made = { ...config, plans: [{ ...config.plans[0], region: TOKYO, services: [there] }] };
    expect(await lookNow({ made, region: OSAKA })).toMatchObject({ totals: { Fresh: 0, Stale: 1 }, told });
  });

  test.each([
    ['DescribeContinuousBackups', TABLES.length],
    ['DescribeDBInstanceAutomatedBackups', 1],
  ])('is unknown where %s is throttled, denied, fails or never answers, and the rest is told', async (operation, unseen) => {
    for (const fault of [
      { kind: 'throttle' },
      { kind: 'accessDenied' },
      { kind: 'internalError' },
      { kind: 'hang', delayMs: 3_000 },
    ] as const) {
      await emulator().control.healFaults();
      await plant({ ...fault, operation });
      const { totals, error } = await lookNow({ requestTimeoutMs: 300 });
      expect([fault.kind, totals]).toEqual([fault.kind, expect.objectContaining({ Fresh: FRESH - unseen, Unknown: unseen, Heartbeat: 1 })]);
      expect(error?.name).toBe('CannotLookError');
    }
  });

  test('is unknown where databases cannot be described', async () => {
    await plant({ kind: 'accessDenied', operation: 'DescribeDBInstances' });
    const { totals, error } = await lookNow();
    expect(totals).toMatchObject({ Fresh: TABLES.length, Heartbeat: 1 });
    expect(totals.Unknown).toBeGreaterThan(0);
    expect(error?.name).toBe('CannotLookError');
  });

  test('is waited for where throttling passes', async () => {
    await emulator().control.plantFault({ kind: 'throttle', operation: 'DescribeContinuousBackups', times: 4 });
    expect((await lookNow({ maxAttempts: 8 })).totals).toMatchObject({ Fresh: FRESH, Unknown: 0 });
  });

  test('is read to the last page', async () => {
    await rds().send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'first',
        DBInstanceClass: 'db.t4g.micro',
        Engine: 'postgres',
        AllocatedStorage: 20,
        MasterUsername: 'postgres',
        MasterUserPassword: 'not-a-secret',
        BackupRetentionPeriod: 7,
      }),
    );
    const SourceDBInstanceArn = `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:first`;
    await rds(OSAKA).send(new StartDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn }));
    await plant({ kind: 'truncatePage', operation: 'DescribeDBInstanceAutomatedBackups' });
    expect((await lookNow()).totals).toMatchObject({ Fresh: FRESH, Unknown: 0 });
    await emulator().control.healFaults();
    await emulator().control.plantFault({ kind: 'truncatePage', operation: 'DescribeDBInstanceAutomatedBackups' });
    await plant({ kind: 'accessDenied', operation: 'DescribeDBInstanceAutomatedBackups' });
    expect((await lookNow()).totals).toMatchObject({ Fresh: FRESH - 1, Unknown: 1 });
  });
});
