import type { CheckInput, CheckOutput, DatabaseCheckSpec } from '../../model/verification';
import type { SecretReader } from '../sql/credentials';
import { type Finding, failed, Unable } from '../sql/finding';
import { type CheckContext, type Clock, runChecks } from '../sql/run-checks';
import { checkChecksum } from './check-checksum';
import { checkCorruption } from './check-corruption';
import { checkKeys } from './check-keys';
import { checkSample } from './check-sample';
import { checkSchema } from './check-schema';
import { checkConnection, checkNewestRow, checkQuery, checkRowCount } from './check-values';
import { inWords, isDamage, isMissing } from './in-words';
import { loginTo } from './login';
import { MissingTable, Session } from './session';

/** What the function needs of the world. */
export interface CheckPorts extends Clock {
  /** A reader of secrets, which ends when the signal fires. */
  readonly secrets: (signal: AbortSignal) => SecretReader;
  /** How many connections share the work on large databases. */
  readonly connections: number;
}

/** Runs the checks of a restored database of MySQL or MariaDB. */
export function checkMysql(input: CheckInput, { secrets, connections, ...clock }: CheckPorts): Promise<CheckOutput> {
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

/** Damage and absence are seen; all other errors keep the check from looking. */
async function check(session: Session, spec: DatabaseCheckSpec, context: CheckContext): Promise<Finding> {
  try {
    return await look(session, spec, context);
  } catch (error) {
    if (error instanceof MissingTable) {
      return failed(error.message);
    }
    if (isDamage(error) || isMissing(error)) {
      return failed(inWords(error));
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
      throw new Unable(`the checks of MySQL and MariaDB know no kind '${(spec as { kind?: string } | undefined)?.kind}'`);
  }
}
