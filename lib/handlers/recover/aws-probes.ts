import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { ProbeConfig } from '../../model/recovery';
import type { CheckInput, CheckOutput } from '../../model/verification';
import type { AwsClients } from './aws-clients';
import type { Facts, Progress } from './ports';
import { done, failed, pending } from './progress';

const HTTP_TIMEOUT_MS = 10_000;
/** Longest that a function may check; the step waits as long. */
const CHECK_PATIENCE = { maxAttempts: 1, requestTimeout: 900_000 } as const;

/** Looks at the application or at data; what cannot look has not seen that all is well, and may look again. */
export async function probe(clients: AwsClients, config: ProbeConfig, facts: Facts | undefined, nowMs: number): Promise<Progress> {
  try {
    switch (config.kind) {
      case 'http':
        return await get(config);
      case 'function':
        await invoke(clients, config.functionArn, { probe: config.name });
        return done('the function is content');
      default:
        return await check(clients, config, facts ?? {}, nowMs);
    }
  } catch (error) {
    return pending(`could not look: ${(error as Error).message}`);
  }
}

async function get({ url, status, contains }: Extract<ProbeConfig, { kind: 'http' }>): Promise<Progress> {
  const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(HTTP_TIMEOUT_MS) });
  const text = await answer.text();
  if (answer.status !== status) {
    return failed(`status ${answer.status} and not ${status}`);
  }
  return contains !== undefined && !text.includes(contains) ? failed(`the answer lacks '${contains}'`) : done(`status ${status}`);
}

/** Functions that check are given what they are given for a restore test: here it is data that has just taken over. */
async function check(
  clients: AwsClients,
  config: Extract<ProbeConfig, { kind: 'checks' }>,
  facts: Facts,
  nowMs: number,
): Promise<Progress> {
  const { functionArn, checks, resourceType, database } = config;
  const { arn, host, port, engine, pointMs } = facts;
  if (typeof arn !== 'string') {
    return pending('nobody knows what has been promoted');
  }
  const input: CheckInput = {
    version: 1,
    test: {
      restoreJobId: 'recovery',
      planArn: '',
      resourceType,
      sourceArn: arn,
      recoveryPointArn: '',
      vaultArn: '',
      account: arn.split(':')[4] ?? '',
      region: clients.region,
      // as old as data may be by then
      recoveryPointMs: typeof pointMs === 'number' ? pointMs : nowMs,
      startedMs: nowMs,
      createdArn: arn,
    },
    target: {
      resourceType,
      arn,
      name: arn.split(/[:/]/).at(-1) ?? '',
      ...(typeof engine === 'string' ? { engine } : {}),
      ...(typeof host === 'string' && typeof port === 'number' ? { endpoint: { host, port } } : {}),
      ...(database ? { database } : {}),
    },
    checks,
    baselines: {},
  };
  const { results } = (await invoke(clients, functionArn, input)) as CheckOutput;
  const found = checks.map(({ name }) => ({ name, ...results?.find((result) => result.name === name) }));
  const wrong = found.filter(({ status }) => status !== 'passed');
  if (wrong.length === 0) {
    return done(`${checks.length} checks passed`);
  }
  const words = wrong.map(({ name, found: seen = 'no result' }) => `${name}: ${seen}`).join('; ');
  return wrong.some(({ status }) => status === 'failed') ? failed(words) : pending(words);
}

async function invoke(clients: AwsClients, FunctionName: string, payload: object): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName, Payload: new TextEncoder().encode(JSON.stringify(payload)) });
  const { FunctionError, Payload } = await clients.lambda(CHECK_PATIENCE).send(command);
  const said = new TextDecoder().decode(Payload);
  if (FunctionError) {
    throw new Error(said.slice(0, 500));
  }
  return said === '' ? undefined : JSON.parse(said);
}
