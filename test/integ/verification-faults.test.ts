import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describeWithEmulator, eventually, type FaultOptions } from '../emulator/harness';
import { Verified } from './fixtures/verified';

jest.setTimeout(300_000);

const HOUR = 3_600_000;
const RESTORES = 'Restore Job State Change';

describeWithEmulator('restore verification while something is wrong', (emulator) => {
  const app = new Verified(emulator);
  beforeAll(() => app.deploy());
  afterAll(() => app.dispose());
  beforeEach(async () => {
    await app.control.healFaults();
    await app.control.forgetRequests();
  });

  test.each<[string, FaultOptions, RegExp]>([
    ['may not look', { kind: 'accessDenied', service: 'dynamodb', operation: 'DescribeTable' }, /could not look: .*denied/i],
    ['is throttled', { kind: 'throttle', service: 'dynamodb', operation: 'DescribeTable' }, /could not look: .*(Throttl|exceed)/i],
    ['gets no answer', { kind: 'internalError', service: 'dynamodb', operation: 'DescribeTable' }, /could not look/],
  ])('a workflow that %s says FAILED', async (_case, fault, reason) => {
    await app.control.plantFault({ ...fault, times: 1000 });
    await app.expectFailure(await app.testTable('passes'), reason);
  });

  test('a restore job that cannot be read is FAILED all the same', async () => {
    await app.control.plantFault({
      kind: 'accessDenied',
      service: 'backup',
      operation: 'DescribeRestoreJob',
      times: 5,
      region: 'ap-northeast-1',
    });
    const job = await app.testTable('passes');
    expect(await app.endOf(job)).toMatchObject({
      verdict: { status: 'FAILED' },
      words: expect.stringMatching(/could not look: .*denied/i),
    });
    expect(await app.removed(job)).toMatchObject({ ValidationStatus: 'FAILED' });
    expect(await app.remains()).toEqual([]);
  });

  test('a restore that fails is FAILED with what AWS Backup says, which takes no verdict then', async () => {
    await app.backUp(app.arnOf('dynamodb', 'table/passes'));
    await app.control.plantFault({ kind: 'jobFailed', jobKind: 'restore', message: 'no room' });
    const job = await app.restore('passes');
    expect(await app.endOf(job)).toMatchObject({
      verdict: { status: 'FAILED' },
      reported: false,
      words: expect.stringMatching(/FAILED: no room/),
    });
    expect(await app.evidenceOf(job)).toMatchObject({ verdict: { status: 'FAILED' } });
    expect(await app.remains()).toEqual([]);
  });

  test('an event that comes twice, and others that come late, make one test', async () => {
    await app.backUp(app.arnOf('dynamodb', 'table/passes'));
    await app.control.plantFault({ kind: 'duplicateEvent', detailType: RESTORES, state: 'COMPLETED' });
    await app.control.plantFault({ kind: 'delayEvent', detailType: RESTORES, state: 'RUNNING', delayMs: 3_000 });
    const before = (await app.executions()).length;
    const job = await app.restore('passes');
    expect(await app.endOf(job)).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
    await app.removed(job);
    await app.evidenceOf(job);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await app.executions()).toHaveLength(before + 1);
    expect(await app.control.requests({ operation: 'PutRestoreValidationResult' })).toHaveLength(1);
  });

  test('a restore of which no event came is found by the watch', async () => {
    await app.backUp(app.arnOf('dynamodb', 'table/passes'));
    await app.control.plantFault({ kind: 'dropEvent', detailType: RESTORES, state: 'COMPLETED' });
    const job = await app.restore('passes');
    await eventually('the end of the restore', async () => (await app.restoreJob(job)).Status === 'COMPLETED');
    await app.control.advanceClock(2 * HOUR);
    expect(await app.endOf(job)).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
    expect(await app.removed(job)).toMatchObject({ ValidationStatus: 'SUCCESSFUL' });
  });

  test('a test after its window is closed is FAILED in the evidence, and breaks nothing', async () => {
    await app.backUp(app.arnOf('dynamodb', 'table/passes'));
    await app.control.plantFault({ kind: 'delayEvent', detailType: RESTORES, state: 'COMPLETED', delayMs: 9 * HOUR });
    await app.control.plantFault({ kind: 'unavailable', service: 'backup', operation: 'ListRestoreJobs', times: 1000 });
    const job = await app.restore('passes');
    await eventually('the end of the restore', async () => (await app.restoreJob(job)).Status === 'COMPLETED');
    await app.control.advanceClock(10 * HOUR);
    expect(await app.endOf(job)).toMatchObject({
      verdict: { status: 'FAILED' },
      reported: false,
      words: expect.stringMatching(/not there any more/),
    });
    expect(await app.restoreJob(job)).toMatchObject({ ValidationStatus: 'TIMED_OUT' });
    expect(await app.remains()).toEqual([]);
  });

  test('an execution that is stopped is cleaned up after, and is FAILED', async () => {
    await app.backUp(app.arnOf('rds', 'cluster:ledger'));
    await app.control.plantFault({ kind: 'delay', service: 'rds', operation: 'DescribeDBInstances', delayMs: 4_000, times: 2 });
    const job = await app.restore('ledger');
    await eventually('the instance', async () => (await app.control.requests({ operation: 'CreateDBInstance' })).length === 1, 60_000);
    await app.sfn.send(new StopExecutionCommand({ executionArn: `${app.machine.replace(':stateMachine:', ':execution:')}:${job}` }));
    expect(await app.endOf(job)).toMatchObject({ status: 'ABORTED' });
    expect(await app.endOf(`${job}_sweep-1`)).toMatchObject({
      status: 'SUCCEEDED',
      verdict: { status: 'FAILED' },
      cleanUp: { status: 'clean' },
      words: expect.stringMatching(/it is ABORTED/),
    });
    expect(await app.removed(job)).toMatchObject({ ValidationStatus: 'FAILED' });
    await app.evidenceOf(job);
    expect(await app.remains()).toEqual([]);
  });

  test('an instance that is still being made when its execution is stopped is cleaned up, too', async () => {
    await app.backUp(app.arnOf('rds', 'cluster:ledger'));
    await app.control.settings({ waitScale: 0.05 });
    await app.control.plantFault({ kind: 'delay', service: 'rds', operation: 'CreateDBInstance', delayMs: 5_000 });
    const job = await app.restore('ledger');
    await eventually('the request', async () => (await app.control.requests({ operation: 'CreateDBInstance' })).length > 0, 60_000);
    await app.sfn.send(new StopExecutionCommand({ executionArn: `${app.machine.replace(':stateMachine:', ':execution:')}:${job}` }));
    expect(await app.endOf(`${job}_sweep-1`)).toMatchObject({ verdict: { status: 'FAILED' }, cleanUp: { status: 'clean' } });
    await app.control.settings({ waitScale: 0.001 });
    expect(await app.control.requests({ operation: 'DeleteDBInstance' })).not.toEqual([]);
    expect(await app.removed(job)).toMatchObject({ ValidationStatus: 'FAILED' });
    expect(await app.remains()).toEqual([]);
  });

  test('an execution that takes too long is FAILED, whatever it was doing', async () => {
    await app.backUp(app.arnOf('dynamodb', 'table/passes'));
    await app.control.plantFault({ kind: 'dropEvent', detailType: RESTORES, state: 'COMPLETED' });
    const job = await app.restore('passes');
    await eventually('the end of the restore', async () => (await app.restoreJob(job)).Status === 'COMPLETED');
    const detail = JSON.stringify({ name: job, status: 'TIMED_OUT', stateMachineArn: app.machine });
    const event = { Source: 'aws.states', DetailType: 'Step Functions Execution Status Change', Detail: detail };
    await new EventBridgeClient(emulator().client('ap-northeast-1')).send(new PutEventsCommand({ Entries: [event] }));
    expect(await app.endOf(`${job}_sweep-1`)).toMatchObject({
      verdict: { status: 'FAILED' },
      words: expect.stringMatching(/it is TIMED_OUT/),
    });
    expect(await app.removed(job)).toMatchObject({ ValidationStatus: 'FAILED' });
    expect(await app.remains()).toEqual([]);
  });

  test('an answer too large for the state machine is FAILED by what comes after it', async () => {
    const job = await app.testTable('huge');
    const end = await app.endOf(job);
    const last = end.status === 'FAILED' ? await app.endOf(`${job}_sweep-1`) : end;
    expect(last).toMatchObject({ status: 'SUCCEEDED', verdict: { status: 'FAILED' } });
    expect(await app.removed(job)).toMatchObject({ ValidationStatus: 'FAILED' });
    expect(await app.remains()).toEqual([]);
  });

  test('an instance that cannot be made is FAILED', async () => {
    await app.backUp(app.arnOf('rds', 'cluster:ledger'));
    await app.control.plantFault({ kind: 'accessDenied', service: 'rds', operation: 'CreateDBInstance', times: 1000 });
    await app.expectFailure(await app.restore('ledger'), /could not look: .*denied/i);
  });

  test('evidence that is refused makes no success, and is kept once it can be', async () => {
    await app.backUp(app.arnOf('dynamodb', 'table/passes'));
    await app.control.plantFault({ kind: 'accessDenied', service: 's3', operation: 'PutObject', times: 1000 });
    const job = await app.restore('passes');
    expect(await app.endOf(job)).toMatchObject({ status: 'FAILED' });
    await app.control.healFaults();
    expect(await app.removed(job)).toMatchObject({
      ValidationStatus: 'FAILED',
      ValidationStatusMessage: expect.stringMatching(/the evidence could not be kept/),
    });
    expect(await app.endOf(`${job}_sweep-1`)).toMatchObject({ status: 'SUCCEEDED', verdict: { status: 'FAILED' } });
    expect((await app.evidenceOf(job)).verdict.status).toBe('FAILED');
    expect(await app.remains()).toEqual([]);
  });

  test('a verdict that AWS Backup takes only at the third attempt is told once', async () => {
    await app.control.plantFault({ kind: 'throttle', service: 'backup', operation: 'PutRestoreValidationResult', times: 2 });
    const job = await app.testTable('passes');
    expect(await app.endOf(job)).toMatchObject({ verdict: { status: 'SUCCESSFUL' }, reported: true });
    expect(await app.removed(job)).toMatchObject({ ValidationStatus: 'SUCCESSFUL' });
    await app.evidenceOf(job);
  });
});
