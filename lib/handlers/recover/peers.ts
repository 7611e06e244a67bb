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

/** Why another site has not answered. */
export interface Miss {
  readonly why: string;
  /** Its Region does answer: something there is set up wrongly, or was deleted. That is no sign that nothing runs there. */
  readonly ownFault: boolean;
}

type Reached<T> = { readonly answer: T; readonly miss?: undefined } | { readonly answer?: undefined; readonly miss: Miss };

/** Names of errors of a Region that works. */
const OWN_FAULT = /^(AccessDenied|ResourceNotFound|UnrecognizedClient|ExpiredToken|InvalidSignature|KMS)/;
const OWN_FAULT_OF_AGENT = /"errorType": ?"(AccessDenied|ResourceNotFound|UnrecognizedClient|ExpiredToken|InvalidSignature|KMS)/;

/** Asks another site; undefined where it cannot be reached. */
export async function askPeer(site: Site, peer: PeerConfig, question: Question): Promise<PeerAnswer | undefined> {
  return (await tryPeer(site, peer, question)).answer;
}

/** Asks another site, and tells why it has not answered. */
export async function tryPeer(site: Site, peer: PeerConfig, question: Question): Promise<Reached<PeerAnswer>> {
  const request = { ...question, recovery: site.config.recovery, from: site.config.site } as PeerRequest;
  return reach(site, peer, request, (said) => ('state' in said ? said : undefined));
}

/** What another site is; undefined where it cannot be reached. */
export async function statusOf(site: Site, peer: PeerConfig): Promise<PeerStatus | undefined> {
  return (await lookAt(site, peer)).answer;
}

/** What another site is, or why it has not told. */
export async function lookAt(site: Site, peer: PeerConfig): Promise<Reached<PeerStatus>> {
  const request: PeerRequest = { op: 'status', recovery: site.config.recovery, from: site.config.site };
  return reach(site, peer, request, (said) => ('role' in said ? said : undefined));
}

/** An agent that fails is as good as none: in a Region that is half lost it may do so for long. */
async function reach<T>(
  site: Site,
  peer: PeerConfig,
  request: PeerRequest,
  meant: (said: PeerAnswer | PeerStatus) => T | undefined,
): Promise<Reached<T>> {
  try {
    const said = await site.ports.ask(peer, request);
    const answer = said && meant(said);
    return answer === undefined ? { miss: { why: said ? 'it answers something else' : 'no answer', ownFault: false } } : { answer };
  } catch (error) {
    const { name, message } = error as Error;
    site.ports.write(JSON.stringify({ asked: peer.site, for: request.op, problem: message }));
    return { miss: { why: message, ownFault: OWN_FAULT.test(name) || OWN_FAULT_OF_AGENT.test(message) } };
  }
}
