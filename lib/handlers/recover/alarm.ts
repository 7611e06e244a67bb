import {
  ALARM_FRESH_MS,
  type AlarmRequest,
  alarmMessage,
  detected,
  isNews,
  notBegun,
  type PeerStatus,
  takesOver,
} from '../../model/recovery';
import { statusOf } from './peers';
import type { Site } from './site';

/** Asks for a failover because an alarm has rung, unless there is nothing to fail over to; what was asked for is kept first. */
export async function alarm({ alarm: name, at, leadMs = 0 }: AlarmRequest, site: Site): Promise<void> {
  const { config, ports } = site;
  const atMs = Date.parse(at);
  if (typeof name !== 'string' || Number.isNaN(atMs)) {
    throw new Error(`nobody knows which alarm rang when: '${name}' at '${at}'`);
  }
  // what the other site does not tell keeps nobody from asking: the run itself looks closer
  const peers = await Promise.all(config.peers.map((peer) => statusOf(site, peer).catch(() => undefined)));
  const elsewhere = peers.map(runAt).find((words) => words !== undefined);
  const nowMs = ports.now();
  const { refusal } = await site.apply((register) =>
    detected(register, { alarm: name, atMs, leadMs, nowMs, ...(elsewhere && { elsewhere }) }),
  );
  ports.write(JSON.stringify({ alarm: name, at, ...(refusal === undefined ? { asks: 'failover' } : { ignored: refusal }) }));
  if (refusal === undefined) {
    await beginDetected(site);
  } else if (config.topicArn && nowMs - atMs <= ALARM_FRESH_MS && isNews(await site.read())) {
    await ports.tell(config.topicArn, alarmMessage(config, name, refusal));
  }
}

/** Starts the run that an alarm has asked for, also where the first try was lost. */
export async function beginDetected(site: Site): Promise<void> {
  const run = notBegun(await site.read(), site.ports.now());
  if (run) {
    await site.ports.start(run.id, run);
  }
}

function runAt(status: PeerStatus | undefined): string | undefined {
  const run = status?.run;
  return status && run && run.stage !== 'concluded' && takesOver(run.kind)
    ? `run '${run.id}' (${run.kind}) is under way at ${status.site}`
    : undefined;
}
