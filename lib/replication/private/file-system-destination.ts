import type { IFileSystemRef } from 'aws-cdk-lib/aws-efs';
import { type CfnResource, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { requireElsewhere } from '../../core/private/recovery-place';
import { checkFileSystemId, checkZone } from '../../model/limits/file-systems';
import type { FileSystemReplicationProps } from '../file-system-replication-props';

/** Where a file system is replicated to. */
export interface FileSystemDestination {
  readonly region: string;
  /** Of a file system that exists already. */
  readonly existing?: {
    readonly id: string;
    readonly arn: string;
    /** The account where it is another than that of the source. */
    readonly otherAccount?: string;
  };
}

/** Settles what was said about the destination; nothing is set yet. */
export function destinationOf(scope: IConstruct, source: CfnResource, props: FileSystemReplicationProps): FileSystemDestination {
  const { destination, recoveryRegion, availabilityZone } = props;
  if (destination !== undefined) {
    return existingDestination(scope, source, destination, props);
  }
  if (recoveryRegion === undefined) {
    throw new ConfigurationError(
      'NoDestination',
      "'recoveryRegion' and 'destination' are both missing: give the Region for a new file system, or one that exists",
      scope,
    );
  }
  requireElsewhere(scope, source, { region: recoveryRegion });
  if (availabilityZone !== undefined && !Token.isUnresolved(availabilityZone)) {
    insist(scope, checkZone('availabilityZone', availabilityZone, recoveryRegion));
  }
  return { region: recoveryRegion };
}

function existingDestination(
  scope: IConstruct,
  source: CfnResource,
  destination: IFileSystemRef,
  { recoveryRegion, availabilityZone, encryptionKey }: FileSystemReplicationProps,
): FileSystemDestination {
  const { fileSystemId: id, fileSystemArn: arn } = destination.fileSystemRef;
  const needless = availabilityZone === undefined ? encryptionKey && 'encryptionKey' : 'availabilityZone';
  if (needless) {
    throw new ConfigurationError(
      'DestinationAlreadyMade',
      `'${needless}' is given beside 'destination', which is made already: leave it out`,
      scope,
    );
  }
  // the ARN tells: an import from an ARN says of itself that it is in the Region of its stack
  const [, , , arnRegion, arnAccount] = arn.split(':');
  const region = known(arnRegion) ?? recoveryRegion;
  if (Token.isUnresolved(id) || region === undefined) {
    throw new ConfigurationError(
      'DestinationUnknown',
      `'destination' is '${destination.node.path}', whose ${Token.isUnresolved(id) ? 'id' : 'Region'} is only known at deploy time, and a stack must not refer to another Region: deploy it first, and import it by its ARN as plain text, FileSystem.fromFileSystemAttributes()`,
      scope,
    );
  }
  if (recoveryRegion !== undefined && recoveryRegion !== region) {
    throw new ConfigurationError(
      'DestinationElsewhere',
      `'recoveryRegion' is ${recoveryRegion}, but 'destination' is in ${region}: leave 'recoveryRegion' out, or import the destination by its ARN`,
      scope,
    );
  }
  insist(scope, checkFileSystemId('destination', id));
  const account = known(arnAccount);
  const otherAccount = account === undefined || account === Stack.of(source).account ? undefined : account;
  requireElsewhere(scope, source, {
    region,
    account: otherAccount,
    property: 'destination',
    remedy: 'give one in another Region or account',
  });
  return { region, existing: { id, arn, otherAccount } };
}
