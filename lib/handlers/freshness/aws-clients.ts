import { BackupClient } from '@aws-sdk/client-backup';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';

/** How patient the clients are. */
export interface Patience {
  /** Throttling and passing faults are retried with jitter until so many attempts were made. */
  readonly maxAttempts: number;
  /** No answer within this time is a fault. */
  readonly requestTimeoutMs: number;
}

/** SDK clients of one Region each, made when first asked for. */
export class AwsClients {
  public readonly backup = this.byRegion((config) => new BackupClient(config));
  public readonly dynamodb = this.byRegion((config) => new DynamoDBClient(config));
  public readonly rds = this.byRegion((config) => new RDSClient(config));
  public readonly tagging = this.byRegion((config) => new ResourceGroupsTaggingAPIClient(config));

  /** `signal` ends every request that is under way. */
  constructor(
    private readonly patience: Patience,
    public readonly signal: AbortSignal,
  ) {}

  private byRegion<T>(make: (config: object) => T): (region: string) => T {
    const clients = new Map<string, T>();
    return (region) => {
      const { maxAttempts, requestTimeoutMs } = this.patience;
      const requestHandler = { connectionTimeout: requestTimeoutMs, requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true };
      const client = clients.get(region) ?? make({ region, maxAttempts, retryMode: 'standard', requestHandler });
      clients.set(region, client);
      return client;
    };
  }
}
