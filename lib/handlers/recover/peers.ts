import type { PeerAnswer, PeerConfig, PeerRequest, PeerStatus, SiteConfig } from '../../model/recovery';
import type { Site } from './site';

/** The site that a run is about beside its own. */
export function peerOf({ peers, site }: Pick<SiteConfig, 'peers' | 'site'>, from: string | undefined): PeerConfig {
  const found = from === undefined && peers.length === 1 ? peers[0] : peers.find((peer) => peer.site === from);
  if (!found) {
    throw new Error(
      `'from' has to say which site the traffic leaves: one of ${peers.map((peer) => peer.site).join(', ')}, seen from ${site}`,
    );
  }
  return found;
}

type Question = PeerRequest extends infer R ? (R extends PeerRequest ? Omit<R, 'recovery' | 'from'> : never) : never;

/** Asks another site; undefined where it cannot be reached. */
export async function askPeer(site: Site, peer: PeerConfig, question: Question): Promise<PeerAnswer | undefined> {
  const answer = await reach(site, peer, { ...question, recovery: site.config.recovery, from: site.config.site } as PeerRequest);
  return answer && 'state' in answer ? answer : undefined;
}

/** What another site is; undefined where it cannot be reached. */
export async function statusOf(site: Site, peer: PeerConfig): Promise<PeerStatus | undefined> {
  const answer = await reach(site, peer, { op: 'status', recovery: site.config.recovery, from: site.config.site });
  return answer && 'role' in answer ? answer : undefined;
}

/** An agent that fails is as good as none: in a Region that is half lost it may do so for long. Why, the log says. */
async function reach(site: Site, peer: PeerConfig, request: PeerRequest): Promise<PeerAnswer | PeerStatus | undefined> {
  try {
    return await site.ports.ask(peer, request);
  } catch (error) {
    site.ports.write(JSON.stringify({ asked: peer.site, for: request.op, problem: (error as Error).message }));
    return undefined;
  }
}
