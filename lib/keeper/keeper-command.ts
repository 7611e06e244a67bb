import { Command, InvalidArgumentError, Option } from 'commander';
import { BACKUP_METRICS, type BackupKind, backupMetrics, type RestoreRequest } from '../model/self-managed';
import { backUp } from './back-up';
import { contextOf, s3Of, settingsOf } from './context';
import type { Engine, KeeperContext, WorkContext } from './engine';
import { engineOf } from './engines';
import { findProblems } from './find-problems';
import { Refused } from './refused';
import { retire } from './retire';
import { inScratch } from './scratch';
import { serverIn } from './server-file';
import { verifyStored } from './verify-stored';

/** What the command line needs of the process. */
export interface CommandPorts {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly tell: KeeperContext['tell'];
  /** Hears what is about to be done. */
  readonly begin: (begun: { readonly source: string; readonly command: string }) => void;
}

interface Work {
  readonly engine: Engine;
  readonly context: KeeperContext;
  readonly lock: Parameters<typeof backUp>[2];
  inFolder<T>(work: (context: WorkContext) => Promise<T>): Promise<T>;
}

/** The command line of the keeper. */
export function keeperCommand(ports: CommandPorts): Command {
  const program = new Command('keeper').description('backs up, verifies and restores databases and files').exitOverride();
  const command = (name: string, what: string) =>
    program
      .command(name)
      .description(what)
      .option('--settings <file>', 'settings, in JSON; those of KEEPER_SETTINGS where left out')
      .exitOverride();
  const begin = ({ settings: file }: { readonly settings?: string }, name: string): Work => {
    const settings = settingsOf(file, ports.env);
    ports.begin({ source: settings.source, command: name });
    const s3 = s3Of(settings.repository);
    const context = contextOf(settings, s3, ports.tell, ports.signal);
    return {
      engine: engineOf(settings),
      context,
      lock: { s3, bucket: settings.repository.bucket },
      inFolder: (work) => inScratch(settings.scratch, settings.source, (folder) => work({ ...context, folder })),
    };
  };

  command('backup', 'makes a backup, looks at all of it, and publishes it')
    .addOption(new Option('--kind <kind>', 'up to what there is where left out').choices(['full', 'differential', 'incremental', 'logs']))
    .option('--may-shrink', 'publishes a backup that is much smaller than the last one, too')
    .action(async (options: { settings?: string; kind?: BackupKind; mayShrink?: boolean }) => {
      const { engine, context, lock } = begin(options, 'backup');
      await backUp(engine, context, lock, options);
    });

  command('restore', 'restores a backup, the newest where none is named')
    .argument('[id]', 'of a backup, as `keeper list` tells it')
    .option('--until <time>', 'a moment to restore to, such as 2026-11-24T01:30:00Z', moment)
    .option('--server <file>', "another server, in JSON as 'server' of the settings")
    .option('--database <name>', 'the database to restore to')
    .option('--folder <path>', 'the folder to restore to')
    .option('--table <schema.table>', 'this table alone')
    .option('--path <path>', 'of files: this one or this folder alone, by the whole path that it had')
    .option('--dry-run', 'tells the plan and does nothing')
    .option('--replace <name>', 'the name of the target again: it may be replaced')
    .action(async (id: string | undefined, { settings, until, server, ...options }: RestoreOptions) => {
      const { engine, inFolder } = begin({ settings }, 'restore');
      const request: RestoreRequest = { id, untilMs: until, ...(server ? { server: serverIn(server) } : {}), ...options };
      await inFolder((context) => engine.restore(context, request));
    });

  command('list', 'tells all backups, the newest first').action(async (options) => {
    const { context } = begin(options, 'list');
    const { readable, unreadable } = await context.repository.manifests();
    for (const { objects, ...manifest } of readable) {
      context.tell('backup', { ...manifest, objects: objects.length });
    }
    for (const id of unreadable) {
      context.tell('unreadable', { id });
    }
  });

  command('verify', 'reads a backup again where it is stored, with all that it stands on')
    .argument('[id]', 'of a backup; the newest where left out')
    .action(async (id: string | undefined, options) => {
      const { engine, context } = begin(options, 'verify');
      await verifyStored(engine, context, id);
    });

  command('retire', 'gives up backups that are older than they are kept, and never the last good one').action(async (options) => {
    const { engine, context, lock } = begin(options, 'retire');
    await retire(engine, context, lock);
  });

  command('logs', 'tells how new what can be restored is').action(async (options) => {
    const { engine, context, inFolder } = begin(options, 'logs');
    const { source } = context.settings;
    if (!engine.logs) {
      throw new Refused('settings', `logs of ${source} are not archived: '${context.settings.form}' backups have none`);
    }
    const { restorableToMs, problem } = await inFolder((work) => engine.logs!(work));
    const ageMs = Math.max(0, context.now() - restorableToMs);
    const metrics = backupMetrics(source, context.now(), { [BACKUP_METRICS.age]: Math.round(ageMs / 1_000) });
    context.tell('logs', { restorableTo: new Date(restorableToMs).toISOString(), ...metrics });
    if (problem !== undefined) {
      throw new Refused('verify', problem);
    }
  });

  command('configure', 'sets up what has to be there before the first backup').action(async (options) => {
    const { engine, context, inFolder } = begin(options, 'configure');
    const findings = engine.configure ? await inFolder((work) => engine.configure!(work)) : [];
    for (const finding of findings) {
      context.tell('finding', { ...finding });
    }
    const problem = findings.find(({ state }) => state === 'problem');
    if (problem) {
      throw new Refused('look', `${problem.what}: ${problem.found}`);
    }
  });

  command('doctor', 'tells what is wrong on this machine, with the server and with the repository').action(async (options) => {
    const { engine, context } = begin(options, 'doctor');
    await findProblems(engine, context);
  });
  return program;
}

type RestoreOptions = Omit<RestoreRequest, 'id' | 'untilMs' | 'server'> & { settings?: string; until?: number; server?: string };

function moment(text: string): number {
  // a time without a zone would be read as that of the machine
  const ms = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError('give a time with its zone, such as 2026-11-24T01:30:00Z');
  }
  return ms;
}
