import { type IResource, Stack, Token } from 'aws-cdk-lib/core';
import { namedKey } from '../core/private/keys';
import { known } from '../core/private/known';
import type { ConcernFact, CopyFact, KeyFact, Place, ResourceFact, Term, ZoneFact } from '../model/facts';
import { TAKEOVER as TAKEOVER_NAME } from '../model/facts';
import type { Limit, Problem } from '../model/limits';
import { SERVICE_LIMITS } from '../model/limits/services';
import { abilitiesOf, labelOf } from '../model/services';
import type { Target } from './service';
import { settingOf } from './settings';

/** What every service says about a resource; `own` adds what only that service knows. */
export function describeTarget(
  target: Target,
  own: { readonly zones?: ZoneFact; readonly key?: KeyFact; readonly engine?: string } = {},
): ResourceFact {
  const { id, type } = target;
  return {
    kind: 'resource',
    id,
    name: id,
    type,
    label: labelOf(type, own.engine),
    place: placeOf(target),
    key: own.key ?? { kind: 'unknown' },
    zones: own.zones ?? (target.cfn ? abilitiesOf(type).zones : zonesOfImport(target)),
  };
}

/** Where a service is spread whatever its properties say, an import is so too; otherwise nobody knows. */
function zonesOfImport({ type }: Target): ZoneFact {
  const { zones } = abilitiesOf(type);
  return type !== 'EFS' && zones.kind === 'spread' ? zones : { kind: 'unknown', words: 'imported: zones not known' };
}

/** Region and account of a resource, as far as they are known; the ARN of an import knows them best. */
export function placeOf({ arn, construct, cfn }: Target): Place {
  const stack = Stack.of(construct);
  const { env } = construct as Partial<IResource>;
  const [, , , region, account] = cfn ? [] : arn.split(':');
  return { region: known(region || env?.region || stack.region), account: known(account || env?.account || stack.account) };
}

/** Properties of a database that is made from another one or from its backups: it is as encrypted as that one. */
const ORIGINS = [
  'dbSnapshotIdentifier',
  'snapshotIdentifier',
  'sourceDbClusterIdentifier',
  'sourceDbInstanceAutomatedBackupsArn',
  'sourceDbInstanceIdentifier',
  'sourceDbiResourceId',
];

/** The key of storage that is encrypted by two properties, a switch and a key. */
export function storageKey({ cfn }: Target, managed: KeyFact['kind'] = 'service-managed', encrypted = 'storageEncrypted'): KeyFact {
  if (!cfn) {
    return { kind: 'unknown' };
  }
  const key = settingOf(cfn, 'kmsKeyId');
  if (typeof key === 'string') {
    return namedKey(key);
  }
  const on = settingOf(cfn, encrypted);
  const inherited = on === undefined && ORIGINS.some((name) => settingOf(cfn, name) !== undefined);
  return inherited || Token.isUnresolved(on) ? { kind: 'unknown' } : { kind: on === true ? managed : 'none' };
}

/** What a service does by itself to have the data twice. */
type OwnCopy = Pick<CopyFact, 'resource' | 'id' | 'by' | 'mechanism' | 'form' | 'place' | 'staleness' | 'restore' | 'key'> &
  Partial<Pick<CopyFact, 'beside' | 'keptMs' | 'shortestKeptMs' | 'impossible' | 'immutable' | 'lockedMs'>>;

/** A copy in the storage of the service itself: whoever may delete the resource may delete it too. */
export function serviceCopy(copy: OwnCopy): CopyFact {
  return { kind: 'copy', medium: 'service', immutable: 'no', ...copy };
}

/** A replica answers at once, but somebody has to point the application at it. */
export const TAKEOVER: readonly Term[] = [term(TAKEOVER_NAME, SERVICE_LIMITS.replicaTakeover)];

/** How far point-in-time recovery of the service itself lags; our assumption where the service documents nothing. */
export function newestSecond({ type }: Target): Term {
  const { continuous } = abilitiesOf(type);
  const { lagMs } = continuous ?? abilitiesOf('RDS').continuous!;
  return { name: 'newest restorable second', ms: lagMs, basis: continuous?.basis ?? 'estimated' };
}

/** A part of a worst case from a dated number. */
export function term(name: string, limit: Limit<number>): Term {
  return { name, ms: limit.value, basis: limit.confidence === 'unconfirmed' ? 'estimated' : 'documented' };
}

/** Something to tell the user at a resource. */
export function concern({ id }: Target, severity: ConcernFact['severity'], code: string, message: string): ConcernFact {
  return { kind: 'concern', severity, code, by: id, resource: id, message };
}

/** A shared check's answer, as a concern at a resource. */
export function concernOf(target: Target, problem: Problem | undefined): readonly ConcernFact[] {
  return problem === undefined ? [] : [concern(target, problem.severity, problem.code, problem.message)];
}

/** The one concern about a resource whose properties are out of reach. */
export function outOfReach(target: Target, remedies: readonly string[]): readonly ConcernFact[] {
  return remedies.length === 0
    ? []
    : [
        concern(
          target,
          'warning',
          'ResourceOutOfReach',
          `the ${labelOf(target.type)} '${target.id}' is not defined in this app, so its properties cannot be set: ${remedies.join(', ')} where it is defined`,
        ),
      ];
}
