import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { engines, peerDependencies } from '../../package.json';
import { CommandError } from './command-error';
import { readReports } from './read-reports';

/** One thing that was looked at. */
export interface Check {
  readonly state: 'ok' | 'warning' | 'fault';
  /** What was found and, unless it is fine, what to do. */
  readonly text: string;
}

/** Looks at the project in `folder` for versions and settings that are known not to work together. */
export function diagnose(folder: string): Check[] {
  const settings = settingsOf(folder);
  return [
    nodeCheck(process.versions.node),
    ...Object.entries(peerDependencies).map(([name, range]) => peerCheck(folder, name, range)),
    cliCheck(folder),
    ...runnerChecks(folder, settings?.app),
    settings === undefined
      ? warning("there is no cdk.json: run this in the folder of the CDK app, 'cdk init' makes one")
      : ok('cdk.json is readable'),
    reportCheck(join(folder, settings?.output ?? 'cdk.out')),
  ];
}

const ok = (text: string): Check => ({ state: 'ok', text });
const warning = (text: string): Check => ({ state: 'warning', text });
const fault = (text: string): Check => ({ state: 'fault', text });

function nodeCheck(version: string): Check {
  const minimum = numbersOf(engines.node);
  return isAtLeast(version, minimum)
    ? ok(`Node.js ${version}`)
    : fault(`Node.js ${version} is too old: install ${minimum.join('.')} or newer`);
}

function peerCheck(folder: string, name: string, range: string): Check {
  const version = manifestOf(folder, name)?.version;
  if (version === undefined) {
    return fault(`${name} is not installed: npm install ${name}@${range}`);
  }
  const minimum = numbersOf(range);
  return isAtLeast(version, minimum) && numbersOf(version)[0] === minimum[0]
    ? ok(`${name} ${version}`)
    : fault(`${name} ${version} does not fit: npm install ${name}@${range}`);
}

/** An assembly is read by a CLI that knows its schema; a CLI says in its manifest which schema it was built with. */
function cliCheck(folder: string): Check {
  const cli = manifestOf(folder, 'aws-cdk');
  if (cli === undefined) {
    return warning(
      'aws-cdk is not installed here, so npx takes the newest, which may not read your assemblies: npm install --save-dev --save-exact aws-cdk@2',
    );
  }
  const schema = '@aws-cdk/cloud-assembly-schema';
  const written = manifestOf(folder, 'aws-cdk-lib')?.dependencies?.[schema];
  const read = cli.devDependencies?.[schema];
  const tooOld = written !== undefined && read !== undefined && numbersOf(read)[0] < numbersOf(written)[0];
  return numbersOf(cli.version)[0] === 2 && !tooOld
    ? ok(`aws-cdk ${cli.version}`)
    : fault(`aws-cdk ${cli.version} cannot read the assemblies of your aws-cdk-lib: npm install --save-dev --save-exact aws-cdk@2`);
}

/** TypeScript 7 has no JavaScript API, so nothing that compiles through it can run. */
function runnerChecks(folder: string, app: string | undefined): Check[] {
  if (!app?.includes('ts-node')) {
    return [];
  }
  const typescript = manifestOf(folder, 'typescript')?.version;
  const config = join(folder, 'tsconfig.json');
  const quick =
    /ts-node(-transpile-only|.* (-T|--transpile-only|--transpileOnly|--swc)\b)/.test(app) ||
    (existsSync(config) && /"(transpileOnly|swc)"\s*:\s*true/.test(readFileSync(config, 'utf8')));
  return [
    ...(typescript !== undefined && numbersOf(typescript)[0] >= 7
      ? [fault(`ts-node cannot load TypeScript ${typescript}: run the app with tsx in cdk.json`)]
      : []),
    ...(quick ? [] : [warning("ts-node type-checks on every synth, which takes seconds: 'ts-node -T' in cdk.json, and tsc once")]),
  ];
}

function reportCheck(assembly: string): Check {
  try {
    const reports = readReports(assembly);
    const unprotected = reports.reduce((sum, { summary }) => sum + summary.unprotected, 0);
    return unprotected === 0
      ? ok('the recovery report is readable and nothing in it is unprotected')
      : warning(`the recovery report lists ${unprotected} unprotected: 'npx cdk-recovery report' names them`);
  } catch (error) {
    if (error instanceof CommandError) {
      return warning(error.message);
    }
    throw error;
  }
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function manifestOf(folder: string, name: string): Manifest | undefined {
  try {
    const path = createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function settingsOf(folder: string): { readonly app?: string; readonly output?: string } | undefined {
  const path = join(folder, 'cdk.json');
  if (!existsSync(path)) {
    return undefined;
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`'${path}' is not JSON (${(error as Error).message}): repair it`);
  }
}

/** The numbers of the first version in a text such as `^2.262.0` or `>= 20.16.0`. */
function numbersOf(text: string): number[] {
  return (/\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
}

function isAtLeast(version: string, minimum: readonly number[]): boolean {
  const numbers = numbersOf(version);
  const differing = minimum.findIndex((number, index) => number !== (numbers[index] ?? 0));
  return differing < 0 || (numbers[differing] ?? 0) > minimum[differing];
}
