import { inBatches } from './in-batches';
import { ONE_BY_ONE } from './newest-points';
import { isContinuous, isUsable, type PointFilter, type Ports, type VaultAddress } from './ports';

/** What a vault says of the continuous backup of a bucket: no API tells up to which second it can be restored. */
export type ContinuousState = 'running' | 'stopped';

/** The state of continuous backup of each bucket that has one in the vault. */
export async function continuousBuckets(
  ports: Ports,
  vault: VaultAddress,
  arns: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ContinuousState>> {
  const found = new Map<string, ContinuousState>();
  const list = async (filter: PointFilter): Promise<void> => {
    for await (const page of ports.recoveryPoints(vault, filter)) {
      for (const point of page.filter((one) => isContinuous(one) && arns.has(one.resourceArn))) {
        // one that runs counts, whatever became of those before it
        if (isUsable(point)) {
          found.set(point.resourceArn, 'running');
        } else if (!found.has(point.resourceArn)) {
          found.set(point.resourceArn, 'stopped');
        }
      }
    }
  };
  if (arns.size <= ONE_BY_ONE) {
    await inBatches([...arns], (resourceArn) => list({ resourceArn }));
  } else {
    await list({ resourceType: 'S3' });
  }
  return found;
}
