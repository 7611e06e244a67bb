import { bucketStore } from '../evidence/bucket';
import { EvidenceStore } from '../evidence/evidence-store';
import type { AwsClients } from './aws-clients';
import type { EvidencePlace, EvidencePort } from './ports';

/** Evidence, bound to a bucket. */
export function evidencePort(clients: AwsClients, { bucket, prefix, verification }: EvidencePlace): EvidencePort {
  return new EvidenceStore(bucketStore(clients.s3, bucket), { prefix, verification });
}
