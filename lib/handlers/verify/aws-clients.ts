import { BackupClient } from '@aws-sdk/client-backup';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EFSClient } from '@aws-sdk/client-efs';
import { FSxClient } from '@aws-sdk/client-fsx';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';

/** A few seconds of throttling are waited for, with jitter; the state machine tries again after that. */
const PATIENCE = { maxAttempts: 4, retryMode: 'standard' } as const;
const REQUEST_TIMEOUT_MS = 10_000;

/** SDK clients, made when first asked for. */
export class AwsClients {
  private readonly made = new Map<object, object>();

  public get backup(): BackupClient {
    return this.of(BackupClient);
  }

  public get rds(): RDSClient {
    return this.of(RDSClient);
  }

  public get dynamodb(): DynamoDBClient {
    return this.of(DynamoDBClient);
  }

  public get ec2(): EC2Client {
    return this.of(EC2Client);
  }

  public get efs(): EFSClient {
    return this.of(EFSClient);
  }

  public get fsx(): FSxClient {
    return this.of(FSxClient);
  }

  public get s3(): S3Client {
    return this.of(S3Client);
  }

  public get stepFunctions(): SFNClient {
    return this.of(SFNClient);
  }

  private of<T extends object>(client: new (config: object) => T): T {
    const requestHandler = { connectionTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true };
    const found = this.made.get(client) ?? new client({ ...PATIENCE, requestHandler });
    this.made.set(client, found);
    return found as T;
  }
}
