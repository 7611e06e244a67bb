import { type DigestConfig, digestMessage, digestOf } from '../../model/digest';
import { lookBack } from './look-back';
import type { DigestPorts } from './ports';

/** Looks back and tells what became of the week: whoever hears of success hears of nothing else there. Throws where it cannot tell. */
export async function sendDigest(config: DigestConfig, ports: DigestPorts): Promise<void> {
  const figures = await lookBack(config, ports);
  const digest = digestOf(config, figures);
  const { fromMs, toMs } = figures;
  const message = digestMessage(digest, { fromMs, toMs, region: ports.region, runbook: config.runbook });
  await ports.publish(digest.verdict === 'good' ? config.topics.low : config.topics.high, message);
}
