import type { TestedPromise } from '../verification';

/** What a digest looks back on: its schedule hands it to the function, where it has more room than in environment variables. */
export interface DigestConfig {
  /** ARNs of topics: the one hears of what is well, the other of the rest. */
  readonly topics: { readonly high: string; readonly low: string };
  /** The page of the runbook: sections are added. */
  readonly runbook: string;
  readonly watches: readonly DigestedWatch[];
  readonly plans: readonly DigestedPlan[];
  readonly vaults: readonly DigestedVault[];
  /** Left out: no restore is tested. */
  readonly tests?: readonly DigestedTests[];
}

/** Whoever measured how old recovery points are. */
export interface DigestedWatch {
  /** Where it has several functions, those after the first add a number. */
  readonly name: string;
  readonly everyMs: number;
  /** Left out: the Region of the function. */
  readonly region?: string;
}

/** A plan that has to be among what was measured. */
export interface DigestedPlan {
  /** What metrics call it. */
  readonly label: string;
  /** Places in other accounts, of which nobody here knows anything; left out: none. */
  readonly elsewhere?: readonly string[];
}

/** A vault with what AWS Backup counts for it. */
export interface DigestedVault {
  readonly name: string;
  /** Where its jobs are counted; left out: the Region of the function. */
  readonly region?: string;
  readonly counts: readonly JobKind[];
}

/** The restore tests of one Region. */
export interface DigestedTests {
  /** What metrics call them. */
  readonly verification: string;
  /** Path of the Protection. */
  readonly label: string;
  /** Left out: the Region of the function. */
  readonly region?: string;
  readonly resources: readonly TestedPromise[];
}

/** Kinds of jobs that AWS Backup counts for vaults. */
export type JobKind = 'backup' | 'copy' | 'restore';

/** Metrics of a kind of jobs: those of success, and those of failure. */
export const JOB_METRICS: Readonly<Record<JobKind, { readonly good: string; readonly bad: readonly string[] }>> = {
  backup: {
    good: 'NumberOfBackupJobsCompleted',
    bad: ['NumberOfBackupJobsFailed', 'NumberOfBackupJobsAborted', 'NumberOfBackupJobsExpired'],
  },
  copy: { good: 'NumberOfCopyJobsCompleted', bad: ['NumberOfCopyJobsFailed'] },
  restore: { good: 'NumberOfRestoreJobsCompleted', bad: ['NumberOfRestoreJobsFailed'] },
};
