import type { IFunctionRef } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { RestoreCheck } from '../core/restore-check';
import type { CheckSpec } from '../model/verification';
import type {
  ChecklistOptions,
  ChecksumOptions,
  CountOptions,
  DataCheckOptions,
  HttpOptions,
  InstanceOptions,
  NewestOptions,
  ObjectsOptions,
  SampledCountOptions,
  SampleOptions,
  SchemaOptions,
} from './data-check-options';
import { arrangeVerification } from './private/arrange';
import {
  requireAddress,
  requireCount,
  requireName,
  requireNumber,
  requireQuery,
  requireSpan,
  requireTable,
  requireTables,
  requireText,
  requireTexts,
} from './private/check-values';
import { checklistOf } from './private/checklist';
import { RestoreTests } from './restore-tests';

/** Tables that the name of a sample lists. */
const MOST_LISTED = 3;
const SAMPLE = { min: 0, max: 10_000, usual: 10, rows: 100 } as const;

/**
 * What the data of a restored resource is held to. A check that cannot look has failed.
 *
 * Every factory throws `InvalidCheck` for what nobody can judge or anything would pass.
 * @example
 * protection.protect(database, { checks: [DataCheck.rowCount('users', { atLeast: 10_000 }), DataCheck.foreignKeys()] });
 */
export class DataCheck extends RestoreCheck {
  /** The application can log in to a database and read. */
  public static connection(options: DataCheckOptions = {}): DataCheck {
    return DataCheck.of({ kind: 'connection', name: options.name ?? 'connection' });
  }

  /**
   * A table of a database has so many rows.
   * @param table `users` or `schema.users`
   * @param options how many
   */
  public static rowCount(table: string, options: CountOptions): DataCheck {
    const name = options.name ?? `rows of ${table}`;
    return DataCheck.of({ kind: 'row-count', name, table: requireTable(name, 'table', table), ...requireCount(name, options) });
  }

  /** Every foreign key of a database holds; all violations are counted. */
  public static foreignKeys(options: DataCheckOptions = {}): DataCheck {
    return DataCheck.of({ kind: 'foreign-keys', name: options.name ?? 'foreign keys' });
  }

  /**
   * The newest row of a table is young enough: this measures the recovery point that was achieved.
   * @param table `orders` or `schema.orders`
   * @param column of dates with times
   * @param options how old it may be
   */
  public static newest(table: string, column: string, options: NewestOptions): DataCheck {
    const name = options.name ?? `newest ${column} of ${table}`;
    const named = { table: requireTable(name, 'table', table), column: requireText(name, 'column', column) };
    return DataCheck.of({ kind: 'newest-row', name, ...named, withinMs: requireSpan(name, 'within', options.within) });
  }

  /**
   * A query answers with one value.
   * @param name what results and evidence call it
   * @param sql a query that only reads and answers with one row of one column
   * @param expected the value as text, such as `42` or `t`
   */
  public static query(name: string, sql: string, expected: string): DataCheck {
    return DataCheck.of({ kind: 'query', name, sql: requireQuery(name, sql), expected });
  }

  /**
   * The content of a table is as it was, for tables that hardly change.
   * @param table `countries` or `schema.countries`
   * @param options what it is compared with
   */
  public static checksum(table: string, options: ChecksumOptions = {}): DataCheck {
    const { name = `checksum of ${table}`, expected } = options;
    const given = expected === undefined ? {} : { expected: requireText(name, 'expected', expected) };
    return DataCheck.of({ kind: 'checksum', name, table: requireTable(name, 'table', table), ...given });
  }

  /** A database is made of what it should be: tables, columns, indexes, extensions; indexes are valid, sequences ahead of their columns. */
  public static schema(options: SchemaOptions = {}): DataCheck {
    const { name = 'schema', tables = {}, indexes, extensions, collation } = options;
    return DataCheck.of({
      kind: 'schema',
      name,
      tables: Object.entries(tables).map(([table, columns]) => ({
        name: requireTable(name, 'tables', table),
        ...(columns.length > 0 ? { columns: requireTexts(name, 'columns', columns) } : {}),
      })),
      ...(indexes ? { indexes: requireTexts(name, 'indexes', indexes) } : {}),
      ...(extensions ? { extensions: requireTexts(name, 'extensions', extensions) } : {}),
      ...(collation === undefined ? {} : { collation: requireText(name, 'collation', collation) }),
    });
  }

  /** Every row and every index of a database is read. It takes as long as that takes: keep it below a quarter of an hour. */
  public static corruption(options: DataCheckOptions = {}): DataCheck {
    return DataCheck.of({ kind: 'corruption', name: options.name ?? 'corruption' });
  }

