import type { CopyPlace, ResourceAssessment } from '../assessment';
import { differ } from '../differ';
import { AUDIT_LIMITS } from '../limits';
import type { ResourceType } from '../services';
import { DAY, HOUR, MINUTE } from '../time';
import { auditTypeOf } from './audited-types';

/** Something that holds for every resource of these types, as scopes call them. */
export interface ByType {
  readonly types: readonly string[];
}

/** What controls have to ask, so that they ask for what is promised on record and for no more. */
export interface AuditNeeds {
  readonly planned?: ByType;
  /** The newest recovery point beside the resource is at most so old. */
  readonly recoveryPoint?: ByType & { readonly hours: number };
  /** Recovery points beside the resource are kept at least so long. */
  readonly retentionDays?: number;
  /** Empty lists name nobody: any other one will do. */
  readonly otherRegions?: ByType & { readonly names: readonly string[] };
  readonly otherAccounts?: ByType & { readonly names: readonly string[] };
  readonly locked?: ByType;
  readonly airGapped?: ByType & { readonly days: number };
  readonly restore?: ByType & { readonly minutes: number };
  /** Types that something is promised for and that no control evaluates. */
  readonly notAudited: readonly ResourceType[];
}

/** A resource with a promise, and its copies in AWS Backup. */
interface Audited {
  readonly type: string;
  readonly resource: ResourceAssessment;
  readonly copies: readonly CopyPlace[];
  /** Of these, those in the Region and account of the resource: controls look nowhere else. */
  readonly beside: readonly CopyPlace[];
}

/** Derives what has to be audited in one Region. Where resources of a type differ, the loosest promise counts: nothing is found that is none. */
export function auditNeedsOf(
  resources: readonly ResourceAssessment[],
  typeOf: (id: string) => ResourceType | undefined,
  region: string | undefined,
): AuditNeeds {
  const promised = resources.filter(({ rpoMs, place }) => rpoMs !== undefined && differ(place.region, region) !== true);
  const types = promised.map(({ id }) => typeOf(id));
  const audited = promised.flatMap((resource, index) => {
    const type = types[index] && auditTypeOf(types[index]);
    return type === undefined ? [] : [auditedOf(type, resource)];
  });
  const beside = audited.flatMap((one) => one.beside);
  const kept = beside.flatMap(({ shortestKeptMs }) => (typeof shortestKeptMs === 'number' ? [shortestKeptMs] : []));
  return {
    planned: having(audited, ({ copies }) => copies.length > 0),
    recoveryPoint: recoveryPointOf(audited),
    retentionDays: atLeastOne(Math.floor(Math.min(...kept) / DAY)),
    otherRegions: elsewhere(audited, 'region'),
    otherAccounts: elsewhere(audited, 'account'),
    locked: having(audited, (one) => one.beside.some(({ immutable }) => immutable !== 'no')),
    airGapped: airGappedOf(audited),
    restore: restoreOf(audited),
    notAudited: [...new Set(types.filter((type) => type !== undefined && auditTypeOf(type) === undefined))] as ResourceType[],
  };
}

function auditedOf(type: string, resource: ResourceAssessment): Audited {
  const copies = resource.copies.places.filter(({ medium, form }) => medium === 'backup' && form !== 'replica');
  const { region, account } = resource.place;
  return {
    type,
    resource,
    copies,
    beside: copies.filter(({ place }) => differ(place.region, region) !== true && differ(place.account, account) !== true),
  };
}

/** The types of which every resource is so. */
function having(audited: readonly Audited[], is: (one: Audited) => boolean): ByType | undefined {
  const without = new Set(audited.filter((one) => !is(one)).map(({ type }) => type));
  const types = [...new Set(audited.map(({ type }) => type))].filter((type) => !without.has(type)).sort();
  return types.length > 0 ? { types } : undefined;
}

function ofTypes(audited: readonly Audited[], { types }: ByType): readonly Audited[] {
  return audited.filter(({ type }) => types.includes(type));
}

/** Continuous backup may promise less than an hour: then recovery points are as old as their schedule explains. */
function recoveryPointOf(audited: readonly Audited[]): AuditNeeds['recoveryPoint'] {
  const lagOf = ({ beside }: Audited): number =>
    Math.min(...beside.flatMap(({ form, lag }) => (form === 'points' && lag !== undefined ? [lag.ms] : [])));
  const hoursOf = (one: Audited): number => Math.ceil(Math.max(one.resource.rpoMs ?? 0, lagOf(one)) / HOUR);
  const { max } = AUDIT_LIMITS.recoveryPointHours.value;
  const found = having(audited, (one) => hoursOf(one) <= max);
  return found && { ...found, hours: Math.max(1, ...ofTypes(audited, found).map(hoursOf)) };
}

function elsewhere(audited: readonly Audited[], part: 'region' | 'account'): (ByType & { readonly names: readonly string[] }) | undefined {
  const namesOf = ({ copies, resource }: Audited): readonly string[] =>
    copies.flatMap(({ place }) => (differ(place[part], resource.place[part]) ? [place[part] as string] : []));
  const found = having(audited, (one) => namesOf(one).length > 0);
  if (!found) {
    return undefined;
  }
  const [first, ...others] = ofTypes(audited, found).map(namesOf);
  const common = [...new Set(first)].filter((name) => others.every((names) => names.includes(name))).sort();
  return { ...found, names: part === 'account' && common.length > AUDIT_LIMITS.accounts.value.max ? [] : common };
}

function airGappedOf(audited: readonly Audited[]): AuditNeeds['airGapped'] {
  const lagOf = ({ copies }: Audited): number =>
    Math.min(...copies.flatMap(({ airGapped, lag }) => (airGapped && lag !== undefined ? [lag.ms] : [])));
  const daysOf = (one: Audited): number => Math.ceil(lagOf(one) / DAY);
  const found = having(audited, (one) => daysOf(one) <= AUDIT_LIMITS.airGappedDays.value.max);
  return found && { ...found, days: Math.max(AUDIT_LIMITS.airGappedAdvisedDays.value, ...ofTypes(audited, found).map(daysOf)) };
}

function restoreOf(audited: readonly Audited[]): AuditNeeds['restore'] {
  const found = having(audited, ({ copies }) => copies.length > 0);
  return (
    found && { ...found, minutes: Math.max(1, ...ofTypes(audited, found).map(({ resource }) => Math.ceil((resource.rtoMs ?? 0) / MINUTE))) }
  );
}

function atLeastOne(days: number): number | undefined {
  return Number.isFinite(days) && days >= 1 ? days : undefined;
}
