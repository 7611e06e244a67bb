import { ConfigurationError } from '../../core/private/errors';
import { warn } from '../../core/private/problems';
import { DrillMode } from '../drill-mode';
import type { RecoverySite } from '../recovery-site';
import type { ArrangedDrill } from './arranged-drill';

/** Warns of what users write at the other site and nobody brings back, and refuses drills that would lose it. */
export function requireWaysBack(sites: readonly RecoverySite[], drills: readonly ArrangedDrill[]): void {
  const [home, ...others] = sites;
  const oneWay = [...home._data].filter(([name, { comesBack }]) => !comesBack && others.some((other) => kindAt(other, name) === 'bucket'));
  const restored = [...home._data.keys()].filter((name) => others.some((other) => kindAt(other, name) === 'recovery-points'));
  const moving = drills.find(({ mode }) => mode !== DrillMode.REHEARSAL);
  const lost = restored[0] ?? oneWay[0]?.[0];
  if (moving && lost !== undefined) {
    throw new ConfigurationError(
      'DrillLosesData',
      `'mode' of a drill is ${moving.mode}, which moves users to another site and back, but '${lost}' ${
        restored.length > 0
          ? 'is only restored from recovery points there, so that what was written since the newest would be lost'
          : "is a bucket whose objects nothing copies back: replicate it both ways and say 'twoWay' at both sites"
      }${restored.length > 0 ? ': ' : ', or '}take DrillMode.REHEARSAL`,
      home,
    );
  }
  for (const [name] of oneWay) {
    warn(
      home._stack,
      'BucketNotReplicatedBack',
      `'${name}' is a bucket whose objects nothing copies back to ${home.region}, so that a rebuild there is refused, and users cannot return after a failover: replicate it both ways ('twoWay' of a BucketReplication) and say 'twoWay' at both sites, or acknowledge this`,
    );
  }
}

function kindAt({ _data }: RecoverySite, name: string): string | undefined {
  return _data.get(name)?.kind;
}
