import type { IConstruct } from 'constructs';
import { insist } from '../../core/private/problems';
import { checkRetentionInVault } from '../../model/limits';
import type { VaultTraits } from '../vault-traits';

/** Checks that a vault accepts what a rule or a copy action keeps; `undefined` is only known at deploy time. */
export function checkRetention(scope: IConstruct, prop: string, traits: VaultTraits, keptDays: number | 'forever' | undefined): void {
  const range = { minDays: traits.minRetention?.toDays(), maxDays: traits.maxRetention?.toDays() };
  insist(scope, checkRetentionInVault(prop, keptDays, traits.vaultName ?? 'of a name known at deploy time', range));
}
