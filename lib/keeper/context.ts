import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type KeeperSettings, type RepositorySettings, readSettings } from '../model/self-managed';
import type { KeeperContext } from './engine';
import { Refused } from './refused';
import { Repository } from './repository';

/** The variable that has the settings in a container. */
const SETTINGS_VARIABLE = 'KEEPER_SETTINGS';

/** The settings of a file, or of the variable where none is given. */
export function settingsOf(file: string | undefined, env: NodeJS.ProcessEnv): KeeperSettings {
  const text = file === undefined ? env[SETTINGS_VARIABLE] : textOf(file);
  if (!text) {
    throw new Refused('settings', `there are no settings: give --settings and a file, or the variable ${SETTINGS_VARIABLE}`);
  }
  const settings = readSettings(text);
  if ('problems' in settings) {
    throw new Refused('settings', settings.problems.join('; '));
  }
  return settings;
}

/** A client of S3 for a repository. */
export function s3Of({ region, endpoint }: RepositorySettings): S3Client {
  return new S3Client({ region, ...(endpoint ? { endpoint, forcePathStyle: true } : {}) });
}

/** What the keeper works with, in the real world. */
export function contextOf(settings: KeeperSettings, s3: S3Client, tell: KeeperContext['tell'], signal: AbortSignal): KeeperContext {
  return {
    settings,
    repository: new Repository(s3, settings.repository.bucket, settings.source),
    signal,
    now: Date.now,
    random: Math.random,
    readSecret,
    tell,
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refused('settings', `the settings '${file}' cannot be read: ${(error as Error).message}`);
  }
}

/** No error tells what is in a secret. */
async function readSecret(secretArn: string): Promise<string> {
  const client = new SecretsManagerClient({ region: secretArn.split(':')[3] });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    if (!SecretString) {
      throw new Refused('look', `the secret ${secretArn} holds no text`);
    }
    return SecretString;
  } catch (error) {
    throw error instanceof Refused ? error : new Refused('look', `the secret ${secretArn} cannot be read: ${(error as Error).name}`);
  } finally {
    client.destroy();
  }
}
