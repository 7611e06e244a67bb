import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RECOVERY_MACHINE_VARIABLE } from '../../model/recovery';
import { SWITCH_VARIABLES, type SwitchPlan } from '../../model/recovery/region-switch';
import { failureOf, siteConfigOf, startRun } from '../recover/aws-machine';
import { registerPort } from '../recover/aws-register';
import { executionsOf } from './aws-plans';
import { takeStep } from './take-step';

/** Called by a plan of ARC Region switch for each of its steps, and again until it answers. */
export async function handler(): Promise<unknown> {
  const region = process.env.AWS_REGION ?? '';
  const clients = { region, dynamodb: new DynamoDBClient({ region }) };
  const machine = process.env[RECOVERY_MACHINE_VARIABLE] ?? '';
  const plans: readonly SwitchPlan[] = JSON.parse(process.env[SWITCH_VARIABLES.plans] ?? '[]');
  const register = registerPort(clients, process.env[SWITCH_VARIABLES.register] ?? '');
  const answer = await takeStep(plans, {
    now: () => Date.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    config: () => siteConfigOf(clients, machine),
    register: async () => (await register.read())?.register,
    executions: (names) => executionsOf(clients, names),
    start: (name, run) => startRun(clients, machine, name, run),
    failure: (name) => failureOf(clients, machine, name),
  });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return answer;
}
