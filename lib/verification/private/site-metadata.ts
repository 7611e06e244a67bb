import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import type { ResourceType } from '../../model/services';
import type { IsolatedNetwork } from '../isolated-network';
import { RestoreMetadata } from '../restore-metadata';
import { chosenMetadata } from './chosen-metadata';

/** Types that are restored into a network: without being told which, AWS Backup takes the default VPC. */
export const NETWORKED: readonly ResourceType[] = ['RDS', 'RDSCluster', 'Aurora', 'DocumentDB', 'Neptune', 'EC2', 'FSxLustre'];

/** What has to be said so that a type is restored into the isolated network, and what the user says besides. */
export function metadataFor(
  type: ResourceType,
  {
    network,
    given,
    commands,
  }: { readonly network?: IsolatedNetwork; readonly given: readonly RestoreMetadata[]; readonly commands: boolean },
): RestoreMetadata | undefined {
  const base = network && isolated(type, network, commands);
  const own = chosenMetadata(type, given);
  return own && base ? own._over(base) : (own ?? base);
}

function isolated(type: ResourceType, network: IsolatedNetwork, commands: boolean): RestoreMetadata | undefined {
  const { subnetGroup, restoredSecurityGroup } = network;
  const securityGroups = [restoredSecurityGroup];
  const [subnet] = network.subnets as [ISubnet];
  switch (type) {
    case 'RDS':
      return RestoreMetadata.databaseInstance({ subnetGroup, securityGroups });
    case 'RDSCluster':
    case 'Aurora':
    case 'DocumentDB':
    case 'Neptune':
      return RestoreMetadata.databaseCluster({ subnetGroup, securityGroups });
    case 'EC2':
      return RestoreMetadata.instance({ subnet, securityGroups, keepInstanceProfile: commands ? true : undefined });
    case 'FSxLustre':
      return RestoreMetadata.fileServer({ subnets: [subnet], securityGroups });
    default:
      return undefined;
  }
}
