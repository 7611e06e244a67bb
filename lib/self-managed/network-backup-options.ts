import type { Duration, Size } from 'aws-cdk-lib/core';
import type { DatabaseServer } from './database-server';
import type { SelfManagedOptions } from './self-managed-options';

/** What every logical backup over a network can have. */
export interface NetworkBackupOptions extends SelfManagedOptions {
  /** The server and who logs in. */
  readonly server: DatabaseServer;
  /**
   * Tables that are read, or loaded, at once: 1 to 16. The task has as many vCPUs, rounded up to what Fargate has.
   * @default 2
   */
  readonly jobs?: number;
  /**
   * Room for a dump before it is sent: 21 to 200 GiB (ECS Developer Guide: Fargate task ephemeral storage).
   * @default - 0.8 of `expects.dataSize` and 5 GiB, at least 21 GiB
   */
  readonly scratchSize?: Size;
  /**
   * How often the newest backup is read again where it is stored, to its last byte: 1, 2, 3, 4, 6, 8 or 12 hours, a day or 7 days.
   * @default Duration.days(7)
   */
  readonly verifyEvery?: Duration;
}
