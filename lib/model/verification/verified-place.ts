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
}
