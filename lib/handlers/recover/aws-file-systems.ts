import { ListRecoveryPointsByResourceCommand } from '@aws-sdk/client-backup';
import {
  CreateReplicationConfigurationCommand,
  DeleteReplicationConfigurationCommand,
  DescribeFileSystemsCommand,
  DescribeReplicationConfigurationsCommand,
  type FileSystemDescription,
  type ReplicationConfigurationDescription,
  UpdateFileSystemProtectionCommand,
} from '@aws-sdk/client-efs';
import type { FileSystemConfig } from '../../model/recovery';
import { words } from '../../model/time';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import { lossSince } from './loss';
import type { DataPort, Ending, Followed, Lag, Progress, Promotion } from './ports';
import { done, failed, onlySeen, pending } from './progress';

const NO_REPLICATION = ['ReplicationNotFound', 'ReplicationNotFoundException'];
const NO_SYSTEM = ['FileSystemNotFound', 'FileSystemNotFoundException'];
const BUSY = ['ConflictException', 'IncorrectFileSystemLifeCycleState', 'ReplicationAlreadyExists'];

/** A file system that follows another one; deleting the replication makes it writeable. */
export class AwsFileSystems implements DataPort<FileSystemConfig> {
  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {}

  public async ready({ fileSystem }: FileSystemConfig, { lossless }: Pick<Promotion, 'lossless'>): Promise<Progress> {
    const system = await this.find(fileSystem);
    if (!system) {
      return failed(`there is no file system ${fileSystem}`);
    }
    if (!lossless) {
      return done(`${fileSystem} is ${system.LifeCycleState}`);
    }
    const replication = await this.following(fileSystem);
    const status = replication && statusOf(replication, fileSystem);
    return status === 'ENABLED'
      ? done(`${fileSystem} follows ${replication?.SourceFileSystemId}`)
      : status === 'ENABLING' || status === 'PAUSING'
        ? pending(`its replication is ${status}`)
        : failed(replication ? `the replication to ${fileSystem} is ${status}` : `nothing is replicated to ${fileSystem}`);
  }

  public async lag({ fileSystem }: FileSystemConfig, _: string, ending: Ending): Promise<Lag> {
    const atMs = await this.syncedMs(fileSystem);
    return atMs === undefined
      ? { words: 'nothing tells when it was synced' }
      : { lagMs: lossSince(atMs, ending), words: `synced ${words(this.now() - atMs)} ago` };
  }

  public async arrived({ fileSystem }: FileSystemConfig, sinceMs: number): Promise<Progress> {
    if (!(await this.following(fileSystem))) {
      return done('it follows none');
    }
    const atMs = await this.syncedMs(fileSystem);
    return atMs !== undefined && atMs >= sinceMs ? done('synced since the fence') : pending('not synced since the fence');
  }

  public async promote({ fileSystem }: FileSystemConfig, { reached }: Promotion): Promise<Progress> {
    const replication = await this.following(fileSystem);
    if (!replication) {
      const system = await this.find(fileSystem);
      if (!system) {
        return failed(`there is no file system ${fileSystem}`);
      }
      const { LifeCycleState: state, FileSystemArn: arn = '' } = system;
      return state === 'available' ? done('it takes writes', { arn }) : pending(`it is ${state}`);
    }
    if (statusOf(replication, fileSystem) !== 'DELETING') {
      // a side that is lost must not be waited for, and one that is there keeps no half of a replication
      const DeletionMode = reached ? 'ALL_CONFIGURATIONS' : 'LOCAL_CONFIGURATION_ONLY';
      const command = new DeleteReplicationConfigurationCommand({ SourceFileSystemId: replication.SourceFileSystemId, DeletionMode });
      await unless([...NO_REPLICATION, ...BUSY], this.clients.efs().send(command));
    }
    return pending('its replication is deleted');
  }

  public async close(): Promise<Progress> {
    return done('a file system is kept from writes by the application');
  }

  public async open(): Promise<Progress> {
    return done('it was open');
  }

  public async describe({ kind, fileSystem }: FileSystemConfig): Promise<Readonly<Record<string, string>>> {
    return { kind, arn: (await this.find(fileSystem))?.FileSystemArn ?? '', id: fileSystem };
  }

