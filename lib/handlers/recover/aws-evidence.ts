import type { ConcludedRun } from '../../model/evidence';
import type { SiteConfig } from '../../model/recovery';
import { RunStore } from '../evidence/run-store';
import { objectsOf } from './aws-objects';
import type { SigningClients } from './signed-call';

/** Keeps what a run has shown, once: what is kept already stays as it is. */
export async function keepEvidence(clients: SigningClients, { evidence }: SiteConfig, run: ConcludedRun): Promise<void> {
  if (evidence) {
    await new RunStore(objectsOf(clients, evidence.bucket), evidence.prefix).append(run);
  }
}
