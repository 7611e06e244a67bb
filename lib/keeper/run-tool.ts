import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** What a program of others is run with. No shell stands between: nothing of an argument is read as a command. */
export interface ToolOptions {
  /** Besides what is needed to find programs and speak one language. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Takes each line that it says of what it does. */
  readonly onLine?: (line: string) => void;
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
/** What is printed is small; what is large goes to files. */
const MAX_PRINTED = 64 * 2 ** 20;

/** Runs a program to its end and gives what it printed; throws unless it says that all went well. */
export function runTool(tool: string, args: readonly string[], { env = {}, cwd, signal, onLine }: ToolOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      cwd,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME ?? '/', LC_ALL: 'C.UTF-8', ...env },
    });
    const printed: Buffer[] = [];
    let size = 0;
    const said: string[] = [];
    const take = (line: string) => {
      said.push(line);
      said.splice(0, said.length - KEPT_LINES);
      onLine?.(line);
    };
    const lines = byLine(take);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_PRINTED) {
        child.kill('SIGKILL');
        return;
      }
      printed.push(chunk);
    });
    child.stderr.on('data', lines.add);
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(new ToolFailed(tool, error.code === 'ENOENT' ? 'is not installed' : `could not run (${error.code ?? error.name})`, ''));
    });
    child.once('close', (code, killed) => {
      lines.end();
      if (code === 0 && size <= MAX_PRINTED) {
        resolve(Buffer.concat(printed).toString('utf8'));
      } else {
        const how = killed ? `was ended by ${killed}` : `ended with ${code}`;
        reject(new ToolFailed(tool, size > MAX_PRINTED ? 'printed more than there is room for' : how, said.join('; ').slice(-2_000)));
      }
    });
  });
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
