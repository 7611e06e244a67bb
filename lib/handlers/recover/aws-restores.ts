import {
  DescribeRestoreJobCommand,
  GetRecoveryPointRestoreMetadataCommand,
  ListRecoveryPointsByBackupVaultCommand,
  type RecoveryPointByBackupVault,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import type { RestoredConfig } from '../../model/recovery';
import { words } from '../../model/time';
import type { AwsClients } from './aws-clients';
import { putParameters } from './aws-parameters';
import { deleteInstance, REHEARSAL_SUFFIX } from './aws-rehearsals';
import type { DataPort, Lag, Progress, Promotion, Rehearsal } from './ports';
import { done, failed, pending, unless } from './progress';

/** Which restore metadata names what is made (AWS Backup Developer Guide: restoring by type). */
const NAME_KEYS: Readonly<Record<string, string>> = {
  RDS: 'DBInstanceIdentifier',
  Aurora: 'DBClusterIdentifier',
  DynamoDB: 'targetTableName',
  S3: 'DestinationBucketName',
};
/** Types whose rehearsal can also be removed again. */
const REHEARSED = ['RDS', 'DynamoDB'];

/** Data that is restored from the newest recovery point of a vault of this Region. */
export class AwsRestores implements DataPort<RestoredConfig> {
  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {}

  public async lag(config: RestoredConfig): Promise<Lag> {
    const point = await this.newest(config);
    const ageMs = point && this.now() - madeMs(point);
    return ageMs === undefined
      ? { words: `${config.vault} has no recovery point of ${config.sourceArn}` }
      : { lagMs: ageMs, words: `the newest recovery point is ${words(ageMs)} old` };
  }

  public async arrived(config: RestoredConfig, sinceMs: number): Promise<Progress> {
    const point = await this.newest(config);
    return point && madeMs(point) >= sinceMs
      ? done('there is a recovery point of after the fence')
      : pending(`${config.vault} has no recovery point of after the fence`);
  }

  public async promote(config: RestoredConfig, { runId, facts }: Promotion): Promise<Progress> {
    const restored = await this.restore(config, config.identifier, runId, facts);
    if (restored.state !== 'done') {
      return restored;
    }
    const { arn = '', host, port } = restored.facts ?? {};
    await putParameters(this.clients, config.parameterPath, {
      arn,
      id: config.identifier,
      ...(host ? { address: host } : {}),
      ...(port ? { port } : {}),
    });
    return restored;
  }

  public async close(): Promise<Progress> {
    return done('what is restored is kept from writes by the application');
  }

  public async open(): Promise<Progress> {
    return done('it was open');
  }

  public async describe({ sourceArn }: RestoredConfig): Promise<Readonly<Record<string, string>>> {
    return { arn: sourceArn };
  }

  public async follow({ vault }: RestoredConfig): Promise<Progress> {
    return done(`it is restored from ${vault} when it is needed`);
  }

  public async rehearse(config: RestoredConfig, { runId, facts }: Rehearsal): Promise<Progress> {
    return REHEARSED.includes(config.resourceType)
      ? this.restore(config, `${config.identifier}${REHEARSAL_SUFFIX}`, `${runId}-rehearsal`, facts)
      : failed(`restores of ${config.resourceType} are rehearsed by restore testing, not here`);
  }

  public async tidy({ identifier, resourceType }: RestoredConfig): Promise<Progress> {
    const name = `${identifier}${REHEARSAL_SUFFIX}`;
    if (resourceType === 'RDS') {
      return (await deleteInstance(this.clients, name)) ? done(`${name} is gone`) : pending(`${name} is deleted`);
    }
    if (resourceType === 'DynamoDB') {
      const gone = ['ResourceNotFoundException'];
      const found = await unless(gone, this.clients.dynamodb.send(new DescribeTableCommand({ TableName: name })));
      if (found && found.Table?.TableStatus !== 'DELETING') {
        await unless([...gone, 'ResourceInUseException'], this.clients.dynamodb.send(new DeleteTableCommand({ TableName: name })));
      }
      return found ? pending(`${name} is deleted`) : done(`${name} is gone`);
    }
    return done('nothing was made');
  }

  /** Point and job are kept from one look to the next, so that one restore is made however often it is asked for. */
  private async restore(config: RestoredConfig, identifier: string, runId: string, facts: Promotion['facts']): Promise<Progress> {
    if (typeof facts.jobId === 'string') {
      return this.follows(facts.jobId, config);
    }
    if (typeof facts.pointArn !== 'string') {
      const point = await this.newest(config);
      return point?.RecoveryPointArn
        ? pending('the newest recovery point is restored', { pointArn: point.RecoveryPointArn, pointMs: madeMs(point) })
        : failed(`${config.vault} has no recovery point of ${config.sourceArn}`);
    }
    const stored = await this.clients.backup.send(
      new GetRecoveryPointRestoreMetadataCommand({ BackupVaultName: config.vault, RecoveryPointArn: facts.pointArn }),
    );
    const { RestoreJobId: jobId } = await this.clients.backup.send(
      new StartRestoreJobCommand({
        RecoveryPointArn: facts.pointArn,
        IamRoleArn: config.roleArn,
        ResourceType: config.resourceType,
        IdempotencyToken: `${runId}-${config.name}`,
        Metadata: overlaid(stored.RestoreMetadata ?? {}, { ...config.metadata, ...named(config.resourceType, identifier) }),
      }),
    );
    return jobId ? pending('the restore has begun', { jobId }) : failed('AWS Backup has named no restore job');
  }

  private async follows(RestoreJobId: string, { resourceType }: RestoredConfig): Promise<Progress> {
    const job = await this.clients.backup.send(new DescribeRestoreJobCommand({ RestoreJobId }));
    if (job.Status === 'FAILED' || job.Status === 'ABORTED') {
      return failed(`the restore is ${job.Status}: ${job.StatusMessage ?? 'nobody says why'}`, { jobId: '', pointArn: '' });
    }
    const arn = job.CreatedResourceArn;
    if (job.Status !== 'COMPLETED' || !arn) {
      return pending(`the restore is ${job.Status}`);
    }
    if (resourceType !== 'RDS') {
      return done('it is restored', { arn });
    }
    const DBInstanceIdentifier = arn.split(':').at(-1);
    const [instance] = (await this.clients.rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances ?? [];
    const { DBInstanceStatus: status, Endpoint, Engine } = instance ?? {};
    return status === 'available' && Endpoint?.Address
      ? done('it is restored', { arn, host: Endpoint.Address, port: Endpoint.Port ?? 0, ...(Engine ? { engine: Engine } : {}) })
      : pending(`it is ${status}`);
  }

  private async newest({ vault, sourceArn }: RestoredConfig): Promise<RecoveryPointByBackupVault | undefined> {
    let newest: RecoveryPointByBackupVault | undefined;
    let NextToken: string | undefined;
    do {
      const page = await this.clients.backup.send(
        new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: vault, ByResourceArn: sourceArn, NextToken }),
      );
      for (const point of page.RecoveryPoints ?? []) {
        const usable = point.Status === undefined || point.Status === 'COMPLETED' || point.Status === 'AVAILABLE';
        newest = usable && (!newest || madeMs(point) > madeMs(newest)) ? point : newest;
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return newest;
  }
}

function madeMs({ CreationDate }: RecoveryPointByBackupVault): number {
  return CreationDate?.getTime() ?? 0;
}

function named(resourceType: string, identifier: string): Readonly<Record<string, string>> {
  const key = NAME_KEYS[resourceType];
  return key ? { [key]: identifier } : {};
}

/** Keys of restore metadata are the same in whatever case. */
function overlaid(stored: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): Record<string, string> {
  const replaced = new Set(Object.keys(own).map((key) => key.toLowerCase()));
  return { ...Object.fromEntries(Object.entries(stored).filter(([key]) => !replaced.has(key.toLowerCase()))), ...own };
}
