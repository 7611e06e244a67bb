import { Command, InvalidArgumentError, Option } from 'commander';
import { description, version } from '../package.json';
import { CommandError } from './commands/command-error';
import { diagnose } from './commands/doctor';
import { explain } from './commands/explain';
import { readReports } from './commands/read-reports';
import { FAILURES, FORMATS, formatReports, refusalsOf } from './commands/report';

/** The report says something that --fail-on refuses, or the doctor found a fault. */
const REFUSED = 1;
/** The command was called wrongly, or there was nothing that it could read. */
const UNUSABLE = 2;
/** Columns where the output is no terminal. */
const PIPE_WIDTH = 120;

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const program = new Command('cdk-recovery').description(description).version(version).showHelpAfterError("(see 'cdk-recovery --help')");
const app = (): Option => new Option('-a, --app <folder>', 'cloud assembly that cdk synth wrote').default('cdk.out');

program
  .command('report')
  .description('print what is promised, what is kept and what is missing')
  .addOption(app())
  .addOption(
    new Option('-f, --format <format>', 'how to print it; json is an array with a report for each stage').choices(FORMATS).default('text'),
  )
  .option(
    '--fail-on <outcomes>',
    `exit with ${REFUSED} when the report has one of: ${FAILURES.join(', ')} (doubtful includes broken)`,
    failures,
    [],
  )
  .action((options) => {
    const reports = readReports(options.app);
    say(formatReports(reports, options.format, process.stdout.columns ?? PIPE_WIDTH));
    const refusals = reports.flatMap((report) => refusalsOf(report, options.failOn));
    if (refusals.length > 0) {
      process.stderr.write(`cdk-recovery: refused by --fail-on: ${refusals.join('; ')}\n`);
      process.exitCode = REFUSED;
    }
  });

program
  .command('explain')
  .description('print every term of every number about one resource')
  .argument('<resource>', 'path or name as the report prints it, or a part of it that is unique')
  .argument('[disruption]', 'such as REGION_LOSS; all when left out')
  .addOption(app())
  .action((resource, disruption, options) => {
    say(explain(readReports(options.app), resource, disruption));
  });

program
  .command('doctor')
  .description('check versions and settings that are known not to work together')
  .action(() => {
    const checks = diagnose(process.cwd());
    const marks = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' };
    say(checks.map(({ state, text }) => `${marks[state]}  ${text}`).join('\n'));
    process.exitCode = checks.some(({ state }) => state === 'fault') ? REFUSED : 0;
  });

program.addHelpText(
  'after',
  `\nExit codes: 0 done; ${REFUSED} refused by --fail-on, or the doctor found a fault; ${UNUSABLE} wrong usage, or nothing to read.`,
);

/** The reader of a pipe may have gone, as `head` does: nobody is left to tell. */
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : UNUSABLE));
program.exitOverride();
for (const command of program.commands) {
  command.exitOverride().showHelpAfterError(`(see 'cdk-recovery ${command.name()} --help')`);
}
try {
  program.parse();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** commander has already printed its own errors; everything else that is not ours is a defect and keeps its stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) {
    process.stderr.write(`cdk-recovery: ${error.message}\n`);
    return UNUSABLE;
  }
  const { code, exitCode } = error as { readonly code?: string; readonly exitCode?: number };
  if (!code?.startsWith('commander.')) {
    throw error;
  }
  return exitCode === 0 || code === 'commander.help' ? 0 : UNUSABLE;
}

function failures(text: string, before: readonly string[]): readonly string[] {
  const outcomes = text.split(',').map((outcome) => outcome.trim());
  const unknown = outcomes.find((outcome) => !(FAILURES as readonly string[]).includes(outcome));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`'${unknown}' is none of ${FAILURES.join(', ')}.`);
  }
  return [...before, ...outcomes];
}
