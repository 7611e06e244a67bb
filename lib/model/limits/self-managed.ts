import { documented, type Range } from './limit';
import { error, type Problem } from './problem';

const FARGATE = 'ECS Developer Guide: Fargate task ephemeral storage';

/** Numbers that backups of databases and files depend on. */
export const SELF_MANAGED_LIMITS = {
  ephemeralGib: documented<Range>({ min: 21, max: 200 }, 'GiB of ephemeral storage of a Fargate task', FARGATE),
  memoryGibOfCpu: documented<Readonly<Record<number, Range>>>(
    {
      1024: { min: 2, max: 8 },
      2048: { min: 4, max: 16 },
      4096: { min: 8, max: 30 },
      8192: { min: 16, max: 60 },
      16384: { min: 32, max: 120 },
    },
    'GiB of memory of a Fargate task, by its CPU units',
    'ECS Developer Guide: Fargate task CPU and memory',
  ),
} as const;

/** A dump without indexes, packed, needs less room than its database; twice that is left for what is not data. */
const ROOM = 0.8;
const SPARE_GIB = 5;

/** The room that a task needs for a dump of so much data, in whole GiB. */
export function scratchFor(dataGib: number): number {
  const { min } = SELF_MANAGED_LIMITS.ephemeralGib.value;
  return Math.max(min, Math.ceil(dataGib * ROOM) + SPARE_GIB);
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
      : `'expects.dataSize' asks for ${gib} GiB of scratch space, but a Fargate task has at most ${max}: give 'scratchSize' where dumps are smaller, or back up on the host of the server`,
  );
}