  /** Replicates from the other file system into this one, whose own files are overwritten: those that the other never got are kept first. */
  public async follow({ fileSystem }: FileSystemConfig, { source, region, lossless, fencedMs }: Followed): Promise<Progress> {
    const replication = await this.replication(fileSystem);
    if (replication?.SourceFileSystemId === source.id) {
      const status = statusOf(replication, fileSystem);
      return status === 'ENABLED'
        ? done(`${fileSystem} follows ${source.id}`)
        : status === 'ERROR'
          ? failed('the replication has failed')
          : pending(`the replication is ${status}`);
    }
    if (replication) {
      const command = new DeleteReplicationConfigurationCommand({
        SourceFileSystemId: replication.SourceFileSystemId,
        DeletionMode: 'LOCAL_CONFIGURATION_ONLY',
      });
      await unless([...NO_REPLICATION, ...BUSY], this.clients.efs().send(command));
      return pending('the replication in the former direction is deleted');
    }
    const system = await this.find(fileSystem);
    if (!lossless && fencedMs !== undefined && !(await this.keptSince(fencedMs, system?.FileSystemArn))) {
      return failed(
        `${fileSystem} may have files that ${source.id} never got, and would lose them: make a recovery point of it and start the run again`,
      );
    }
    if (system?.FileSystemProtection?.ReplicationOverwriteProtection !== 'DISABLED') {
      const open = { FileSystemId: fileSystem, ReplicationOverwriteProtection: 'DISABLED' } as const;
      await unless(BUSY, this.clients.efs().send(new UpdateFileSystemProtectionCommand(open)));
      return pending('it may be overwritten from now on');
    }
    const Destinations = [{ FileSystemId: fileSystem, Region: this.clients.region }];
    await unless(
      BUSY,
      this.clients.efs(region).send(new CreateReplicationConfigurationCommand({ SourceFileSystemId: source.id, Destinations })),
    );
    return pending(`the replication from ${source.id} is made`);
  }

  public async rehearse({ fileSystem }: FileSystemConfig): Promise<Progress> {
    const state = (await this.find(fileSystem))?.LifeCycleState;
    return onlySeen(state === 'available' || state === 'updating' ? done(`it is ${state}`) : failed(`it is ${state}`));
  }

  public async tidy(): Promise<Progress> {
    return done('nothing was made');
  }

  private async find(FileSystemId: string): Promise<FileSystemDescription | undefined> {
    return (await unless(NO_SYSTEM, this.clients.efs().send(new DescribeFileSystemsCommand({ FileSystemId }))))?.FileSystems?.[0];
  }

  private async keptSince(sinceMs: number, ResourceArn: string | undefined): Promise<boolean> {
    const { RecoveryPoints = [] } = await this.clients.backup.send(new ListRecoveryPointsByResourceCommand({ ResourceArn }));
    return RecoveryPoints.some(({ Status, CreationDate }) => Status === 'COMPLETED' && (CreationDate?.getTime() ?? 0) >= sinceMs);
  }

  private async following(fileSystem: string): Promise<ReplicationConfigurationDescription | undefined> {
    const found = await this.replication(fileSystem);
    return found && found.SourceFileSystemId !== fileSystem ? found : undefined;
  }

  private async replication(FileSystemId: string): Promise<ReplicationConfigurationDescription | undefined> {
    const command = new DescribeReplicationConfigurationsCommand({ FileSystemId });
    return (await unless(NO_REPLICATION, this.clients.efs().send(command)))?.Replications?.[0];
  }

  private async syncedMs(fileSystem: string): Promise<number | undefined> {
    const found = await this.following(fileSystem);
    return found?.Destinations?.find(({ FileSystemId }) => FileSystemId?.endsWith(fileSystem))?.LastReplicatedTimestamp?.getTime();
  }
}

function statusOf({ Destinations }: ReplicationConfigurationDescription, fileSystem: string): string | undefined {
  return Destinations?.find(({ FileSystemId }) => FileSystemId?.endsWith(fileSystem))?.Status;
}
