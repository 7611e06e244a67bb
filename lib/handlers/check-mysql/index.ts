import type { CheckInput, CheckOutput } from '../../model/verification';
import { type LambdaContext, lambdaClock } from '../checks/lambda-clock';
import { secretReader } from '../sql/secrets';
import { checkMysql } from './check-mysql';

/** More would make each other wait for the disk of a small restored instance. */
const CONNECTIONS = 4;

/** Runs for every restored database of MySQL or MariaDB, in its network. */
export function handler(input: CheckInput, context?: LambdaContext): Promise<CheckOutput> {
  return checkMysql(input, { ...lambdaClock(context), secrets: secretReader, connections: CONNECTIONS });
}
