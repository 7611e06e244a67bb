import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecoveryReportJson } from '../../lib/model/report';
import { CommandError } from './command-error';

const FILE = 'recovery-report.json';
const VERSION: RecoveryReportJson['version'] = 1;

/** The reports of a cloud assembly and of the assemblies of its stages, in the order of their folders. */
export function readReports(assembly: string): RecoveryReportJson[] {
  if (existsSync(assembly) && !statSync(assembly).isDirectory()) {
    throw new CommandError(`'${assembly}' is a file: name the folder of a cloud assembly, such as cdk.out`);
  }
  const paths = foldersOf(assembly)
    .map((folder) => join(folder, FILE))
    .filter((path) => existsSync(path));
  if (paths.length === 0) {
    throw new CommandError(
      `there is no ${FILE} below '${assembly}': run 'npx cdk synth' first; report and explain take another folder with --app`,
    );
  }
  return paths.map(readReport);
}

function foldersOf(assembly: string): string[] {
  const nested = existsSync(assembly)
    ? readdirSync(assembly, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name.startsWith('assembly-'))
    : [];
  return [assembly, ...nested.flatMap(({ name }) => foldersOf(join(assembly, name))).sort()];
}

function readReport(path: string): RecoveryReportJson {
  const report = parse(path);
  if (typeof report !== 'object' || report === null || typeof report.version !== 'number') {
    throw new CommandError(`'${path}' is not a recovery report: run 'npx cdk synth' again`);
  }
  if (report.version !== VERSION) {
    throw new CommandError(
      `'${path}' has version ${report.version} and this command reads version ${VERSION}: run the command of the cdk-recovery that wrote it`,
    );
  }
  if (!Array.isArray(report.resources) || !Array.isArray(report.findings) || !report.coverage || !report.summary) {
    throw new CommandError(`'${path}' is incomplete: run 'npx cdk synth' again`);
  }
  return report as RecoveryReportJson;
}

function parse(path: string): Partial<RecoveryReportJson> | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`'${path}' is not JSON (${(error as Error).message}): run 'npx cdk synth' again`);
  }
}
