import { approvalMessage, type StepAnswer, type StepRequest } from '../../model/recovery';
import { lagOf } from './data-steps';
import { lookAt, peerOf } from './peers';
import type { Site } from './site';

/** Asks a person; the machine waits for the answer. */
export async function ask({ run, token }: StepRequest, site: Site): Promise<StepAnswer> {
  const { topicArn } = site.config;
  if (!topicArn || !token) {
    throw new Error('there is nobody who could be asked: the site has no topic, or Step Functions gave no token');
  }
  const { peer } = await site.run(run.id);
  await site.ports.tell(topicArn, approvalMessage(site.config, run, peer, token, await seen(peer, site)));
  return { state: 'done', words: 'a person was asked' };
}

/** What whoever is to decide has to know: what the other site says of itself, and how far data are behind. */
async function seen(peer: string, site: Site): Promise<readonly string[]> {
  const [{ answer, miss }, ...lags] = await Promise.all([
    lookAt(site, peerOf(site.config, peer)),
    ...site.config.data.map(async (item) => `${item.name}: ${(await lagOf(item, peer, site)).words}`),
  ]);
  return [miss ? `${peer} cannot be reached (${miss.why})` : `${peer} answers and is ${answer?.role}`, ...lags];
}
