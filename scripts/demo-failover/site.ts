import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { DescribeExecutionCommand, SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { namesOf, type RunInput, type SiteRegister } from '../../lib/model/recovery';
import { FailoverControl } from '../../test/emulator/failover-control';
import { ACCOUNT, type Emulator, eventually } from '../../test/emulator/harness';

const NAMES = namesOf('Orders');

/** Where a server takes connections. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

const CITIES: Readonly<Record<string, string>> = { 'ap-northeast-1': 'Tokyo', 'ap-northeast-3': 'Osaka' };

/** A site, as somebody at a terminal sees it. */
export class Site {
  private queue = '';
  public readonly city: string;

  constructor(
    private readonly emulator: Emulator,
    public readonly region: string,
  ) {
    this.city = CITIES[region];
  }

  /** Names cities where Regions stand alone, and shortens names of databases. */
  public inWords(text: string): string {
    return text
      .replace(/arn:aws:rds:([a-z0-9-]+):\d{12}:db:(\S+)/g, (_, region, name) => `${name} in ${CITIES[region]}`)
      .replace(/\bap-northeast-[13]\b/g, (region) => CITIES[region]);
  }

  /** Hears what the topic of the site tells. */
  public async listen(): Promise<void> {
    const stack = `Orders-recovery-${this.region}`;
    const [{ physicalId: TopicArn }] = await this.emulator.control.deployed({ type: 'AWS::SNS::Topic', region: this.region, stack });
    const { QueueUrl = '' } = await new SQSClient(this.client).send(new CreateQueueCommand({ QueueName: 'person' }));
    this.queue = QueueUrl;
    const Endpoint = `arn:aws:sqs:${this.region}:${ACCOUNT}:person`;
    await new SNSClient(this.client).send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  }

  public async start(run: RunInput): Promise<void> {
    const stateMachineArn = `arn:aws:states:${this.region}:${ACCOUNT}:stateMachine:${NAMES.machine}`;
    await new SFNClient(this.client).send(new StartExecutionCommand({ stateMachineArn, name: run.id, input: JSON.stringify(run) }));
  }

  /** How an execution ended; undefined while it runs. */
  public async endOf(id: string): Promise<string | undefined> {
    const executionArn = `arn:aws:states:${this.region}:${ACCOUNT}:execution:${NAMES.machine}:${id}`;
    const { status, error } = await new SFNClient(this.client).send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' ? undefined : (error ?? status);
  }

  /** The command of the message that asks for approval, by which somebody says yes, and that the other site is down. */
  public async asked(): Promise<string> {
    return eventually(
      'the message that asks for approval',
      async () => {
        const { Messages = [] } = await new SQSClient(this.client).send(new ReceiveMessageCommand({ QueueUrl: this.queue }));
        const text = Messages.map(({ Body }) => JSON.parse(Body ?? '').Message as string).join('\n');
        return text.split('\n').find((line) => line.startsWith('aws stepfunctions send-task-success') && line.includes('otherSiteIsDown'));
      },
      60_000,
    );
  }

  /** Does what a command of the message does. */
  public async say(command: string): Promise<void> {
    const [, taskToken, output] = /--task-token '([^']+)' --task-output '([^']+)'/.exec(command) ?? [];
    await new SFNClient(this.client).send(new SendTaskSuccessCommand({ taskToken, output }));
  }

  /** What the site remembers. */
  public async register(): Promise<SiteRegister | undefined> {
    const get = new GetItemCommand({ TableName: NAMES.register, Key: { id: { S: 'site' } }, ConsistentRead: true });
    const { Item } = await new DynamoDBClient(this.client).send(get);
    return Item && JSON.parse(Item.document?.S ?? '');
  }

  /** Where runs of this site are on record. */
  public async evidence(): Promise<string> {
    const stack = `Orders-recovery-${this.region}`;
    const buckets = await this.emulator.control.deployed({ type: 'AWS::S3::Bucket', region: this.region, stack });
    const bucket = buckets.find(({ logicalId }) => logicalId.startsWith('Evidence'));
    return `s3://${bucket?.physicalId}`;
  }

  /** What the schedule of the site does each minute. */
  public async guard(): Promise<void> {
    const payload = new TextEncoder().encode(JSON.stringify({ op: 'guard' }));
    await new LambdaClient(this.client).send(new InvokeCommand({ FunctionName: NAMES.agent, Payload: payload }));
  }

  /** The server of the database, which is another one after it was made anew. */
  public async server(): Promise<Server> {
    const { DBInstances = [] } = await this.describe();
    const { Address: host = '', Port: port = 0 } = DBInstances[0]?.Endpoint ?? {};
    return { host, port };
  }

  /** Has CloudWatch say what RDS would: that a replica to which nobody writes has everything. */
  public async tellLag(): Promise<void> {
    const { DBInstances = [] } = await this.describe();
    if (DBInstances[0]?.ReadReplicaSourceDBInstanceIdentifier) {
      const dimensions = { DBInstanceIdentifier: 'orders' };
      const point = { region: this.region, namespace: 'AWS/RDS', name: 'ReplicaLag', dimensions, value: 0 };
      await new FailoverControl(this.emulator.url).putMetric(point);
    }
  }

  private describe() {
    return new RDSClient(this.client).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }));
  }

  private get client() {
    return this.emulator.client(this.region);
  }
}
