import type { Duration } from 'aws-cdk-lib/core';

/** What every check can be told. */
export interface DataCheckOptions {
  /**
   * What results, alarms and evidence call the check; unique for a resource.
   * @default - says what is checked, such as `rows of users`
   */
  readonly name?: string;
}

/** How many there have to be; all that is given has to hold. */
export interface CountOptions extends DataCheckOptions {
  /**
   * At least so many, 1 or more.
   * @default - any number
   */
  readonly atLeast?: number;
  /**
   * Exactly so many.
   * @default - any number
   */
  readonly exactly?: number;
  /**
   * Share by which the number may differ from that of the last successful test, 0 to 1. The first test only records it.
   * @default - any
   */
  readonly tolerance?: number;
}

/** How old the newest row may be. */
export interface NewestOptions extends DataCheckOptions {
  /** Greatest age at the time of the recovery point. The RPO is usual. */
  readonly within: Duration;
}

/** What the content of a table is compared with. */
export interface ChecksumOptions extends DataCheckOptions {
  /**
   * The checksum, as an earlier test found it.
   * @default - that of the last successful test; the first test only records it
   */
  readonly expected?: string;
}

/** What a database is made of. */
export interface SchemaOptions extends DataCheckOptions {
  /**
   * Tables that have to be there, with columns that they need; an empty list asks for the table only.
   * @default - none
   */
  readonly tables?: { readonly [table: string]: string[] };
  /**
   * Indexes that have to be there.
   * @default - none; every index that is there has to be valid
   */
  readonly indexes?: string[];
  /**
   * Extensions of PostgreSQL that have to be there.
   * @default - none
   */
  readonly extensions?: string[];
  /**
   * Collation of the database, such as `en_US.UTF-8` or `utf8mb4_0900_ai_ci`.
   * @default - any
   */
  readonly collation?: string;
}

/** How much of tables is read. */
export interface SampleOptions extends DataCheckOptions {
  /**
   * Rows of each table, 1 to 10,000.
   * @default 100
   */
  readonly rows?: number;
}

/** How many there have to be, and how many of them are looked at closely. */
export interface SampledCountOptions extends CountOptions {
  /**
   * How many are read, 0 to 10,000.
   * @default 10
   */
  readonly sample?: number;
}

/** What is looked at in a bucket. */
export interface ObjectsOptions extends SampledCountOptions {
  /**
   * Looks only at objects whose key begins so.
   * @default - all objects
   */
  readonly prefix?: string;
}

/** What is looked at on an instance. */
export interface InstanceOptions extends DataCheckOptions {
  /**
   * A command of the shell that AWS Systems Manager runs on the instance, and that has to end with 0. The instance gets the profile
   * of the original, whose role has to let the agent of Systems Manager work.
   * @default - only the status checks of EC2
   */
  readonly command?: string;
}

/** What an address has to answer. */
export interface HttpOptions extends DataCheckOptions {
  /**
   * The status.
   * @default 200
   */
  readonly status?: number;
  /**
   * What the body has to contain.
   * @default - anything
   */
  readonly contains?: string;
  /**
   * Whether an address without TLS is taken.
   * @default false
   */
  readonly allowPlainHttp?: boolean;
  /**
   * Whether it is asked from inside the isolated network, where only what was restored is reached, or else from outside, where the internet is
   * but nothing restored.
   * @default - inside where the address has `{host}`, outside otherwise
   */
  readonly inside?: boolean;
}

/** What the monthly checklist looks at. */
export interface ChecklistOptions {
  /** The main tables, each with the least number of rows that it has to have, 1 or more. */
  readonly mainTables: { readonly [table: string]: number };
  /**
   * Rows of each main table that are read, 1 to 10,000.
   * @default 100
   */
  readonly sampleRows?: number;
  /**
   * How old the recovery points may be from which a random one is restored, 1 to 365 whole days.
   * @default Duration.days(30)
   */
  readonly window?: Duration;
}
