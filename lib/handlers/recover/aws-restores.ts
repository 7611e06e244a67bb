import {
  DescribeRestoreJobCommand,
  GetRecoveryPointRestoreMetadataCommand,
  ListRecoveryPointsByBackupVaultCommand,
  type RecoveryPointByBackupVault,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { type RestoredConfig, rehearsalName, restoredAs, restoredOnce } from '../../model/recovery';
import { words } from '../../model/time';
import type { AwsClients } from './aws-clients';
import { putParameters } from './aws-parameters';
import { AwsRestored } from './aws-restored';
import { lossSince } from './loss';
import type { DataPort, Ending, Followed, Lag, Progress, Promotion, Rehearsal } from './ports';
import { done, failed, pending } from './progress';

/** Types whose rehearsal can also be removed again, and what keeps it small, apart from the world, and removable. */
const ISOLATED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  RDS: { DeletionProtection: 'false', MultiAZ: 'false', PubliclyAccessible: 'false' },
  DynamoDB: {},
};

/** Data that is restored from the newest recovery point of a vault of this Region. */
export class AwsRestores implements DataPort<RestoredConfig> {
  private readonly restored: AwsRestored;

  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {
    this.restored = new AwsRestored(clients);
  }

  public async ready(config: RestoredConfig): Promise<Progress> {
    const { identifier, vault } = config;
    if (!(await this.newest(config))) {
      return failed(noneOf(config));
    }
    const there = await this.restored.arnOf(config, identifier);
    return there === undefined
      ? done(`${vault} has a recovery point`)
      : failed(
          `${there} is in the way of a restore: it may be what a failover has restored before, which a rebuild of this site puts aside`,
        );
  }

  public async lag(config: RestoredConfig, _: string, ending: Ending): Promise<Lag> {
    const point = await this.newest(config);
    const ageMs = point && this.now() - madeMs(point);
    return point === undefined || ageMs === undefined
      ? { words: noneOf(config) }
      : { lagMs: lossSince(madeMs(point), ending), words: `the newest recovery point is ${words(ageMs)} old` };
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
      // file systems, volumes and machines are called as AWS likes
      id: String(arn).split(/[:/]/).at(-1) || config.identifier,
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

  public describe(config: RestoredConfig): Promise<Readonly<Record<string, string>>> {
    return this.restored.describe(config);
  }

  public follow(config: RestoredConfig, { epoch }: Followed): Promise<Progress> {
    return this.restored.makeWay(config, epoch);
  }

  public async rehearse(config: RestoredConfig, { runId, facts }: Rehearsal): Promise<Progress> {
    if (!(config.resourceType in ISOLATED)) {
      return done(`not rehearsed here: restores of ${config.resourceType} are proven by restore testing`, { rehearsed: false });
    }
    const name = rehearsalName(config.identifier);
    if (!facts.pointArn && !facts.jobId && (await this.restored.arnOf(config, name)) !== undefined) {
      const { words: removed } = await this.restored.remove(config, name);
      return pending(`what an earlier rehearsal has left is removed: ${removed}`);
    }
    const metadata = overlaid(config.metadata, ISOLATED[config.resourceType]);
    return this.restore({ ...config, metadata }, name, `${runId}-rehearsal`, facts);
  }

  public tidy(config: RestoredConfig): Promise<Progress> {
    return this.restored.remove(config, rehearsalName(config.identifier));
  }

  /**
   * Point and job are kept from one look to the next, so that one restore is made however often it is asked for. One that has failed is
   * made anew by the next look.
   */
  private async restore(config: RestoredConfig, identifier: string, runId: string, facts: Promotion['facts']): Promise<Progress> {
    const { jobId: begun, pointArn, attempt = 0 } = facts;
    if (typeof begun === 'string' && begun !== '') {
      return this.follows(begun, config, Number(attempt));
    }
    if (typeof pointArn !== 'string' || pointArn === '') {
      const point = await this.newest(config);
      return point?.RecoveryPointArn
        ? pending('the newest recovery point is restored', { pointArn: point.RecoveryPointArn, pointMs: madeMs(point) })
        : failed(noneOf(config));
    }
    const stored = await this.clients.backup.send(
      new GetRecoveryPointRestoreMetadataCommand({ BackupVaultName: config.vault, RecoveryPointArn: pointArn }),
    );
    const token = `${runId}-${config.name}${attempt ? `.${attempt}` : ''}`;
    const metadata = overlaid(stored.RestoreMetadata ?? {}, { ...config.metadata, ...restoredAs(config.resourceType, identifier) });
    const { RestoreJobId: jobId } = await this.clients.backup.send(
      new StartRestoreJobCommand({
        RecoveryPointArn: pointArn,
        IamRoleArn: config.roleArn,
        ResourceType: config.resourceType,
        IdempotencyToken: token,
        Metadata: overlaid(metadata, restoredOnce(config.resourceType, metadata, token)),
      }),
    );
    return jobId ? pending('the restore has begun', { jobId }) : failed('AWS Backup has named no restore job');
  }

  private async follows(RestoreJobId: string, config: RestoredConfig, attempt: number): Promise<Progress> {
    const job = await this.clients.backup.send(new DescribeRestoreJobCommand({ RestoreJobId }));
    if (job.Status === 'FAILED' || job.Status === 'ABORTED') {
      const words = `the restore is ${job.Status}: ${job.StatusMessage ?? 'nobody says why'}`;
      return failed(words, { jobId: '', pointArn: '', attempt: attempt + 1 });
    }
    const arn = job.CreatedResourceArn;
    return job.Status === 'COMPLETED' && arn ? this.restored.usable(config, arn) : pending(`the restore is ${job.Status}`);
  }

  private async newest({ vault, sourceArn, resourceType }: RestoredConfig): Promise<RecoveryPointByBackupVault | undefined> {
    let newest: RecoveryPointByBackupVault | undefined;
    let NextToken: string | undefined;
    const sources = new Set<string | undefined>();
    const wanted = sourceArn === undefined ? { ByResourceType: resourceType } : { ByResourceArn: sourceArn };
    do {
      const page = await this.clients.backup.send(
        new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: vault, ...wanted, NextToken }),
      );
      for (const point of page.RecoveryPoints ?? []) {
        const usable = point.Status === undefined || point.Status === 'COMPLETED' || point.Status === 'AVAILABLE';
        newest = usable && (!newest || madeMs(point) > madeMs(newest)) ? point : newest;
        sources.add(point.ResourceArn);
      }
      NextToken = page.NextToken;
    } while (NextToken);
    // where nobody has told of what, only one thing can be meant or none
    return sourceArn === undefined && sources.size > 1 ? undefined : newest;
  }
}

function noneOf({ vault, sourceArn, resourceType }: RestoredConfig): string {
  return sourceArn === undefined
    ? `the other site has never told of what to restore a recovery point of ${resourceType}, and ${vault} has none, or those of several`
    : `${vault} has no recovery point of ${sourceArn}`;
}

function madeMs({ CreationDate }: RecoveryPointByBackupVault): number {
  return CreationDate?.getTime() ?? 0;
}

/** Keys of restore metadata are the same in whatever case. */
function overlaid(stored: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): Record<string, string> {
  const replaced = new Set(Object.keys(own).map((key) => key.toLowerCase()));
  return { ...Object.fromEntries(Object.entries(stored).filter(([key]) => !replaced.has(key.toLowerCase()))), ...own };
}
