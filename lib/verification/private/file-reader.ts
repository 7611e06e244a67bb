import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BundledFunction } from '../../core/private/bundled-function';
import { descriptionOf } from '../../core/private/descriptions';
import { MOUNT_PATH, MOUNT_VARIABLES, readerPermissions } from '../../model/verification';
import type { IsolatedNetwork } from '../isolated-network';
import { statementsOf } from './checker-permissions';

export interface FileReaderProps {
  readonly network: IsolatedNetwork;
  /** Zones in which file systems lie that lie in one only. */
  readonly zones: readonly string[];
  readonly logRetention?: RetentionDays;
}

const NFS_PORT = 2049;
/** Whoever calls it waits no longer, for it keeps time to unmount what was mounted. */
const LONGEST = Duration.minutes(11);

/** The function in the isolated network that mounts restored file systems, one at a time, and may only read them. */
export class FileReader extends Construct {
  public readonly bundled: BundledFunction;
  /** What the function outside of the network has to be told so that it can let this one mount something. */
  public readonly environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { network, zones, logRetention }: FileReaderProps) {
    super(scope, id);
    const { vpc, subnets } = network;
    const group = this.groupOf('Readers', 'Functions that read restored files', network);
    const mounts = this.groupOf('Mounts', 'Mount targets of restored file systems', network);
    mounts.addIngressRule(group, Port.tcp(NFS_PORT), 'those who read files');
    group.addEgressRule(mounts, Port.tcp(NFS_PORT), 'restored file systems');
    this.bundled = new BundledFunction(this, 'Reader', {
      handler: 'check-resource',
      description: 'Reads the files of restored file systems',
      memoryMib: 512,
      timeout: LONGEST,
      environment: { [MOUNT_VARIABLES.root]: MOUNT_PATH },
      statements: statementsOf(Stack.of(this), readerPermissions()),
      wildcardReason: 'Nobody knows the id of a file system before it is restored; the tag of AWS Backup says which ones are.',
      logRetention,
      network: { vpc, subnets, securityGroup: group },
    });
    const zoneSubnets = zones.map((zone) => network._subnetIn(zone).subnetId);
    this.environment = {
      ...(zoneSubnets.length > 0 ? { [MOUNT_VARIABLES.zoneSubnets]: zoneSubnets.join() } : {}),
      [MOUNT_VARIABLES.function]: this.bundled.function.functionArn,
      [MOUNT_VARIABLES.subnets]: subnets.map(({ subnetId }) => subnetId).join(),
      [MOUNT_VARIABLES.securityGroup]: mounts.securityGroupId,
    };
  }

  private groupOf(id: string, what: string, { vpc }: IsolatedNetwork): SecurityGroup {
    const description = descriptionOf('securityGroup', `${what} (${this.node.path})`);
    return new SecurityGroup(this, id, { vpc, description, allowAllOutbound: false });
  }
}
