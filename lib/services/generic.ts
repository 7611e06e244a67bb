import { describeTarget } from './facts';
import type { ServiceAdapter } from './service';

/** Types that AWS Backup protects by their ARN and of which we know nothing else. */
export const GENERIC: ServiceAdapter = {
  types: [],
  describe: (target) => describeTarget(target),
  copies: () => [],
  prepare: () => () => [],
};
