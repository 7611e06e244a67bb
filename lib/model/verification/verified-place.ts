/** Where restores are tested, as its metrics are found. */
export interface VerifiedPlace {
  /** Path of the Protection whose recovery points are restored. */
  readonly by: string;
  /** What metrics call it. */
  readonly verification: string;
  readonly region: string;
  /** The strictest promises of what is tested. */
  readonly rpoMs?: number;
  readonly rtoMs?: number;
  /** What is tested, as metrics call it. */
  readonly resources: readonly TestedPromise[];
}

/** A resource whose restores are tested, and what they are held to. */
export interface TestedPromise {
  readonly id: string;
  readonly rtoMs?: number;
  /** Longest time between the ends of two tests. */
  readonly dueMs: number;
}
