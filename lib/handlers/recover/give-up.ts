import { type Asked, lateMessage, letGo, type SiteRole } from '../../model/recovery';
import type { Site } from './site';
import { publishLatches } from './traffic';

/**
 * Gives up the traffic because another site is active with a higher epoch. A site that learns of it only now has gone on meanwhile: what was
 * written here is not there, and somebody has to look through it.
 */
export async function giveUp(asked: Asked, site: Site): Promise<{ readonly refusal?: string; readonly wasActive: boolean }> {
  let before: SiteRole = 'fenced';
  const { register, refusal } = await site.apply((found) => {
    before = found.role;
    return letGo(found, asked);
  });
  const wasActive = refusal === undefined && (before as SiteRole) === 'active';
  if (refusal !== undefined) {
    return { refusal, wasActive };
  }
  await publishLatches(site, register);
  const { topicArn } = site.config;
  if (wasActive && topicArn) {
    await site.ports.tell(topicArn, lateMessage(site.config, asked));
  }
  return { wasActive };
}
