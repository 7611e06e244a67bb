import type { KeyFact, Place } from '../../model/facts';
import { VaultKeyKind } from '../vault-key-kind';
import { VaultLockMode } from '../vault-lock-mode';
import type { VaultTraits } from '../vault-traits';

const KEYS: Record<VaultKeyKind, KeyFact['kind']> = {
  [VaultKeyKind.CUSTOMER]: 'customer',
  [VaultKeyKind.SERVICE_MANAGED]: 'service-managed',
  [VaultKeyKind.AWS_OWNED]: 'aws-owned',
  [VaultKeyKind.UNKNOWN]: 'unknown',
};

/** Where the recovery points of a vault lie. */
export function placeOf({ region, account, vaultName }: VaultTraits): Place {
  return { region, account, container: vaultName };
}

/** The key that they are encrypted with, unless their service brings its own. */
export function keyFactOf({ key, keyId }: VaultTraits): KeyFact {
  return { kind: KEYS[key], id: keyId };
}

/** What keeps them from being deleted early; a lock that nobody knows of does not count. */
export function immutabilityOf({ lock }: VaultTraits): 'no' | 'governance' | 'compliance' {
  switch (lock) {
    case VaultLockMode.COMPLIANCE:
      return 'compliance';
    case VaultLockMode.GOVERNANCE:
      return 'governance';
    default:
      return 'no';
  }
}
