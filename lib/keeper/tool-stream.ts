import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { startTool, type ToolOptions } from './run-tool';

/** A program of a pipe. */
export interface Step extends ToolOptions {
  readonly tool: string;
  readonly args: readonly string[];
}

/**
 * What the last of several programs prints, each of which reads what the one before prints; the first reads `input`. It only comes to its end
 * once every program has ended well, and breaks off with the error of the first that has not: whoever reads it to the end has all of it.
 */
export function toolStream(steps: readonly Step[], input?: Readable): Readable {
  const output = new PassThrough({ highWaterMark: 2 ** 20 });
  const broken = new AbortController();
  const running = steps.map(({ tool, args, ...options }) => {
    const signal = options.signal ? AbortSignal.any([options.signal, broken.signal]) : broken.signal;
    return startTool(tool, args, { ...options, signal });
  });
  const failed: unknown[] = [];
  const fail = (error: unknown) => {
    failed.push(error);
    broken.abort(error);
  };
  const links = running.map(({ child }, at) => {
    const from = at === 0 ? input : running[at - 1].child.stdout;
    if (!from) {
      child.stdin.end();
      return Promise.resolve();
    }
    // a broken pipe is told by the program that broke it, a broken input by nobody else
    return pipeline(from, child.stdin).catch((error) => (at === 0 && from.errored ? fail(error) : undefined));
  });
  const last = running[running.length - 1].child.stdout;
  last.pipe(output, { end: false });
  output.once('close', () => {
    if (!output.readableEnded) {
      fail(new Error('nobody reads the rest'));
    }
  });
  const ends = running.map(({ ended }) => ended.catch(fail));
  void Promise.all([...ends, ...links]).then(() => {
    if (failed.length > 0) {
      output.destroy(failed[0] as Error);
    } else {
      output.end();
    }
  });
  return output;
}
