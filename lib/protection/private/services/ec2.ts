import type { ServiceAdapter } from '../service';
import { describeTarget } from './facts';

/** EC2 instances: a recovery point is an image with a snapshot of every attached volume, consistent as after a crash. */
export const EC2: ServiceAdapter = {
  types: ['EC2'],
  describe: (target) => describeTarget(target),
  copies: () => [],
  prepare: () => [],
};
