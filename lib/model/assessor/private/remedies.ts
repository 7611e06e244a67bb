import type { ResourceFact } from '../../facts';
import { checkCopyKeys, copyObstacle } from '../../limits';
import { abilitiesOf, type ResourceType } from '../../services';

/** What services that AWS Backup copies nothing of have of their own to bring data into another Region. */
const OWN_WAYS: Readonly<Partial<Record<ResourceType, string>>> = {
  FSxONTAP: 'replicate it there with SnapMirror',
  Redshift: 'let Redshift copy its own snapshots there',
  RedshiftServerless: 'let Redshift copy its own snapshots there',
  ElastiCache: 'replicate it there with a global datastore, or export its snapshots to a bucket there',
  Keyspaces: 'add that Region to its keyspace',
};

/** The construct of this library that exports a type; what others export is not counted. */
const EXPORTS: Readonly<Partial<Record<ResourceType, string>>> = {
  DynamoDB: 'a TableExport',
  RDS: 'a DatabaseExport',
  RDSCluster: 'a DatabaseExport',
  Aurora: 'a DatabaseExport',
};

/** ` by a DatabaseExport`, where this library has one for the type; `to` is what sends it elsewhere. */
export function byExport(type: ResourceType, to?: 'recoveryRegion' | 'recoveryAccount'): string {
  return EXPORTS[type] === undefined ? '' : ` by ${EXPORTS[type]}${to === undefined ? '' : ` with '${to}'`}`;
}

/** What has to come before copies to another account: a key of AWS cannot be shared. */
export function keyFirst({ type, label, key }: ResourceFact): string {
  return checkCopyKeys(type, { otherAccount: true }, { destination: 'customer', source: key.kind }) === undefined
    ? ''
    : `encrypt the ${label} with a customer managed key first, because the AWS managed one cannot be shared, and `;
}

/** The cheapest way to one copy more. */
export function oneMore({ type }: ResourceFact): string {
  const obstacle = copyObstacle(type, { otherRegion: true });
  return obstacle
    ? `${obstacle}, so ${EXPORTS[type] === undefined ? 'replicate or ' : ''}export the data${byExport(type)}`
    : "copy its recovery points to one more vault, best in another Region ('recoveryRegion')";
}

/** The cheapest way to a copy in another Region. */
export function toRegion({ type }: ResourceFact): string {
  const obstacle = copyObstacle(type, { otherRegion: true });
  return obstacle ? `${obstacle}, so ${OWN_WAYS[type] ?? elsewhere(type)}` : "set 'recoveryRegion' to copy its recovery points there";
}

function elsewhere(type: ResourceType): string {
  return EXPORTS[type] === undefined ? 'replicate or export the data there' : `export the data there${byExport(type, 'recoveryRegion')}`;
}

/** The cheapest way to a copy in another account. */
export function toAccount(resource: ResourceFact): string {
  const { type } = resource;
  const obstacle = copyObstacle(type, { otherAccount: true });
  return obstacle
    ? `${obstacle}, so export the data to a bucket there${byExport(type, 'recoveryAccount')}`
    : `${keyFirst(resource)}set 'recoveryAccount' to copy its recovery points there, in the same organization`;
}

/** The cheapest way to a copy that nobody deletes early. */
export function toLock({ type }: ResourceFact): string {
  return abilitiesOf(type).awsBackup
    ? 'lock a vault; a governance lock costs nothing and can be lifted'
    : 'AWS Backup does not protect this type, so export the data to a bucket with object lock';
}

/** The way to a copy in a logically air-gapped vault, or what comes nearest. */
export function toAirGap(resource: ResourceFact): string {
  const { type, label } = resource;
  return abilitiesOf(type).airGapped
    ? "set 'airGappedVault', which gets a copy besides"
    : `a logically air-gapped vault takes no ${label}, so ask for 'immutable' and 'otherAccount' instead: ${toLock(resource)}, and ${toAccount(resource)}`;
}

/** The cheapest ways to so many media more: recovery points first, then files. */
export function toMedia({ type, label }: ResourceFact, present: ReadonlySet<string>, missing: number): string {
  const ways = [
    ...(abilitiesOf(type).awsBackup && !present.has('backup') ? ['add recovery points of AWS Backup'] : []),
    ...(present.has('export') || EXPORTS[type] === undefined ? [] : [`export the data to a bucket${byExport(type)}`]),
  ];
  const none = `there is no further one for a ${label}, so ask for less`;
  return [...(ways.length === 0 ? [] : [ways.slice(0, missing).join(' and ')]), ...(ways.length < missing ? [none] : [])].join('; ');
}
