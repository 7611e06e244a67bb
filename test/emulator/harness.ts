import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../harness/free-port';
import { EmulatorControl } from './control-client';

export * from './cdk-cli';
export * from './control-client';

const PROJECT = join(__dirname, '..', '..');
const PYTHON = process.env.PYTHON ?? 'python3';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const KEPT_LOG_CHARACTERS = 20_000;

/** The account of callers that name no other. */
export const ACCOUNT = '123456789012';

/** A running emulator. */
export interface Emulator {
  readonly url: string;
  /** Environment variables that lead the AWS SDKs and the CDK command line to the emulator. */
  readonly env: Record<string, string>;
  /** The same for another account. */
  envOf(account: string): Record<string, string>;
  readonly control: EmulatorControl;
  /** The constructor options of an AWS SDK client of a Region and an account. */
  client(
    region?: string,
    account?: string,
  ): { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  /** What the emulator printed last. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts an emulator on a free port of 127.0.0.1 and waits until it answers. */
export async function startEmulator(): Promise<Emulator> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const nursery = process.env.EMULATOR_NURSERY;
  const args = nursery
    ? ['-IS', join(__dirname, 'recovery_emulator', 'cradle.py'), nursery, String(port)]
    : ['-m', 'recovery_emulator', '--port', String(port), '--exit-with-stdin'];
  const child = spawn(PYTHON, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONSAFEPATH: '1', PYTHONPATH: __dirname, NODE_PATH: join(PROJECT, 'node_modules') },
  });
  let printed = '';
  const keep = (chunk: Buffer) => {
    printed = (printed + chunk).slice(-KEPT_LOG_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await waitUntilHealthy(url, child, () => printed);
  return {
    url,
    env: environment(url),
    control: new EmulatorControl(url),
    envOf: (account) => ({ ...environment(url), AWS_ACCESS_KEY_ID: account }),
    client: (region = 'ap-northeast-1', account = ACCOUNT) => ({
      endpoint: url,
      region,
      // The emulator takes an access key of twelve digits for an account.
      credentials: { accessKeyId: account, secretAccessKey: 'testing' },
      forcePathStyle: true,
    }),
    log: () => printed,
    stop: () => stop(child),
  };
}

/** Why the emulator cannot run here, or undefined when it can. */
export function whyNoEmulator(): string | undefined {
  if (process.env.EMULATOR_NURSERY) {
    return undefined; // the set-up of jest has looked
  }
  const found = spawnSync(PYTHON, ['-c', 'import moto; print(moto.__version__)'], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONSAFEPATH: '1' },
  });
  const version = found.stdout?.trim() ?? '';
  const why = found.error?.message ?? found.stderr?.trim().split('\n').at(-1);
  return version.startsWith('5.2.')
    ? undefined
    : `needs moto 5.2.x, ${version ? `found ${version}` : `none found (${why})`}: pip install 'moto[server]==5.2.1'`;
}

/**
 * A `describe` with one emulator for all its tests. Where moto 5.2.x is missing the tests are skipped and say so;
 * with CI=true they fail instead.
 */
export function describeWithEmulator(title: string, body: (emulator: () => Emulator) => void): void {
  describeNeeding('moto', whyNoEmulator(), title, () => {
    let running: Emulator | undefined;
    beforeAll(async () => {
      running = await startEmulator();
    }, START_TIMEOUT_MS);
    afterAll(async () => running?.stop());
    body(() => running!);
  });
}

/** Why state machines cannot evaluate JSONata here, or undefined when they can. */
export function whyNoJsonata(): string | undefined {
  try {
    require.resolve('jsonata', { paths: [PROJECT] });
    return undefined;
  } catch {
    return 'needs the npm package jsonata: npm ci';
  }
}

/**
 * A `describe` of what needs something that may be missing. Where it is, the tests are skipped and say so; with CI=true they
 * fail instead.
 */
export function describeNeeding(what: string, problem: string | undefined, title: string, body: () => void): void {
  if (!problem) {
    describe(title, body);
  } else if (process.env.CI === 'true') {
    failFor(problem, title);
  } else {
    describe.skip(skipped(what, problem, title), body);
  }
}

/** A `test` of what needs something that may be missing, as `describeNeeding()` has it. */
export function testNeeding(what: string, problem: string | undefined, title: string, body: () => Promise<void>): void {
  if (!problem) {
    test(title, body);
  } else if (process.env.CI === 'true') {
    failFor(problem, title);
  } else {
    test.skip(skipped(what, problem, title), body);
  }
}

function failFor(problem: string, title: string): void {
  test(`${title}: can run`, () => {
    throw new Error(problem);
  });
}

function skipped(what: string, problem: string, title: string): string {
  process.stderr.write(`skipped: needs ${what} (${title}): ${problem}\n`);
  return `${title} (skipped: needs ${what})`;
}

/** Polls until a check gives something, or fails with its last answer. */
export async function eventually<T>(what: string, check: () => Promise<T | undefined | false>, timeoutMs = 20_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await check();
    if (answer) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    }
    await sleep(100);
  }
}

/** Waits some milliseconds of real time. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function environment(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'ap-northeast-1',
    AWS_DEFAULT_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NODE_NO_WARNINGS: '1',
  };
}

async function waitUntilHealthy(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null) {
      throw new Error(`the emulator ended with code ${child.exitCode}:\n${log()}`);
    }
    const answer = await fetch(`${url}/emulator/health`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the emulator did not answer within ${START_TIMEOUT_MS} ms:\n${log()}`);
    }
    await sleep(100);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(forced);
}
