/** A restore that AWS Backup has made for a restore testing plan. */
export interface RestoreTest {
  readonly restoreJobId: string;
  readonly planArn: string;
  /** As AWS Backup calls it: `RDS`, `Aurora`, `S3` ... */
  readonly resourceType: string;
  /** What was backed up. */
  readonly sourceArn: string;
  readonly recoveryPointArn: string;
  readonly vaultArn: string;
  readonly account: string;
  readonly region: string;
  /** When the recovery point was made. */
  readonly recoveryPointMs: number;
  /** When the restore job began, and when it ended. */
  readonly startedMs: number;
  readonly restoredMs?: number;
  /** What it made; left out where the restore failed. */
  readonly createdArn?: string;
  /** Why the restore failed. */
  readonly failure?: string;
}

/** What was restored, once it can be used. */
export interface RestoredTarget {
  readonly resourceType: string;
  readonly arn: string;
  /** Its name or id in its service. */
  readonly name: string;
  /** Engine of a database, as RDS calls it: `postgres`, `aurora-mysql`, `mariadb` ... */
  readonly engine?: string;
  readonly endpoint?: { readonly host: string; readonly port: number };
  /** Private address of an instance. */
  readonly address?: string;
  readonly database?: DatabaseAccess;
}

/** How a database is read. */
export interface DatabaseAccess {
  /** Secret with `username` and `password`, of a role that may only read. */
  readonly secretArn: string;
  /** Left out: `dbname` of the secret, or else the usual one of the engine. */
  readonly database?: string;
  /** Certificates to trust, in PEM. Left out: those of RDS. */
  readonly caPem?: string;
}
