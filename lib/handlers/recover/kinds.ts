import type { DataConfig, PeerConfig, RunKind } from '../../model/recovery';
import { askPeer } from './peers';
import type { Site } from './site';

/** Whether all data here can follow, or take over from, that of another site; asked before anything is changed. In words what cannot. */
export async function kindsDisagree(kind: RunKind, peer: PeerConfig, site: Site): Promise<string | undefined> {
  if (kind === 'failover' || kind === 'rehearsal') {
    return undefined;
  }
  const said = await Promise.all(
    site.config.data.map(async (item) => {
      const { name, kind: own } = item;
      const { kind: theirs, resourceType, arn } = (await askPeer(site, peer, { op: 'describe', item: name, epoch: 0 }))?.facts ?? {};
      const follows =
        theirs === undefined || theirs === own || own === 'recovery-points' || (own === 'rds-replica' && resourceType === 'RDS');
      if (follows) {
        return kind !== 'switchover' && site.config.site === site.config.home ? staysBehind(item) : undefined;
      }
      return (
        `'${name}' is '${theirs}' at ${peer.site} and '${own}' here: nothing brings back what was written to ${arn || 'it'} since. ` +
        `Copy it by hand while nothing writes, then start a failover here with 'acceptOldData'`
      );
    }),
  );
  const wrong = said.filter((words) => words !== undefined);
  return wrong.length > 0 ? wrong.join('; ') : undefined;
}

/** A bucket at home that only copies to the other site gets nothing back from there, however often it is asked to. */
function staysBehind(item: DataConfig): string | undefined {
  return item.kind === 'bucket' && !item.twoWay
    ? `nothing copies the objects of '${item.name}' back to ${item.bucket}: replicate them both ways, copy what was written elsewhere since, say 'twoWay', deploy, and start another run`
    : undefined;
}
