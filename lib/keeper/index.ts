import { CommanderError } from 'commander';
import { BACKUP_METRICS, backupMetrics } from '../model/self-managed';
import { keeperCommand } from './keeper-command';
import { EXIT_CODES, Refused } from './refused';
import { ToolFailed } from './run-tool';

/** Runs the keeper as a program: a line of JSON for each event, and an exit code that tells why it ended. */
export async function main(): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => stop.abort(new Refused('stopped', `somebody has stopped the run by ${name}: nothing was published`)));
  }
  process.exitCode = await run(process.argv, process.env, stop.signal, (line) => void process.stdout.write(`${line}\n`));
}

/** Does what the arguments say and gives the exit code. */
export async function run(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<number> {
  const known: { source?: string; command?: string } = {};
  const tell = (event: string, details: Readonly<Record<string, unknown>> = {}) =>
    print(JSON.stringify({ at: new Date().toISOString(), event, ...(known.source ? { source: known.source } : {}), ...details }));
  try {
    await keeperCommand({ env, signal, tell, begin: (begun) => void Object.assign(known, begun) }).parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? 0 : EXIT_CODES.settings;
    }
    const stage = stageOf(error);
    const { message, name } = error as Error;
    const metrics =
      known.source && known.command === 'backup' ? backupMetrics(known.source, Date.now(), { [BACKUP_METRICS.success]: 0 }) : {};
    tell('failed', { stage, exitCode: EXIT_CODES[stage], message: message || name, ...metrics });
    return EXIT_CODES[stage];
  }
}

function stageOf(error: unknown): keyof typeof EXIT_CODES {
  if (error instanceof Refused) {
    return error.stage;
  }
  return error instanceof ToolFailed ? 'tool' : 'unforeseen';
}
