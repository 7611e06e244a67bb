import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { failurePatterns } from '../../lib/model/failures';
import { ACCOUNT, describeWithEmulator, eventually, sleep } from '../emulator/harness';
import { EXAMPLES, VAULT } from '../observability/fixtures/events';

const REGION = 'ap-northeast-1';

jest.setTimeout(60_000);

describeWithEmulator('rules for what fails, as a matcher of EventBridge reads them', (emulator) => {
  const queues = new Map<string, string>();
  let events: EventBridgeClient;
  let sqs: SQSClient;

  beforeAll(async () => {
    events = new EventBridgeClient(emulator().client(REGION));
    sqs = new SQSClient(emulator().client(REGION));
    // the vault of the examples is the last of many, so that it is in the second rule of its kind
    const vaults = [...Array.from({ length: 17 }, (_, i) => `Vault${i}`), VAULT];
    for (const { id, source, detailTypes, detail } of failurePatterns({ vaults, databases: true })) {
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: id }));
      queues.set(id, QueueUrl as string);
      const pattern = { source: [source], 'detail-type': detailTypes, detail };
      await events.send(new PutRuleCommand({ Name: id, EventPattern: JSON.stringify(pattern) }));
      await events.send(new PutTargetsCommand({ Rule: id, Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${id}` }] }));
    }
  });

  /** Which rules have fired, for which example. */
  async function fired(): Promise<[rule: string, resource: string][]> {
    const found: [string, string][] = [];
    for (const [id, QueueUrl] of queues) {
      for (;;) {
        const { Messages: messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (messages.length === 0) {
          break;
        }
        found.push(...messages.map(({ Body }): [string, string] => [id.replace(/\d+$/, ''), JSON.parse(Body as string).resources[0]]));
        const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: `${i}`, ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    }
    return found;
  }

  test('fire for every documented failure, and for nothing near it', async () => {
    for (const [words, { source, 'detail-type': DetailType, detail }] of EXAMPLES) {
      const { FailedEntryCount } = await events.send(
        new PutEventsCommand({ Entries: [{ Source: source, DetailType, Resources: [words], Detail: JSON.stringify(detail) }] }),
      );
      expect([words, FailedEntryCount]).toEqual([words, 0]);
    }
    const expected = EXAMPLES.flatMap(([words, , rule]) => (rule ? [`${words}: ${rule}`] : [])).sort();
    const seen: string[] = [];
    await eventually('the failures', async () => {
      seen.push(...(await fired()).map(([rule, words]) => `${words}: ${rule}`));
      return seen.length >= expected.length;
    });
    await sleep(500);
    seen.push(...(await fired()).map(([rule, words]) => `${words}: ${rule}`));
    expect(seen.sort()).toEqual(expected);
  });
});
