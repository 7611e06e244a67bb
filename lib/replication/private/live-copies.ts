import type { IConstruct } from 'constructs';
import { type FactSource, RecoveryRecord } from '../../core/private/record';
import type { Fact } from '../../model/facts';
import { adapterOf } from '../../services';
import { restoreTerms } from '../../services/restore-terms';
import type { Target } from '../../services/service';

/**
 * Tells the record of the copies that a service makes of a resource by itself, whether or not a plan protects it too: a plan
 * tells the same copies, and the assessor counts them once. `more` are copies that the properties of the resource do not show.
 * The record is that of the resource, which may be in another stage than its copy.
 */
export function recordLiveCopies(owner: IConstruct, target: Target, more: () => readonly Fact[] = () => []): void {
  const source: FactSource = {
    owner,
    facts: () => {
      const adapter = adapterOf(target.type);
      return [adapter.describe(target), ...adapter.copies(target, restoreTerms(target.type)), ...more()];
    },
  };
  RecoveryRecord.of(target.construct).add(source);
}
