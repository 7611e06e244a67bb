import { approvalMessage, type StepAnswer, type StepRequest } from '../../model/recovery';
import type { Site } from './site';

/** Asks a person; the machine waits for the answer. */
export async function ask({ run, token }: StepRequest, site: Site): Promise<StepAnswer> {
  const { topicArn } = site.config;
  if (!topicArn || !token) {
    throw new Error('there is nobody who could be asked: the site has no topic, or Step Functions gave no token');
  }
  const { peer } = await site.run(run.id);
  await site.ports.tell(topicArn, approvalMessage(site.config, run, peer, token));
  return { state: 'done', words: 'a person was asked' };
}
