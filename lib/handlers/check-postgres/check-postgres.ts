import type { CheckInput, CheckOutput, DatabaseCheckSpec } from '../../model/verification';
import type { SecretReader } from '../sql/credentials';
import { type Finding, failed, passed, Unable } from '../sql/finding';
import { type CheckContext, type Clock, runChecks } from '../sql/run-checks';
import { checkCorruption } from './check-corruption';
import { checkKeys } from './check-keys';
import { checkSample } from './check-sample';
import { checkSchema } from './check-schema';
import { checkChecksum, checkNewestRow, checkQuery, checkRowCount } from './check-values';
import { inWords } from './in-words';
import { loginTo } from './login';
import { MissingTable, Session } from './session';

/** What the function needs of the world. */
export interface CheckPorts extends Clock {
  /** A reader of secrets, which ends when the signal fires. */
  readonly secrets: (signal: AbortSignal) => SecretReader;
  /** How many connections share the work on large databases. */
  readonly connections: number;
}

/** Runs the checks of a restored PostgreSQL database. */
export function checkPostgres(input: CheckInput, { secrets, connections, ...clock }: CheckPorts): Promise<CheckOutput> {
  return runChecks<Session>(
    input,
    {
      open: async (context) => Session.open(await loginTo(input, secrets(context.signal)), context, connections),
      check,
      close: (session) => session.close(),
      inWords,
    },
    clock,
  );
}

async function check(session: Session, spec: DatabaseCheckSpec, context: CheckContext): Promise<Finding> {
  try {
    return await look(session, spec, context);
  } catch (error) {
    if (error instanceof MissingTable) {
      return failed(error.message);
    }
    throw error;
  }
}

async function look(session: Session, spec: DatabaseCheckSpec, context: CheckContext): Promise<Finding> {
  switch (spec?.kind) {
    case 'connection':
      return checkConnection(session);
    case 'row-count':
      return checkRowCount(session, spec, context);
    case 'foreign-keys':
      return checkKeys(session);
    case 'newest-row':
      return checkNewestRow(session, spec, context);
    case 'query':
      return checkQuery(session, spec);
    case 'checksum':
      return checkChecksum(session, spec, context);
    case 'schema':
      return checkSchema(session, spec);
    case 'corruption':
      return checkCorruption(session);
    case 'sample':
      return checkSample(session, spec);
    default:
      throw new Unable(`the checks of PostgreSQL know no kind '${(spec as { kind?: string } | undefined)?.kind}'`);
  }
}

/** The login worked; the application also has to find its tables, and be allowed to read one. */
async function checkConnection(session: Session): Promise<Finding> {
  const tables = await session.survey.tables();
  const { readable, database } = await session.main.one(
    `select current_database() as database, count(*) filter (where has_table_privilege(u.oid, 'select'))::int as readable
       from unnest($1::float8[]) t (n) cross join lateral (select t.n::int8::oid as oid) u`,
    [tables.map(({ oid }) => oid)],
  );
  if (tables.length === 0 || readable === 0) {
    return failed(
      `logged in to ${database}; ${tables.length === 0 ? 'it has no tables' : `the login may read none of its ${tables.length} tables`}`,
    );
  }
  return passed(`logged in over TLS; ${readable} of ${tables.length} tables can be read`);
}
