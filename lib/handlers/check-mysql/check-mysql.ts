import type { CheckInput, CheckOutput } from '../../model/verification';
import { type CheckPorts, checkDatabase, type Engine } from '../sql/check-database';
import { checkChecksum } from './check-checksum';
import { checkCorruption } from './check-corruption';
import { checkKeys } from './check-keys';
import { checkSample } from './check-sample';
import { checkSchema } from './check-schema';
import { checkConnection, checkNewestRow, checkQuery, checkRowCount } from './check-values';
import { inWords, isDamage, isMissing } from './in-words';
import { loginTo } from './login';
import { MissingTable, Session } from './session';

const MYSQL: Engine<Session> = {
  name: 'MySQL and MariaDB',
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
  seen,
  inWords,
};

/** Runs the checks of a restored database of MySQL or MariaDB. */
export function checkMysql(input: CheckInput, ports: CheckPorts): Promise<CheckOutput> {
  return checkDatabase(input, MYSQL, ports);
}

/** Damage and absence are seen; all other errors keep the check from looking. */
function seen(error: unknown): string | undefined {
  if (error instanceof MissingTable) {
    return error.message;
  }
  return isDamage(error) || isMissing(error) ? inWords(error) : undefined;
}
