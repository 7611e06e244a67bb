import { committed } from '../../model/recovery';
import type { Site } from './site';

/**
 * Where data changes sides its promotion says that there is no way back. Without data it is said as late as can be: when the traffic comes, or
 * before this site is let out of a fence of its own. Answers what speaks against it.
 */
export async function commitWithoutData(id: string, now: boolean, site: Site): Promise<string | undefined> {
  if (site.config.data.length > 0 || !(now || (await site.read()).role === 'fenced')) {
    return undefined;
  }
  return (await site.apply((register) => committed(register, id))).refusal;
}
