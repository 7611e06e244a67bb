import type { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { labelOf } from '../../model/services';
import { targetOf } from '../../services';
import type { Target } from '../../services/service';
import { settingOf, unwrapped } from '../../services/settings';

/** A file system of this app that is replicated. */
export interface FileSystemSource extends Target {
  readonly cfn: CfnFileSystem;
}

/** Checks that a construct is a file system whose replication can be set; nothing is set yet. */
export function fileSystemOf(scope: IConstruct, construct: IConstruct): FileSystemSource {
  const target = targetOf(scope, construct);
  const { id, type } = target;
  if (type !== 'EFS') {
    throw new ConfigurationError('NotAFileSystem', `'source' is '${id}', ${labelOf(type)}: give an EFS file system`, scope);
  }
  const cfn = target.cfn as CfnFileSystem | undefined;
  if (cfn === undefined) {
    throw new ConfigurationError(
      'SourceOutOfReach',
      `'source' is '${id}', which this app does not define, so that its replication cannot be set: make the FileSystemReplication where the file system is defined`,
      scope,
    );
  }
  if (settingOf(cfn, 'fileSystemProtection.replicationOverwriteProtection') === 'DISABLED') {
    throw new ConfigurationError(
      'SourceIsDestination',
      `'replicationOverwriteProtection' of '${id}' is DISABLED, which makes it a destination, and a file system is in one replication only: leave it out, or replicate another`,
      scope,
    );
  }
  return { ...target, cfn };
}

/**
 * Whether the template says this very replication already; a file system has one at most, so any other is refused.
 * What is left out of `wanted` may be anything.
 */
export function isReplicatedTo(
  scope: IConstruct,
  { id, cfn }: FileSystemSource,
  wanted: CfnFileSystem.ReplicationDestinationProperty,
): boolean {
  const configuration = settingOf(cfn, 'replicationConfiguration');
  if (configuration === undefined) {
    return false;
  }
  const destinations = settingOf(cfn, 'replicationConfiguration.destinations');
  const [given] = (Array.isArray(destinations) ? destinations : []).map((one) => unwrapped(cfn, one) as Readonly<Record<string, unknown>>);
  const differs = Object.entries(wanted).find(([name, value]) => value !== undefined && nameOf(given?.[name]) !== nameOf(value));
  const other = wanted.fileSystemId === undefined && given?.fileSystemId !== undefined;
  if (given === undefined || differs !== undefined || other) {
    throw new ConfigurationError(
      'ReplicationAlreadySet',
      `'source' is '${id}', whose 'replicationConfiguration' names another destination, and a file system has one: leave either out`,
      scope,
    );
  }
  return true;
}

/** An existing file system may be named by its id or by its ARN. */
function nameOf(value: unknown): unknown {
  return typeof value === 'string' && value.includes(':file-system/') ? value.split('/').at(-1) : value;
}
