import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeeperSettings } from '../../model/self-managed';
import { awsEnvironment } from '../aws-environment';
import type { WorkContext } from '../engine';
import { Refused } from '../refused';
import { runTool, ToolFailed, type ToolOptions } from '../run-tool';

/** Runs restic on the repository of the settings, to its end, and gives what it printed. */
export type Restic = (args: readonly string[], options?: Pick<ToolOptions, 'onLine' | 'allowed'>) => Promise<string>;

/** A snapshot of restic, as it tells it. */
export interface Snapshot {
  readonly id: string;
  readonly time: string;
  readonly tags?: readonly string[];
}

/** Nobody reads how far it is, and it must not fill memory with it. */
const PROGRESS = { RESTIC_PROGRESS_FPS: '0.01' };

/** Makes what runs restic: its password in a file that only we can read, never in an argument or a variable. */
export async function resticOf(context: WorkContext): Promise<Restic> {
  const { settings, folder, signal, readSecret } = context;
  const { target } = settings.files!;
  if (target !== undefined) {
    throw new Refused('settings', `'files.target' is ${target}, and this program copies to buckets alone: leave it out`);
  }
  const { passphraseSecretArn, certificateAuthorities, endpoint, region } = settings.repository;
  const password = (await readSecret(passphraseSecretArn!)).trim();
  if (password === '' || password.includes('\n')) {
    throw new Refused('settings', `the secret ${passphraseSecretArn} is not one line of text: restic reads its password from one`);
  }
  const passwordFile = join(folder, 'restic-password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  const authorities = join(folder, 'restic-authorities.pem');
  if (certificateAuthorities !== undefined) {
    await writeFile(authorities, certificateAuthorities, { mode: 0o600 });
  }
  const cache = join(settings.scratch, 'restic', settings.source);
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const common = [
    `--repo=${addressOf(settings)}`,
    `--password-file=${passwordFile}`,
    `--cache-dir=${cache}`,
    '--cleanup-cache',
    ...(endpoint === undefined ? [] : ['--option=s3.bucket-lookup=path']),
    ...(certificateAuthorities === undefined ? [] : [`--cacert=${authorities}`]),
  ];
  const env = { ...(await awsEnvironment(region)), ...PROGRESS, TMPDIR: folder };
  // restic ends with us: one that goes on after we were killed would write to a repository that others clear up
  return (args, options = {}) =>
    runTool('setpriv', ['--pdeathsig', 'KILL', 'restic', ...common, ...args], { ...options, env, signal }).catch((error) => {
      throw error instanceof ToolFailed ? inWords(error, settings) : error;
    });
}

/** All snapshots, or those with a tag. */
export async function snapshotsOf(restic: Restic, tag?: string): Promise<readonly Snapshot[]> {
  const printed = await restic(['snapshots', '--json', '--no-lock', ...(tag === undefined ? [] : [`--tag=${tag}`])]);
  return (JSON.parse(printed) ?? []) as Snapshot[];
}

function addressOf({ source, repository: { bucket, region, endpoint } }: KeeperSettings): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `s3:${endpoint?.replace(/\/$/, '') ?? `https://s3.${region}.${domain}`}/${bucket}/restic/${source}`;
}

function inWords({ how, said }: ToolFailed, { source, repository }: KeeperSettings): Error {
  const { bucket, passphraseSecretArn } = repository;
  if (/wrong password/.test(said)) {
    return new Refused(
      'look',
      `the secret ${passphraseSecretArn} does not open the repository of ${source} in ${bucket}: give the one that it was configured with`,
    );
  }
  if (/Is there a repository at the following location/.test(said)) {
    return new Refused(
      'look',
      `there is no repository of ${source} in ${bucket}, or it may not be read (${said.slice(-300)}): run \`keeper configure\` before the first backup; later, bring back 'restic/${source}/config' from its earlier version`,
    );
  }
  return new ToolFailed('restic', /failed to execute/.test(said) ? 'is not installed' : how, said);
}
