/** What the data of a restored resource is held to; `kind` says who looks. Names are unique for a resource. */
export type CheckSpec = DatabaseCheckSpec | ResourceCheckSpec | CustomCheckSpec;

/** Checks of PostgreSQL, MySQL and MariaDB, by SQL. */
export type DatabaseCheckSpec =
  | ConnectionCheckSpec
  | RowCountCheckSpec
  | ForeignKeyCheckSpec
  | NewestRowCheckSpec
  | QueryCheckSpec
  | ChecksumCheckSpec
  | SchemaCheckSpec
  | CorruptionCheckSpec
  | SampleCheckSpec;

/** Checks of what holds no tables, by the API of its service. */
export type ResourceCheckSpec = ObjectCheckSpec | ItemCheckSpec | VolumeCheckSpec | InstanceCheckSpec | FileCheckSpec;

/** Checks that a user brings along. */
export type CustomCheckSpec = FunctionCheckSpec | HttpCheckSpec;

export type CheckKind = CheckSpec['kind'];

/** `usable` is what the workflow itself sees: that the service calls usable what was restored. It stands alone where nobody has asked for more. */
export type ResultKind = CheckKind | 'usable';

interface NamedCheck {
  readonly name: string;
}

/** How many there have to be; all that is given has to hold. */
export interface CountExpectation {
  readonly atLeast?: number;
  readonly exactly?: number;
  /** Share of the count of the last verified test by which this one may differ, 0 to 1; the first test only records. */
  readonly tolerance?: number;
}

/** The application can log in and read. */
export interface ConnectionCheckSpec extends NamedCheck {
  readonly kind: 'connection';
}

export interface RowCountCheckSpec extends NamedCheck, CountExpectation {
  readonly kind: 'row-count';
  /** `orders` or `schema.orders`. */
  readonly table: string;
}

/** Every foreign key of the catalogue holds; all violations are counted. */
export interface ForeignKeyCheckSpec extends NamedCheck {
  readonly kind: 'foreign-keys';
}

/** The newest row is young enough: this measures the recovery point that was achieved. */
export interface NewestRowCheckSpec extends NamedCheck {
  readonly kind: 'newest-row';
  readonly table: string;
  readonly column: string;
  /** Greatest age at the time of the recovery point. */
  readonly withinMs: number;
}

/** A query answers with one value, compared as text. */
export interface QueryCheckSpec extends NamedCheck {
  readonly kind: 'query';
  readonly sql: string;
  readonly expected: string;
}

/** The content of tables is as it was in the last verified test, or as a given checksum says. */
export interface ChecksumCheckSpec extends NamedCheck {
  readonly kind: 'checksum';
  readonly table: string;
  /** Left out: that of the last verified test; the first test only records. */
  readonly expected?: string;
}

/** Tables, columns, indexes and extensions are there, every index is valid, and sequences are ahead of their columns. */
export interface SchemaCheckSpec extends NamedCheck {
  readonly kind: 'schema';
  readonly tables: readonly { readonly name: string; readonly columns?: readonly string[] }[];
  readonly indexes?: readonly string[];
  readonly extensions?: readonly string[];
  /** Collation of the database, such as `en_US.UTF-8` or `utf8mb4_0900_ai_ci`. */
  readonly collation?: string;
}

/** Every row and every index is read: amcheck for PostgreSQL, CHECK TABLE for MySQL and MariaDB. */
export interface CorruptionCheckSpec extends NamedCheck {
  readonly kind: 'corruption';
}

/** Rows of the main tables are read, and their required columns have values. */
export interface SampleCheckSpec extends NamedCheck {
  readonly kind: 'sample';
  readonly tables: readonly string[];
  readonly rows: number;
}

/** Objects of a bucket, and of some of them content, versions and tags. */
export interface ObjectCheckSpec extends NamedCheck, CountExpectation {
  readonly kind: 'objects';
  readonly prefix?: string;
  readonly sample: number;
}

/** Items of a table, its key schema and indexes, and some of the items. */
export interface ItemCheckSpec extends NamedCheck, CountExpectation {
  readonly kind: 'items';
  readonly sample: number;
}

/** The partition table and superblock of a volume can be read. */
export interface VolumeCheckSpec extends NamedCheck {
  readonly kind: 'volume';
}

/** An instance passes its status checks, and a command on it ends well. */
export interface InstanceCheckSpec extends NamedCheck {
  readonly kind: 'instance';
  readonly command?: string;
}

/** Files of a file system, and of some of them the content. */
export interface FileCheckSpec extends NamedCheck, CountExpectation {
  readonly kind: 'files';
  readonly sample: number;
}

/** A function of the user gets a `CheckInput` with this one check, and answers with a `CheckOutput`. */
export interface FunctionCheckSpec extends NamedCheck {
  readonly kind: 'function';
  readonly functionArn: string;
}

/** An address answers: `{host}` and `{port}` stand for the endpoint of what was restored, `{host}` also for the address of an instance. */
export interface HttpCheckSpec extends NamedCheck {
  readonly kind: 'http';
  readonly url: string;
  /** Asked from inside the isolated network. */
  readonly inside?: true;
  readonly status: number;
  /** Has to be in the body. */
  readonly contains?: string;
}
