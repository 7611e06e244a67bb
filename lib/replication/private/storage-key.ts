import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { namedKey } from '../../core/private/keys';
import type { KeyFact } from '../../model/facts';
import { storageKey } from '../../services/facts';
import type { Target } from '../../services/service';
import { requireKeyIn } from './copy-key';
import { ownKey } from './own-key';

/** How the storage of a copy is encrypted. */
export interface CopyEncryption {
  /** Left out where the copy is as plain as its source. */
  readonly keyArn?: string;
  readonly key?: IKeyRef;
  readonly fact: KeyFact;
}

/** What the user says about the encryption of a copy. */
export interface EncryptionWishes {
  readonly storageEncrypted?: boolean;
  readonly storageEncryptionKey?: IKeyRef;
}

/** A database that may be encrypted; left out where nobody says so. */
export interface EncryptedSource {
  readonly id: string;
  readonly encrypted?: boolean;
}

/** Whether a database is encrypted, as far as its properties say. */
export function encryptionOfSource(target: Target): EncryptedSource {
  const { kind } = storageKey(target);
  return { id: target.id, encrypted: kind === 'unknown' ? undefined : kind !== 'none' };
}

/**
 * The encryption of a database that follows another one: RDS keeps it as it is at the source, under a key of the copy's own
 * Region, which is made below `scope` unless the user has one.
 */
export function encryptionOfCopy(scope: Construct, { id, encrypted: told }: EncryptedSource, wishes: EncryptionWishes): CopyEncryption {
  const { storageEncrypted, storageEncryptionKey: key } = wishes;
  const wanted = storageEncrypted ?? (key ? true : undefined);
  if (told !== undefined && wanted !== undefined && told !== wanted) {
    throw new ConfigurationError(
      'EncryptionDiffers',
      `'${storageEncrypted === undefined ? 'storageEncryptionKey' : 'storageEncrypted'}' asks for ${wanted ? 'an encrypted' : 'a plain'} copy, but '${id}' is ${told ? 'encrypted' : 'not encrypted'} and RDS keeps that: ${told ? 'leave it out' : 'encrypt the source, which replaces it, or leave it out'}`,
      scope,
    );
  }
  if (!(told ?? wanted ?? true)) {
    return { fact: { kind: 'none' } };
  }
  const stack = Stack.of(scope);
  // one of its own has nothing in common with that of the source, so losing that one does not lose the copy
  const used = key ?? ownKey(scope, 'Key', { description: `Encrypts ${scope.node.path}, which follows a database of another Region` });
  const keyArn = requireKeyIn(scope, 'storageEncryptionKey', used, { region: stack.region, stack });
  return { key: used, keyArn, fact: namedKey(keyArn) };
}
