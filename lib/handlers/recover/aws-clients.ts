import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EFSClient } from '@aws-sdk/client-efs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { SNSClient } from '@aws-sdk/client-sns';

/** How patient a client is: what is far away and may be lost is given up soon. */
export interface Patience {
  readonly region?: string;
  readonly maxAttempts?: number;
  readonly connectionTimeout?: number;
  readonly requestTimeout?: number;
}

/** SDK clients, made when first asked for. */
export class AwsClients {
  private readonly made = new Map<string, object>();

  constructor(public readonly region: string) {}

  public get backup(): BackupClient {
    return this.of('backup', BackupClient);
  }

  public get dynamodb(): DynamoDBClient {
    return this.of('dynamodb', DynamoDBClient);
  }

  public get sns(): SNSClient {
    return this.of('sns', SNSClient);
  }

  public rds(region = this.region): RDSClient {
    return this.of('rds', RDSClient, { region });
  }

  public efs(region = this.region): EFSClient {
    return this.of('efs', EFSClient, { region });
  }

  public cloudwatch(region = this.region): CloudWatchClient {
    return this.of('cloudwatch', CloudWatchClient, region === this.region ? {} : { region, maxAttempts: 1, requestTimeout: 4_000 });
  }

  public lambda(patience: Patience = {}): LambdaClient {
    return this.of('lambda', LambdaClient, patience);
  }

  private of<T extends object>(name: string, client: new (config: object) => T, patience: Patience = {}): T {
    const { region = this.region, maxAttempts = 4, connectionTimeout = 3_000, requestTimeout = 10_000 } = patience;
    const key = `${name} ${region} ${maxAttempts} ${requestTimeout}`;
    const requestHandler = { connectionTimeout, requestTimeout, throwOnRequestTimeout: true };
    const found = this.made.get(key) ?? new client({ region, maxAttempts, retryMode: 'standard', requestHandler });
    this.made.set(key, found);
    return found as T;
  }
}
