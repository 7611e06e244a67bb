import type { CheckInput, CheckOutput } from '../../model/verification';
import { type LambdaContext, lambdaClock } from '../checks/lambda-clock';
import { secretReader } from '../sql/secrets';
import { checkPostgres } from './check-postgres';

/** More would make each other wait for the disk of a small restored instance. */
const CONNECTIONS = 4;

/** Runs for every restored PostgreSQL database, in its network. */
export function handler(input: CheckInput, context?: LambdaContext): Promise<CheckOutput> {
  return checkPostgres(input, { ...lambdaClock(context), secrets: secretReader, connections: CONNECTIONS });
}
