import {
  CreateReplicationConfigurationCommand,
  DeleteReplicationConfigurationCommand,
  DescribeFileSystemsCommand,
  DescribeReplicationConfigurationsCommand,
  type ReplicationConfigurationDescription,
  UpdateFileSystemProtectionCommand,
} from '@aws-sdk/client-efs';
import type { FileSystemConfig } from '../../model/recovery';
import { words } from '../../model/time';
import type { AwsClients } from './aws-clients';
import type { DataPort, Followed, Lag, Progress, Promotion } from './ports';
import { done, failed, pending, unless } from './progress';

const NO_REPLICATION = ['ReplicationNotFound', 'ReplicationNotFoundException'];
const NO_SYSTEM = ['FileSystemNotFound', 'FileSystemNotFoundException'];
const BUSY = ['ConflictException', 'IncorrectFileSystemLifeCycleState', 'ReplicationAlreadyExists'];

/** A file system that follows another one; deleting the replication makes it writeable. */
export class AwsFileSystems implements DataPort<FileSystemConfig> {
  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {}

  public async lag({ fileSystem }: FileSystemConfig): Promise<Lag> {
    const atMs = await this.syncedMs(fileSystem);
    return atMs === undefined
      ? { words: 'nothing tells when it was synced' }
      : { lagMs: this.now() - atMs, words: `synced ${words(this.now() - atMs)} ago` };
  }

  public async arrived({ fileSystem }: FileSystemConfig, sinceMs: number): Promise<Progress> {
    if (!(await this.following(fileSystem))) {
      return done('it follows none');
    }
    const atMs = await this.syncedMs(fileSystem);
    return atMs !== undefined && atMs >= sinceMs ? done('synced since the fence') : pending('not synced since the fence');
  }

  public async promote({ fileSystem }: FileSystemConfig, { lossless }: Promotion): Promise<Progress> {
    const replication = await this.following(fileSystem);
    if (!replication) {
      const found = await unless(NO_SYSTEM, this.clients.efs().send(new DescribeFileSystemsCommand({ FileSystemId: fileSystem })));
      const [system] = found?.FileSystems ?? [];
      if (!system) {
        return failed(`there is no file system ${fileSystem}`);
      }
      const { LifeCycleState: state, FileSystemArn: arn = '' } = system;
      return state === 'available' ? done('it takes writes', { arn }) : pending(`it is ${state}`);
    }
    if (statusOf(replication, fileSystem) !== 'DELETING') {
      // the other side may be lost, and must not be waited for
      const DeletionMode = lossless ? 'ALL_CONFIGURATIONS' : 'LOCAL_CONFIGURATION_ONLY';
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

  public async describe({ fileSystem }: FileSystemConfig): Promise<Readonly<Record<string, string>>> {
    const { FileSystems } = await this.clients.efs().send(new DescribeFileSystemsCommand({ FileSystemId: fileSystem }));
    return { arn: FileSystems?.[0]?.FileSystemArn ?? '', id: fileSystem };
  }

  /** Replicates from the other file system into this one, whose own files since the fence are overwritten. */
  public async follow({ fileSystem }: FileSystemConfig, { source, region }: Followed): Promise<Progress> {
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
    const { FileSystems } = await this.clients.efs().send(new DescribeFileSystemsCommand({ FileSystemId: fileSystem }));
    if (FileSystems?.[0]?.FileSystemProtection?.ReplicationOverwriteProtection !== 'DISABLED') {
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
    const { FileSystems } = await this.clients.efs().send(new DescribeFileSystemsCommand({ FileSystemId: fileSystem }));
    const state = FileSystems?.[0]?.LifeCycleState;
    return state === 'available' || state === 'updating' ? done(`it is ${state}`) : failed(`it is ${state}`);
  }

  public async tidy(): Promise<Progress> {
    return done('nothing was made');
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
