import {
  DeleteAccessPointCommand,
  DeleteMountTargetCommand,
  DescribeAccessPointsCommand,
  DescribeMountTargetsCommand,
} from '@aws-sdk/client-efs';
import { MADE_FOR_TAG } from '../../model/verification';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import type { StepPorts } from './ports';

const GONE = ['FileSystemNotFound', 'AccessPointNotFound', 'MountTargetNotFound'];
const REMOVABLE = ['available', 'error'];

/** What lets functions mount file systems, bound to the API of EFS. */
export function mountPorts(clients: AwsClients): Pick<StepPorts, 'mounts' | 'removeMount'> {
  return {
    mounts: async (FileSystemId) => {
      const [points, targets] = await Promise.all([
        unless(GONE, clients.efs.send(new DescribeAccessPointsCommand({ FileSystemId }))),
        unless(GONE, clients.efs.send(new DescribeMountTargetsCommand({ FileSystemId }))),
      ]);
      return [
        ...(points?.AccessPoints ?? []).map(({ AccessPointId: id = '', LifeCycleState: state = '', Tags: tags = [] }) => ({
          kind: 'access point' as const,
          id,
          words: state,
          removable: REMOVABLE.includes(state),
          madeFor: tags.find(({ Key }) => Key === MADE_FOR_TAG)?.Value,
        })),
        ...(targets?.MountTargets ?? []).map(({ MountTargetId: id = '', LifeCycleState: state = '' }) => ({
          kind: 'mount target' as const,
          id,
          words: state,
          removable: REMOVABLE.includes(state),
        })),
      ];
    },
    removeMount: async ({ kind, id }) => {
      const removed =
        kind === 'access point'
          ? clients.efs.send(new DeleteAccessPointCommand({ AccessPointId: id }))
          : clients.efs.send(new DeleteMountTargetCommand({ MountTargetId: id }));
      await unless<unknown>(GONE, removed);
    },
  };
}
