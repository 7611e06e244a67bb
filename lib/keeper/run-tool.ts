import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** What a program of others is run with. No shell stands between: nothing of an argument is read as a command. */
export interface ToolOptions {
  /** Besides what is needed to find programs and speak one language. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Runs it as somebody else, which only root can. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly signal?: AbortSignal;
  /** Takes each line that it says of what it does. */
  readonly onLine?: (line: string) => void;
  /** Exit codes that are a good end too; whoever allows one judges by what the program said. */
  readonly allowed?: readonly number[];
}

/** A program that did not end as it should. */
export class ToolFailed extends Error {
  public override readonly name = 'ToolFailed';

  constructor(
    public readonly tool: string,
    public readonly how: string,
    /** Its last words. */
    public readonly said: string,
  ) {
    super(`${tool} ${how}${said ? `: ${said}` : ''}`);
  }
}

const KEPT_LINES = 20;
/** How long a program may take to end when it is told to. */
const STOP_MS = 10_000;
/** What is printed is small; what is large goes to files. */
const MAX_PRINTED = 64 * 2 ** 20;

/** Runs a program to its end and gives what it printed; throws unless it says that all went well. */
export async function runTool(tool: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const printed: Buffer[] = [];
  let size = 0;
  const { child, ended } = startTool(tool, args, options);
  child.stdin.end();
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_PRINTED) {
      child.kill('SIGKILL');
      return;
    }
    printed.push(chunk);
  });
  await ended.catch((error) => {
    throw size > MAX_PRINTED ? new ToolFailed(tool, 'printed more than there is room for', '') : error;
  });
  return Buffer.concat(printed).toString('utf8');
}

/** A program that runs. Whoever starts it has to read its output and to end its input. */
export interface RunningTool {
  readonly child: ChildProcessWithoutNullStreams;
  /** Its good end; rejects with `ToolFailed`, or with the reason of the signal, once it is gone. */
  readonly ended: Promise<void>;
}

/** Starts a program. When the signal fires it is told to end, and made to a while later. */
export function startTool(
  tool: string,
  args: readonly string[],
  { env = {}, cwd, user, signal, onLine, allowed = [] }: ToolOptions = {},
): RunningTool {
  signal?.throwIfAborted();
  const child = spawn(tool, args, {
    cwd,
    ...user,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME ?? '/', LC_ALL: 'C.UTF-8', ...env },
  });
  const said: string[] = [];
  const lines = byLine((line) => {
    said.push(line);
    said.splice(0, said.length - KEPT_LINES);
    onLine?.(line);
  });
  child.stderr.on('data', lines.add);
  // a program that ends before it has read all says why by its exit code
  child.stdin.on('error', () => {});
  let patience: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  };
  signal?.addEventListener('abort', stop, { once: true });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(new ToolFailed(tool, error.code === 'ENOENT' ? 'is not installed' : `could not run (${error.code ?? error.name})`, ''));
    });
    child.once('close', (code, killed) => {
      lines.end();
      if (signal?.aborted) {
        reject(signal.reason);
      } else if (code === 0 || (code !== null && allowed.includes(code))) {
        resolve();
      } else {
        reject(new ToolFailed(tool, killed ? `was ended by ${killed}` : `ended with ${code}`, said.join('; ').slice(-2_000)));
      }
    });
  }).finally(() => {
    clearTimeout(patience);
    signal?.removeEventListener('abort', stop);
  });
  // whoever waits for it meets the error; until then it is nobody's
  ended.catch(() => {});
  return { child, ended };
}

function byLine(take: (line: string) => void) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const pass = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') {
        take(line);
      }
    }
  };
  return {
    add: (chunk: Buffer) => pass(decoder.write(chunk)),
    end: () => pass(`${decoder.end()}\n`),
  };
}
