import { DUMP_ROOM } from '../self-managed';
import { documented, type Range } from './limit';
import { error, type Problem } from './problem';

const FARGATE = 'ECS Developer Guide: Fargate task ephemeral storage';

/** Numbers that backups of databases and files depend on. */
export const SELF_MANAGED_LIMITS = {
  ephemeralGib: documented<Range>({ min: 21, max: 200 }, 'GiB of ephemeral storage of a Fargate task', FARGATE),
  vCpus: documented<readonly number[]>(
    [1, 2, 4, 8, 16],
    'vCPUs of a Fargate task, each with 2 GiB or more',
    'ECS Developer Guide: Fargate task CPU and memory',
  ),
} as const;

/** Left for what is no data. */
const SPARE_GIB = 5;

/** The room that a task needs for a dump of so much data, in whole GiB. */
export function scratchFor(dataGib: number): number {
  const { min } = SELF_MANAGED_LIMITS.ephemeralGib.value;
  return Math.max(min, Math.ceil(dataGib * DUMP_ROOM) + SPARE_GIB);
}

/** Checks that a Fargate task can have so much room; `from` says where the number comes from. */
export function checkScratch(gib: number, from: 'scratchSize' | 'expects.dataSize'): Problem | undefined {
  const { min, max } = SELF_MANAGED_LIMITS.ephemeralGib.value;
  if (Number.isInteger(gib) && gib >= min && gib <= max) {
    return undefined;
  }
  return error(
    'ScratchOutOfRange',
    from === 'scratchSize'
      ? `'scratchSize' is ${gib} GiB, but a Fargate task has ${min} to ${max} whole GiB: give one of these`
      : `'expects.dataSize' asks for ${gib} GiB of scratch space, but a Fargate task has at most ${max}: give 'scratchSize' where dumps are smaller, or dump it on a machine of your own`,
  );
}
