import { PutObjectCommand } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../model/evidence';
import type { SiteConfig } from '../../model/recovery';
import type { AwsClients } from './aws-clients';
import type { RunEvidence } from './ports';
import { unless } from './progress';

/** Keeps what a run has shown, once: what is kept already stays as it is. */
export async function keepEvidence({ s3 }: AwsClients, { evidence }: SiteConfig, kept: RunEvidence): Promise<void> {
  if (!evidence) {
    return;
  }
  const command = new PutObjectCommand({
    Bucket: evidence.bucket,
    Key: `${evidence.prefix}runs/${kept.run.input.id}.json`,
    Body: canonicalJson({ version: 1, kind: 'recovery-run', ...kept }),
    ContentType: 'application/json',
    IfNoneMatch: '*',
  });
  await unless(['PreconditionFailed'], s3.send(command));
}
