import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { BucketConfig, GlobalTableConfig } from '../../model/recovery';
import { MINUTE, SECOND } from '../../model/time';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import { newestPoints } from './aws-metrics';
import { hasBucket } from './aws-objects';
import type { DataPort, Lag, Progress } from './ports';
import { done, failed, onlySeen, pending } from './progress';

/** Replicas of tables are seconds behind (DynamoDB Developer Guide: global tables); metrics come each minute. */
const TABLE_WAIT_MS = MINUTE;
/** In which S3 copies most objects; without a metric nobody can look closer. */
const BUCKET_WAIT_MS = 15 * MINUTE;

/** What a table or a bucket says of its lag is true for minutes: it says nothing where nothing is written. */
const LOOK_BACK_MS = 15 * MINUTE;

/** A table with a replica at each site. */
export class AwsTables implements DataPort<GlobalTableConfig> {
  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {}

  public ready(config: GlobalTableConfig): Promise<Progress> {
    return this.promote(config);
  }

  /** The lag is published where the writes come from, which may be lost. */
  public async lag({ table }: GlobalTableConfig, from: string): Promise<Lag> {
    const dimensions = { TableName: table, ReceivingRegion: this.clients.region };
    const place = {
      namespace: 'AWS/DynamoDB',
      schema: ['ReceivingRegion', 'TableName'],
      metric: 'ReplicationLatency',
      dimensions,
      region: from,
      lookBackMs: LOOK_BACK_MS,
    };
    const [point] = await newestPoints(this.clients, place, this.now());
    return point ? { lagMs: point.value, words: `${Math.round(point.value)} ms behind` } : { words: `${from} has no lag of the table` };
  }

  public async arrived(config: GlobalTableConfig, sinceMs: number, from: string): Promise<Progress> {
    const waitedMs = this.now() - sinceMs;
    if (waitedMs < TABLE_WAIT_MS) {
      return pending('the last writes may be on their way');
    }
    const { lagMs, words } = await this.lag(config, from);
    const said = `${words}, ${Math.round(waitedMs / SECOND)} s after the fence`;
    return lagMs === undefined ? done(said, { unmeasured: true }) : lagMs < waitedMs ? done(said) : pending(words);
  }

  public async promote({ table }: GlobalTableConfig): Promise<Progress> {
    const found = await unless(['ResourceNotFoundException'], this.clients.dynamodb.send(new DescribeTableCommand({ TableName: table })));
    if (!found) {
      return failed(`there is no table ${table}`);
    }
    const { TableStatus: status, TableArn: arn = '' } = found.Table ?? {};
    return status === 'ACTIVE' || status === 'UPDATING' ? done('it takes writes', { arn }) : pending(`it is ${status}`);
  }

  public async close(): Promise<Progress> {
    return done('a table is kept from writes by the application');
  }

  public async open(): Promise<Progress> {
    return done('it was open');
  }

  public async describe({ kind, table }: GlobalTableConfig): Promise<Readonly<Record<string, string>>> {
    const { Table } = await this.clients.dynamodb.send(new DescribeTableCommand({ TableName: table }));
    return { kind, arn: Table?.TableArn ?? '' };
  }

  public follow(config: GlobalTableConfig): Promise<Progress> {
    return this.promote(config);
  }

  public async rehearse(config: GlobalTableConfig): Promise<Progress> {
    return onlySeen(await this.promote(config));
  }

  public async tidy(): Promise<Progress> {
    return done('nothing was made');
  }
}

/** A bucket to which objects are copied, and from which where that is set up. */
export class AwsBuckets implements DataPort<BucketConfig> {
  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {}

  public ready(config: BucketConfig): Promise<Progress> {
    return this.promote(config);
  }

  public async lag({ bucket }: BucketConfig): Promise<Lag> {
    const [point] = await this.points(bucket, 'ReplicationLatency');
    return point ? { lagMs: point.value * SECOND, words: `${point.value} s behind` } : { words: 'S3 publishes no lag of the bucket' };
  }

  public async arrived({ bucket }: BucketConfig, sinceMs: number): Promise<Progress> {
    const all = await this.points(bucket, 'OperationsPendingReplication');
    const since = all.filter(({ atMs }) => atMs >= sinceMs + MINUTE);
    if (all.length === 0) {
      const waited = this.now() - sinceMs >= BUCKET_WAIT_MS;
      return waited
        ? done('S3 publishes nothing; it was waited for as long as most objects take', { unmeasured: true })
        : pending('S3 publishes nothing');
    }
    const newest = since.filter(({ atMs }) => atMs === since[0]?.atMs);
    return newest.length > 0 && newest.every(({ value }) => value === 0) ? done('nothing is pending') : pending('objects are pending');
  }

  public async promote({ bucket }: BucketConfig): Promise<Progress> {
    const found = await hasBucket(this.clients, bucket);
    return found ? done('it takes writes', { arn: arnOf(bucket, this.clients.region) }) : failed(`there is no bucket ${bucket}`);
  }

  public async close(): Promise<Progress> {
    return done('a bucket is kept from writes by the application');
  }

  public async open(): Promise<Progress> {
    return done('it was open');
  }

  public async describe({ kind, bucket }: BucketConfig): Promise<Readonly<Record<string, string>>> {
    return { kind, arn: arnOf(bucket, this.clients.region) };
  }

  /** Whether objects get back to home was asked before anything was changed. */
  public async follow(): Promise<Progress> {
    return done('objects come by the replication of the other bucket');
  }

  public async rehearse(config: BucketConfig): Promise<Progress> {
    return onlySeen(await this.promote(config));
  }

  public async tidy(): Promise<Progress> {
    return done('nothing was made');
  }

  private points(bucket: string, metric: string) {
    const schema = ['DestinationBucket', 'RuleId', 'SourceBucket'];
    const place = { namespace: 'AWS/S3', schema, metric, dimensions: { DestinationBucket: bucket }, lookBackMs: LOOK_BACK_MS };
    return newestPoints(this.clients, place, this.now());
  }
}

function arnOf(bucket: string, region: string): string {
  return `arn:${region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'}:s3:::${bucket}`;
}
