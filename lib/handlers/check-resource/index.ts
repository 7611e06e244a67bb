import type { CheckInput, CheckOutput } from '../../model/verification';
import type { Clock } from '../checks/check-run';
import { type LambdaContext, lambdaClock } from '../checks/lambda-clock';
import { AwsClients, type Patience } from './aws-clients';
import { awsPorts } from './aws-ports';
import { checkersOf } from './checkers';
import { runResourceChecks } from './run-resource-checks';

/** Looks at what was restored and holds no tables: objects, items, volumes, instances, files, and addresses. */
export async function handler(input: CheckInput, context?: LambdaContext): Promise<CheckOutput> {
  return checkResource(input, { clock: lambdaClock(context) });
}

/** The same with a clock and a patience of the caller. */
export function checkResource(input: CheckInput, options: { readonly clock: Clock; readonly patience?: Patience }): Promise<CheckOutput> {
  return runResourceChecks(input, options.clock, (signal) => checkersOf(awsPorts(new AwsClients(signal, options.patience), process.env)));
}
