import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { WorkContext } from './engine';
import { Refused } from './refused';
import { toolStream } from './tool-stream';

/** How the names of objects end that are encrypted. */
export const ENCRYPTED = '.age';

/** Encrypts for recipients, who have identities that we have not. */
export function encrypted(input: Readable, recipients: readonly string[], signal: AbortSignal): Readable {
  return toolStream([{ tool: 'age', args: recipients.flatMap((recipient) => ['--recipient', recipient]), signal }], input);
}

/** Makes what decrypts: the identity of a secret goes to a file that only we can read. */
export async function decryption({ settings, readSecret, folder, signal }: WorkContext): Promise<(input: Readable) => Readable> {
  const { identitySecretArn } = settings;
  if (!identitySecretArn) {
    throw new Refused(
      'settings',
      "'identitySecretArn' is undefined, and the backup is encrypted: name the secret with the identity of a recipient",
    );
  }
  const identity = join(folder, 'identity');
  await writeFile(identity, await readSecret(identitySecretArn), { mode: 0o600 });
  return (input) => toolStream([{ tool: 'age', args: ['--decrypt', '--identity', identity], signal }], input);
}
