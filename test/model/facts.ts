import { Disruption } from '../../lib/model/disruption';
import type {
  Basis,
  CopyFact,
  FailoverFact,
  ObjectiveFact,
  ResourceFact,
  RestoreTestFact,
  StatefulResource,
  Term,
} from '../../lib/model/facts';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';

export const TOKYO = { region: 'ap-northeast-1', account: '111122223333' };
export const OSAKA = { region: 'ap-northeast-3', account: '111122223333' };
export const SAFE = { region: 'ap-northeast-1', account: '444455556666' };

export const ID = 'Orders/Database';

/** A PostgreSQL database in one zone of Tokyo. */
export function database(parts: Partial<ResourceFact> = {}): ResourceFact {
  return {
    kind: 'resource',
    id: ID,
    name: 'Orders / database',
    type: 'RDS',
    label: 'RDS PostgreSQL',
    place: TOKYO,
    key: { kind: 'customer', id: 'data-key' },
    zones: { kind: 'single', words: 'one zone' },
    ...parts,
  };
}

/** A promise of 4 h and 4 h that survives operator errors, unless told otherwise. */
export function objective(parts: Partial<ObjectiveFact> = {}): ObjectiveFact {
  return {
    kind: 'objective',
    resource: ID,
    by: 'Orders/Protection',
    rpoMs: 4 * HOUR,
    rtoMs: 4 * HOUR,
    survives: [survives(Disruption.OPERATOR_ERROR)],
    ...parts,
  };
}

export function survives(disruption: Disruption, rpoMs: number = 4 * HOUR, rtoMs: number = 4 * HOUR) {
  return { disruption, rpoMs, rtoMs };
}

export function term(name: string, ms: number, basis: Basis = 'configured'): Term {
  return { name, ms, basis };
}

/** Hourly recovery points in an unlocked vault of the same account and Region, all kept equally long unless told otherwise. */
export function points(parts: Partial<CopyFact> = {}): CopyFact {
  const keptMs = 'keptMs' in parts ? parts.keptMs : 35 * DAY;
  return {
    kind: 'copy',
    resource: ID,
    id: 'orders',
    by: 'Orders/Protection/Plan',
    mechanism: 'recovery points in vault orders',
    form: 'points',
    place: { ...TOKYO, container: 'orders' },
    medium: 'backup',
    staleness: [term('longest gap', HOUR), term('start window', HOUR)],
    restore: [term('restore', HOUR, 'measured')],
    keptMs,
    shortestKeptMs: keptMs,
    immutable: 'no',
    key: { kind: 'customer', id: 'vault-key' },
    ...parts,
  };
}

/** Point-in-time recovery of the last 35 days. */
export function continuous(parts: Partial<CopyFact> = {}): CopyFact {
  return points({
    id: 'continuous',
    mechanism: 'point-in-time recovery',
    form: 'continuous',
    staleness: [term('lag of continuous backup', 5 * MINUTE, 'documented')],
    ...parts,
  });
}

/** A copy of the recovery points in Osaka. */
export function copied(parts: Partial<CopyFact> = {}): CopyFact {
  return points({
    id: 'orders-osaka',
    mechanism: 'copy in ap-northeast-3',
    place: { ...OSAKA, container: 'orders-osaka' },
    staleness: [term('longest gap', HOUR), term('start window', HOUR), term('copy', 30 * MINUTE)],
    keptMs: 30 * DAY,
    key: { kind: 'customer', id: 'osaka-key' },
    ...parts,
  });
}

/** A read replica in Osaka. */
export function replica(parts: Partial<CopyFact> = {}): CopyFact {
  return points({
    id: 'replica',
    mechanism: 'read replica in ap-northeast-3',
    form: 'replica',
    medium: 'service',
    place: OSAKA,
    staleness: [term('replication lag', MINUTE, 'declared')],
    restore: [term('promotion', 10 * MINUTE, 'declared')],
    keptMs: undefined,
    ...parts,
  });
}

export function restoreTest(parts: Partial<RestoreTestFact> = {}): RestoreTestFact {
  return { kind: 'restore-test', resource: ID, copy: 'orders', everyMs: 7 * DAY, checks: 3, ...parts };
}

/** Osaka takes over, as a warm standby. */
export function failover(parts: Partial<FailoverFact> = {}): FailoverFact {
  return {
    kind: 'failover',
    resource: ID,
    by: 'App/Recovery',
    region: 'ap-northeast-3',
    strategy: 'warm standby',
    before: [term('a person says yes', 15 * MINUTE, 'configured')],
    after: [term('lead traffic there', 3 * MINUTE, 'documented')],
    drill: { everyMs: 91 * DAY, words: 'drilled' },
    ...parts,
  };
}

export function stateful(parts: Partial<StatefulResource> = {}): StatefulResource {
  return { id: ID, name: 'Orders / database', type: 'RDS', label: 'RDS PostgreSQL', ...parts };
}
