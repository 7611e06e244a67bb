import type { CheckInput, CheckOutput } from '../../model/verification';
import { type Finding, failed, passed } from '../checks/finding';
import { type CheckPorts, checkDatabase, type Engine } from '../sql/check-database';
import { checkCorruption } from './check-corruption';
import { checkKeys } from './check-keys';
import { checkSample } from './check-sample';
import { checkSchema } from './check-schema';
import { checkChecksum, checkNewestRow, checkQuery, checkRowCount } from './check-values';
import { inWords } from './in-words';
import { loginTo } from './login';
import { MissingTable, Session } from './session';

const POSTGRES: Engine<Session> = {
  name: 'PostgreSQL',
  open: async (readSecret, context, connections) => Session.open(await loginTo(context.input, readSecret), context, connections),
  checks: {
    connection: checkConnection,
    'row-count': checkRowCount,
    'foreign-keys': checkKeys,
    'newest-row': checkNewestRow,
    query: checkQuery,
    checksum: checkChecksum,
    schema: checkSchema,
    corruption: checkCorruption,
    sample: checkSample,
  },
  close: (session) => session.close(),
  seen: (error) => (error instanceof MissingTable ? error.message : undefined),
  inWords,
};

/** Runs the checks of a restored PostgreSQL database. */
export function checkPostgres(input: CheckInput, ports: CheckPorts): Promise<CheckOutput> {
  return checkDatabase(input, POSTGRES, ports);
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
