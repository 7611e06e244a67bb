import { RECOVERY_METRICS } from '../../model/recovery';
import type { Site } from './site';

/**
 * Looks at the active site from the one that waits. Its silence means something only where what is asked besides does answer: otherwise this site
 * may be the one that is cut off, and nothing is said of the other.
 */
export async function watchActive(site: Site): Promise<void> {
  const { config, ports } = site;
  if (config.watch === undefined || (await site.read()).role !== 'standby') {
    return;
  }
  const { active, control } = config.watch;
  const seen = await ports.probe(active);
  if (seen.state === 'done') {
    return ports.publish(config, { [RECOVERY_METRICS.unhealthy]: 0, [RECOVERY_METRICS.blind]: 0 });
  }
  const self = await ports.probe(control);
  const blind = self.state !== 'done';
  ports.write(JSON.stringify({ active: seen.words, ...(blind ? { control: self.words } : {}) }));
  await ports.publish(config, blind ? { [RECOVERY_METRICS.blind]: 1 } : { [RECOVERY_METRICS.unhealthy]: 1, [RECOVERY_METRICS.blind]: 0 });
}