  /**
   * Rows of the main tables can be read, and their required columns have values.
   * @param tables at least one
   * @param options how many rows of each
   */
  public static sample(tables: string[], options: SampleOptions = {}): DataCheck {
    const named = requireTables(options.name ?? 'sample', 'tables', tables);
    const name = options.name ?? `sample of ${listed(named)}`;
    const rows = requireNumber(name, 'rows', options.rows ?? SAMPLE.rows, { min: 1, max: SAMPLE.max });
    return DataCheck.of({ kind: 'sample', name, tables: named, rows });
  }

  /** A bucket has so many objects, and some of them can be read, with their checksums, versions and tags. */
  public static objects(options: ObjectsOptions = {}): DataCheck {
    const { prefix } = options;
    const name = options.name ?? (prefix === undefined ? 'objects' : `objects of ${prefix}`);
    return DataCheck.of({ kind: 'objects', name, ...DataCheck.sampled(name, options), ...(prefix === undefined ? {} : { prefix }) });
  }

  /** A DynamoDB table has so many items, its key schema and indexes are there, and some items can be read. */
  public static items(options: SampledCountOptions = {}): DataCheck {
    const name = options.name ?? 'items';
    return DataCheck.of({ kind: 'items', name, ...DataCheck.sampled(name, options) });
  }

  /** The partition table and the file system of an EBS volume can be read. */
  public static volume(options: DataCheckOptions = {}): DataCheck {
    return DataCheck.of({ kind: 'volume', name: options.name ?? 'volume' });
  }

  /** An EC2 instance passes its status checks, and a command on it ends well. */
  public static instance(options: InstanceOptions = {}): DataCheck {
    const { name = 'instance', command } = options;
    return DataCheck.of({ kind: 'instance', name, ...(command === undefined ? {} : { command: requireText(name, 'command', command) }) });
  }

  /** An EFS file system has so many files, and some of them can be read. */
  public static files(options: SampledCountOptions = {}): DataCheck {
    const name = options.name ?? 'files';
    return DataCheck.of({ kind: 'files', name, ...DataCheck.sampled(name, options) });
  }

  /**
   * A function of your own looks. It gets a JSON with `test`, `target` and `checks`, and answers with `results`, one for the check.
   * @param name what results and evidence call it
   * @param handler the function, in the Region of the test
   */
  public static custom(name: string, handler: IFunctionRef): DataCheck {
    return DataCheck.of({ kind: 'function', name, functionArn: handler.functionRef.functionArn }, { handler });
  }

  /**
   * An address answers, such as that of an application that uses what was restored.
   * @param url `{host}` and `{port}` stand for the endpoint of what was restored
   * @param options what it has to answer
   */
  public static http(url: string, options: HttpOptions = {}): DataCheck {
    const { name = `answer of ${url}`, status = 200, contains, allowPlainHttp = false, inside = url.includes('{host}') } = options;
    return DataCheck.of({
      kind: 'http',
      name,
      url: requireAddress(url, allowPlainHttp),
      ...(inside ? { inside } : {}),
      status: requireNumber(name, 'status', status, { min: 100, max: 599 }),
      ...(contains === undefined ? {} : { contains: requireText(name, 'contains', contains) }),
    });
  }

  /**
   * The monthly checklist for a database: a random recovery point, restored into an isolated network, record counts, samples of the main
   * tables, foreign keys, connection of the application; how long the restore took and the result are kept as evidence.
   */
  public static monthlyChecklist(options: ChecklistOptions): DataCheck[] {
    const tests = RestoreTests.monthly({ recoveryPoints: checklistOf.points(options) });
    return checklistOf.specs(options).map((spec) => DataCheck.of(spec, { tests }));
  }

  private static of(spec: CheckSpec, besides: { handler?: IFunctionRef; tests?: RestoreTests } = {}): DataCheck {
    requireName(spec.kind, spec.name);
    return new DataCheck(spec, besides.handler, besides.tests);
  }

  private static sampled(name: string, options: SampledCountOptions) {
    const sample = requireNumber(name, 'sample', options.sample ?? SAMPLE.usual, SAMPLE);
    return { sample, ...requireCount(name, options, sample > 0) };
  }

  private constructor(
    /** @internal */
    public readonly _spec: CheckSpec,
    /** @internal */
    public readonly _handler?: IFunctionRef,
    /**
     * When the check is made, where that is not when all others are.
     * @internal
     */
    public readonly _tests?: RestoreTests,
  ) {
    super();
  }

  /** What results and evidence call it. */
  public get checkName(): string {
    return this._spec.name;
  }

  /** @internal */
  public _arrange(protection: Construct): void {
    arrangeVerification(protection);
  }
}

/** As many as a name has room for. */
function listed(tables: readonly string[]): string {
  const [some, others] = [tables.slice(0, MOST_LISTED), tables.length - MOST_LISTED];
  return `${some.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}
