import { Command, InvalidArgumentError, Option } from 'commander';
import { description, version } from '../package.json';
import { CommandError } from './commands/command-error';
import { diagnose } from './commands/doctor';
import { explain } from './commands/explain';
import { readReports } from './commands/read-reports';
import { FAILURES, FORMATS, formatReports, refusalsOf } from './commands/report';

/** The report says something that --fail-on refuses, the doctor found a fault, or evidence is not as it was written. */
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

program
  .command('evidence')
  .description('list restore tests and runs of recoveries, and verify that their evidence is as it was written')
  .argument('<place>', 's3://bucket/prefix, or a folder with a copy of it, which needs no AWS')
  .addOption(new Option('-f, --format <format>', 'how to print it').choices(['text', 'json']).default('text'))
  .option('--json', 'short for --format json')
  .option('-l, --last <count>', 'list only so many records of each chain; all are verified', count, Number.POSITIVE_INFINITY)
  .option('--from <record>', 'number of a record, or a date such as 2030-01-31 (UTC): what was before it may have expired', from)
  .action(async (place, options) => {
    // the client of S3 is large, and no other command needs it
    const { evidenceIn, faultsOf, formatChains } = require('./commands/evidence') as typeof import('./commands/evidence');
    const chains = await evidenceIn(place, progress, options.from);
    say(formatChains(chains, options.json ? 'json' : options.format, process.stdout.columns ?? PIPE_WIDTH, options.last));
    for (const fault of faultsOf(chains)) {
      process.stderr.write(`cdk-recovery: ${fault}\n`);
      process.exitCode = REFUSED;
    }
  });

program.addHelpText(
  'after',
  `\nExit codes: 0 done; ${REFUSED} refused by --fail-on, the doctor found a fault, or evidence was tampered with; ${UNUSABLE} wrong usage, or nothing to read.`,
);

/** The reader of a pipe may have gone, as `head` does: nobody is left to tell. */
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : UNUSABLE));
program.exitOverride();
for (const command of program.commands) {
  command.exitOverride().showHelpAfterError(`(see 'cdk-recovery ${command.name()} --help')`);
}
program.parseAsync().catch((error) => {
  process.exitCode = exitCodeOf(error);
});

/** On a terminal only: how far reading is. */
function progress(read: number, of: number): void {
  if (process.stderr.isTTY) {
    process.stderr.write(read === of ? '\r\x1b[K' : `\rread ${read} of ${of}`);
  }
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) {
    throw new InvalidArgumentError(`'${text}' is no count.`);
  }
  return Number(text);
}

/** A place in a chain, or the beginning of a day or a moment. */
function from(text: string): { readonly sequence?: number; readonly ms?: number } {
  if (/^[1-9]\d{0,7}$/.test(text)) {
    return { sequence: Number(text) };
  }
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError(`'${text}' is neither the number of a record nor a date such as 2030-01-31.`);
  }
  return { ms };
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
