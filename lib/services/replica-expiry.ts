import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { CopyFact } from '../model/facts';
import { DAY, words } from '../model/time';
import { settingOf } from './settings';

/** What becomes of the objects of a replica bucket beside those of its source. */
export interface ReplicaExpiry {
  /** It expires objects that the source keeps, or may keep longer: the words for a rule that does. */
  readonly loses?: string;
  /** How long every object is kept; left out where objects stay. */
  readonly keptMs?: CopyFact['keptMs'];
}

interface ExpiryRule {
  readonly id?: string;
  readonly status?: unknown;
  readonly expirationInDays?: unknown;
  readonly expirationDate?: unknown;
  readonly [condition: string]: unknown;
}

const CONDITIONS = ['prefix', 'tagFilters', 'objectSizeGreaterThan', 'objectSizeLessThan'];

/** Replication copies no action of a lifecycle: the rules of a replica are its own, and what they expire the source still has. */
export function expiryOf(source: CfnBucket, replica: CfnBucket): ReplicaExpiry {
  const own = expiriesOf(source);
  const theirs = expiriesOf(replica);
  const losing = theirs.find((rule) => !own.some((one) => covers(one, rule)));
  const days = theirs.filter((rule) => conditionsOf(rule) === ALL).flatMap(daysOf);
  return {
    ...(losing && { loses: `'${losing.id ?? 'lifecycleRules'}'${daysOf(losing).map((count) => ` after ${words(count * DAY)}`)}` }),
    ...(days.length > 0 && { keptMs: Math.min(...days) * DAY }),
  };
}

function expiriesOf(bucket: CfnBucket): readonly ExpiryRule[] {
  const lifecycle: { readonly rules?: unknown } | undefined = Stack.of(bucket).resolve(settingOf(bucket, 'lifecycleConfiguration'));
  const rules = lifecycle?.rules;
  return Array.isArray(rules)
    ? (rules as readonly ExpiryRule[]).filter(
        ({ status, expirationInDays, expirationDate }) => status !== 'Disabled' && (expirationInDays ?? expirationDate) !== undefined,
      )
    : [];
}

/** Whether the source expires the same objects, no later than the replica does. */
function covers(own: ExpiryRule, their: ExpiryRule): boolean {
  const [sooner, later] = [daysOf(own), daysOf(their)];
  const same = [ALL, conditionsOf(their)].includes(conditionsOf(own));
  return same && sooner.length > 0 && later.length > 0 && sooner[0] <= later[0];
}

function daysOf({ expirationInDays }: ExpiryRule): readonly number[] {
  return typeof expirationInDays === 'number' ? [expirationInDays] : [];
}

function conditionsOf(rule: ExpiryRule): string {
  return JSON.stringify(CONDITIONS.map((name) => (rule[name] === '' ? undefined : rule[name])));
}

/** A rule without conditions. */
const ALL = JSON.stringify(CONDITIONS.map(() => undefined));
