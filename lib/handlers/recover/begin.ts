import {
  type BeginAnswer,
  claimed,
  hasTakenOver,
  nextEpoch,
  openRun,
  type PeerConfig,
  type PeerStatus,
  type RunInput,
  type SiteConfig,
  type StepRequest,
  servesEverywhere,
  takesOver,
} from '../../model/recovery';
import { kindsDisagree } from './kinds';
import { lookAt, type Miss, peerOf, statusOf } from './peers';
import { LEASE_MS, type Site } from './site';

/** Makes the run the one of this site, unless something speaks against it. */
export async function begin({ run }: StepRequest, site: Site): Promise<BeginAnswer> {
  const problem = problemOf(run);
  if (problem) {
    return refusal(problem);
  }
  const before = await site.read();
  if (before.run?.input.id === run.id) {
    return goOn(run, site);
  }
  // a rehearsal is about no other site
  const peer = run.kind === 'rehearsal' ? site.config.peers[0] : peerOf(site.config, run.from);
  const { answer: status, miss }: Partial<Awaited<ReturnType<typeof lookAt>>> = run.kind === 'rehearsal' ? {} : await lookAt(site, peer);
  const third = await Promise.all(
    takesOver(run.kind) ? site.config.peers.filter((one) => one !== peer).map((one) => statusOf(site, one)) : [],
  );
  const against =
    run.kind === 'rehearsal'
      ? undefined
      : (objectionOf(run, peer, status, miss) ??
        underWay(run, third, [peer.site, site.config.site]) ??
        (await kindsDisagree(run.kind, peer, site)));
  if (against) {
    return refusal(against);
  }
  const ask = needsApproval(site.config, run);
  const everywhere = servesEverywhere(site.config.strategy);
  const { refusal: refused } = await site.apply((register) =>
    claimed(register, {
      input: run,
      epoch: takesOver(run.kind) ? nextEpoch(site.config, [register, status, ...third].flatMap(epochsOf)) : 0,
      peer: peer.site,
      nowMs: site.ports.now(),
      leaseMs: LEASE_MS + (ask ? site.config.approval.timeoutMs : 0),
      everywhere,
      upToDate:
        status !== undefined && !(register.fence && hasTakenOver(status, register.fence.epoch, { site: site.config.site, everywhere })),
    }),
  );
  return refused === undefined ? { state: 'done', words: `run '${run.id}' has begun`, way: ask ? 'ask' : wayOf(run) } : refusal(refused);
}

/** The same run once more: it goes on where it stopped, or answers how it has ended. */
async function goOn(run: RunInput, site: Site): Promise<BeginAnswer> {
  const { register, refusal: ended } = await site.apply((found) =>
    claimed(found, { input: run, epoch: 0, peer: '', nowMs: site.ports.now(), leaseMs: LEASE_MS, everywhere: false, upToDate: true }),
  );
  const stage = register && openRun(register)?.stage;
  if (ended !== undefined || stage === undefined) {
    return { state: 'done', words: ended ?? 'the run has ended', way: 'conclude' };
  }
  if (stage === 'undoing') {
    return { state: 'failed', words: 'the run was being undone', way: 'undo' };
  }
  const ask = stage === 'begun' && needsApproval(site.config, run);
  return { state: 'done', words: `run '${run.id}' goes on, it is '${stage}'`, way: ask ? 'ask' : wayOf(run) };
}

function refusal(words: string): BeginAnswer {
  return { state: 'failed', words, way: 'conclude' };
}

function wayOf({ kind }: RunInput): BeginAnswer['way'] {
  return kind === 'rehearsal' ? 'rehearse' : kind === 'rebuild' || kind === 'failback' ? 'rebuild' : 'takeOver';
}

function needsApproval({ approval }: SiteConfig, { kind, approved }: RunInput): boolean {
  return approval.required && kind === 'failover' && approved !== true;
}

/** All epochs that a site is known to know. */
function epochsOf(site: Pick<PeerStatus, 'seen' | 'epoch' | 'left'> | undefined): readonly number[] {
  return site ? [site.seen, site.epoch, ...Object.values(site.left ?? {})] : [];
}

/** What a third site does with one of these sites, in words. What has halted there holds up nobody who gives up a run for a failover. */
function underWay({ abandon }: RunInput, third: readonly (PeerStatus | undefined)[], sites: readonly string[]): string | undefined {
  const busy = third.find(
    (one) =>
      one?.run &&
      !(one.run.halted && abandon !== undefined) &&
      takesOver(one.run.kind) &&
      sites.includes(one.run.peer ?? '') &&
      !['activated', 'concluded'].includes(one.run.stage),
  );
  return busy && `run '${busy.run?.id}' (${busy.run?.kind}) is under way at ${busy.site}`;
}

const KINDS: readonly RunInput['kind'][] = ['failover', 'switchover', 'rebuild', 'failback', 'rehearsal'];
/**
 * What executions may be called: 80 characters (Step Functions API Reference: StartExecution). Runs that a run starts at another site have an ending
 * of their own, and the execution that takes one further has another.
 */
const ID = /^(?=.{1,72}$)[A-Za-z0-9_-]{1,60}(-back)?(-rebuild)?$/;

/** Whether a run may be called so. */
export function isRunId(id: unknown): id is string {
  return typeof id === 'string' && ID.test(id);
}

function problemOf({ kind, id, by, sinceMs }: RunInput): string | undefined {
  if (!KINDS.includes(kind)) {
    return `'kind' is '${kind}': one of ${KINDS.join(', ')}`;
  }
  if (!isRunId(id)) {
    return "'id' has to be 1 to 60 letters, digits, - or _";
  }
  if (sinceMs !== undefined && !Number.isFinite(sinceMs)) {
    return "'sinceMs' has to be a moment in milliseconds since 1970";
  }
  return typeof by === 'string' && by !== '' ? undefined : "'by' has to say who starts the run";
}

function objectionOf(
  { kind, abandon, acceptOldData }: RunInput,
  { site }: PeerConfig,
  status: PeerStatus | undefined,
  miss: Miss | undefined,
): string | undefined {
  const run = status?.run;
  const isGivenUp = kind === 'failover' && acceptOldData === true && run?.id === abandon;
  if (run && !isGivenUp && !['activated', 'concluded'].includes(run.stage) && (takesOver(run.kind) || kind !== 'failover')) {
    return `run '${run.id}' (${run.kind}) is under way at ${site}`;
  }
  if (kind === 'failover') {
    return undefined;
  }
  if (!status) {
    return `${site} cannot be reached (${miss?.why}): only a failover does without it`;
  }
  return status.role === 'active' ? undefined : `${site} is ${status.role}, and a ${kind} needs one that is active`;
}
