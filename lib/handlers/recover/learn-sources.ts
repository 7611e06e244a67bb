import { learning, sourceTold } from '../../model/recovery';
import { askPeer } from './peers';
import type { Site } from './site';

/** Asks the other site what its data are that were backed up, as long as it can be asked: AWS calls file systems as it likes. */
export async function learnSources(site: Site): Promise<void> {
  const { config } = site;
  const items = learning(config);
  // whoever is active, or was left, has data of its own
  const { role, seen } = items.length > 0 ? await site.read() : { role: undefined, seen: 0 };
  if (role !== 'standby') {
    return;
  }
  const [peer] = config.peers;
  for (const { name } of items) {
    const arn = (await askPeer(site, peer, { op: 'describe', item: name, epoch: seen }))?.facts?.arn;
    if (typeof arn === 'string' && arn !== '') {
      await site.apply((register) => sourceTold(register, name, arn));
    }
  }
}
