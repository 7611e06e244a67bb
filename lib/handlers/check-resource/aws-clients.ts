import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EFSClient } from '@aws-sdk/client-efs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';

/** How long services are waited for. */
export interface Patience {
  readonly maxAttempts: number;
  readonly requestTimeoutMs: number;
  /** How long a table may refuse to be read on for want of capacity. */
  readonly throttledMs: number;
  /** How often is looked while something is waited for. */
  readonly stepMs: number;
}

/** Half a minute of throttling is waited for, with jitter. */
const USUAL: Patience = { maxAttempts: 6, requestTimeoutMs: 10_000, throttledMs: 180_000, stepMs: 5_000 };

const LONGEST_MS = 15 * 60_000;

/** SDK clients by Region, made when first asked for. */
export class AwsClients {
  private readonly made = new Map<string, unknown>();

  constructor(
    /** Fires when the time of the function is nearly over. */
    public readonly signal: AbortSignal,
    public readonly patience: Patience = USUAL,
  ) {}

  /** A bucket may lie in another Region than its ARN, which has none, lets know. */
  public s3(): S3Client {
    return this.of('s3', undefined, (config) => new S3Client({ ...config, followRegionRedirects: true }));
  }

  public dynamodb(region?: string): DynamoDBClient {
    return this.of('dynamodb', region, (config) => new DynamoDBClient(config));
  }

  public ec2(): EC2Client {
    return this.of('ec2', undefined, (config) => new EC2Client(config));
  }

  public ebs(): EBSClient {
    return this.of('ebs', undefined, (config) => new EBSClient(config));
  }

  public ssm(): SSMClient {
    return this.of('ssm', undefined, (config) => new SSMClient(config));
  }

  public efs(): EFSClient {
    return this.of('efs', undefined, (config) => new EFSClient(config));
  }

  public lambda(): LambdaClient {
    return this.of('lambda', undefined, (config) => new LambdaClient(config));
  }

  /** For calls that take as long as a function may run, and are not to be made twice. */
  public lambdaForLong(): LambdaClient {
    const requestHandler = { connectionTimeout: this.patience.requestTimeoutMs, requestTimeout: LONGEST_MS, socketTimeout: LONGEST_MS };
    return this.of('lambda for long', undefined, (config) => new LambdaClient({ ...config, maxAttempts: 1, requestHandler }));
  }

  private of<T>(service: string, region: string | undefined, make: (config: object) => T): T {
    const { maxAttempts, requestTimeoutMs: ms } = this.patience;
    const name = `${service} ${region ?? ''}`;
    const requestHandler = { connectionTimeout: ms, requestTimeout: ms, socketTimeout: ms, throwOnRequestTimeout: true };
    const found = this.made.get(name) ?? make({ maxAttempts, retryMode: 'standard', requestHandler, ...(region ? { region } : {}) });
    this.made.set(name, found);
    return found as T;
  }
}
