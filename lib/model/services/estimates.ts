import { MINUTE, SECOND } from '../time';
import type { ResourceType } from './types';

/** Size assumed where nobody says how much data there is. */
export const DEFAULT_SIZE_GIB = 100;

/** A step that takes time in proportion to the data. */
export type TimedStep = 'backup' | 'copy' | 'restore' | 'export' | 'import';

interface Pace {
  readonly baseMinutes: number;
  readonly secondsPerGib: number;
}

/**
 * Our assumptions, on the slow side of what services usually show; a restore test replaces them with measured times.
 * Backup means an incremental one where the type has them.
 */
const PACES: Readonly<Record<TimedStep, Readonly<Partial<Record<ResourceType, Pace>>>>> = {
  backup: {
    S3: { baseMinutes: 15, secondsPerGib: 2 },
    EFS: { baseMinutes: 10, secondsPerGib: 3 },
    DocumentDB: { baseMinutes: 10, secondsPerGib: 3 },
    Neptune: { baseMinutes: 10, secondsPerGib: 3 },
    Redshift: { baseMinutes: 10, secondsPerGib: 3 },
    RedshiftServerless: { baseMinutes: 10, secondsPerGib: 3 },
    Timestream: { baseMinutes: 15, secondsPerGib: 6 },
    // a dump reads and packs every row
    SelfManaged: { baseMinutes: 5, secondsPerGib: 20 },
  },
  copy: {},
  restore: {
    RDS: { baseMinutes: 20, secondsPerGib: 6 },
    RDSCluster: { baseMinutes: 25, secondsPerGib: 6 },
    Aurora: { baseMinutes: 25, secondsPerGib: 3 },
    DocumentDB: { baseMinutes: 25, secondsPerGib: 3 },
    Neptune: { baseMinutes: 25, secondsPerGib: 3 },
    DynamoDB: { baseMinutes: 20, secondsPerGib: 12 },
    S3: { baseMinutes: 15, secondsPerGib: 20 },
    EFS: { baseMinutes: 15, secondsPerGib: 15 },
    EBS: { baseMinutes: 5, secondsPerGib: 6 },
    EC2: { baseMinutes: 10, secondsPerGib: 6 },
    Timestream: { baseMinutes: 30, secondsPerGib: 12 },
    SelfManaged: { baseMinutes: 30, secondsPerGib: 60 },
  },
  export: { DynamoDB: { baseMinutes: 20, secondsPerGib: 6 } },
  import: { DynamoDB: { baseMinutes: 30, secondsPerGib: 30 } },
};

const USUAL: Readonly<Record<TimedStep, Pace>> = {
  backup: { baseMinutes: 5, secondsPerGib: 2 },
  copy: { baseMinutes: 10, secondsPerGib: 6 },
  restore: { baseMinutes: 30, secondsPerGib: 10 },
  // RDS restores the whole database before it reads the first row
  export: { baseMinutes: 60, secondsPerGib: 30 },
  import: { baseMinutes: 60, secondsPerGib: 60 },
};

/** Our estimate in ms of how long a step takes for so much data: a term of basis `estimated`. */
export function estimateMs(type: ResourceType, step: TimedStep, sizeGib: number = DEFAULT_SIZE_GIB): number {
  const pace = PACES[step][type] ?? USUAL[step];
  return pace.baseMinutes * MINUTE + Math.ceil(pace.secondsPerGib * sizeGib) * SECOND;
}
