import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { achievedOf, verdictOf } from '../../model/evidence';
import type { AwsClients } from './aws-clients';
import { absent } from './aws-errors';
import type { EvidencePlace, EvidencePort, KeptTest } from './ports';

/** Evidence, bound to a bucket. */
export function evidencePort(clients: AwsClients, { bucket, prefix, verification }: EvidencePlace): EvidencePort {
  const keyOf = (id: string) => `${prefix}${verification}/jobs/${id}.json`;
  const find = async (restoreJobId: string): Promise<KeptTest | undefined> => {
    const found = await absent(['NoSuchKey'], clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(restoreJobId) })));
    return found && JSON.parse((await found.Body?.transformToString()) ?? '');
  };
  return {
    find,
    append: async (concluded) => {
      const { cleanUp, concludedMs, test } = concluded;
      const kept = (await find(test.restoreJobId)) ?? {
        verdict: verdictOf(concluded),
        achieved: achievedOf(concluded),
        cleanUp,
        concludedMs,
      };
      await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(test.restoreJobId), Body: JSON.stringify(kept) }));
      return kept;
    },
    lastVerified: async () => ({}),
  };
}
