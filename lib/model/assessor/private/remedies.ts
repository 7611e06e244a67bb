import type { ResourceFact } from '../../facts';
import { copyObstacle } from '../../limits';
import { abilitiesOf, type ResourceType } from '../../services';

/** What services that AWS Backup copies nothing of have of their own to bring data into another Region. */
const OWN_WAYS: Readonly<Partial<Record<ResourceType, string>>> = {
  RDSCluster: 'export its snapshots to a bucket there',
  FSxONTAP: 'replicate it there with SnapMirror',
  Redshift: 'let Redshift copy its own snapshots there',
  RedshiftServerless: 'let Redshift copy its own snapshots there',
  ElastiCache: 'replicate it there with a global datastore, or export its snapshots to a bucket there',
  Keyspaces: 'add that Region to its keyspace',
};

/** The cheapest way to one copy more. */
export function oneMore({ type }: ResourceFact): string {
  const obstacle = copyObstacle(type, { otherRegion: true });
  return obstacle
    ? `${obstacle}, so replicate or export the data`
    : "copy its recovery points to one more vault, best in another Region ('recoveryRegion')";
}

/** The cheapest way to a copy in another Region. */
export function toRegion({ type }: ResourceFact): string {
  const obstacle = copyObstacle(type, { otherRegion: true });
  return obstacle
    ? `${obstacle}, so ${OWN_WAYS[type] ?? 'replicate or export the data there'}`
    : "set 'recoveryRegion' to copy its recovery points there";
}

/** The cheapest way to a copy in another account. */
export function toAccount({ type }: ResourceFact): string {
  const obstacle = copyObstacle(type, { otherAccount: true });
  return obstacle
    ? `${obstacle}, so export the data to a bucket there`
    : "set 'recoveryAccount' to copy its recovery points there, in the same organization";
}

/** The cheapest way to a copy that nobody deletes early. */
export function toLock({ type }: ResourceFact): string {
  return abilitiesOf(type).awsBackup
    ? 'lock a vault; a governance lock costs nothing and can be lifted'
    : 'AWS Backup does not protect this type, so export the data to a bucket with object lock';
}

/** The way to a copy in a logically air-gapped vault, or what comes nearest. */
export function toAirGap({ type, label }: ResourceFact): string {
  return abilitiesOf(type).airGapped
    ? "set 'airGappedVault', which gets a copy besides"
    : `a logically air-gapped vault takes no ${label}, so ask for 'immutable' and 'otherAccount' instead`;
}

/** The cheapest ways to so many media more: recovery points first, then files. */
export function toMedia({ type, label }: ResourceFact, present: ReadonlySet<string>, missing: number): string {
  const ways = [
    ...(abilitiesOf(type).awsBackup && !present.has('backup') ? ['add recovery points of AWS Backup'] : []),
    ...(present.has('export') ? [] : ['export the data to a bucket']),
  ];
  return ways.length === 0 ? `there is no further one for a ${label}, so ask for less` : ways.slice(0, missing).join(' and ');
}
