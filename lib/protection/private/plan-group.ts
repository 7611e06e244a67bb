import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Duration, type TimeZone } from 'aws-cdk-lib/core';
import { LIMITS } from '../../model/limits';
import type { PlannedRule } from '../../model/planner';
import { DAY } from '../../model/time';
import { CopyAction } from '../copy-action';
import { ProtectionRule } from '../protection-rule';
import type { VaultPlace } from './places';

/** What a derived rule is told about itself by the Protection. */
export interface RuleSetting {
  readonly timeZone?: TimeZone;
  /** What gets copies, by container. */
  readonly copies: ReadonlyMap<string, Destination>;
}

/** A vault that gets copies, and what it may hold. */
export interface Destination {
  readonly vault: IBackupVaultRef;
  readonly place: VaultPlace;
}

/** The id of the plan for such rules: it names the rhythm, so that it stays when the retention changes. */
export function planIdOf(rules: readonly PlannedRule[], rungs: readonly { readonly name: string }[]): string {
  const between = rules.find(({ name }) => !rungs.some((rung) => rung.name === name));
  return between?.name ?? 'Ladder';
}

/** A derived rule as a plan takes it; retentions of copies are moved into the range that their vault accepts, warm where they are then too short for cold storage. */
export function ruleFrom(rule: PlannedRule, { timeZone, copies }: RuleSetting): ProtectionRule {
  return new ProtectionRule(rule.name, {
    ...lifecycle(rule.keptMs, rule.coldAfterMs),
    schedule: Schedule.expression(rule.expression),
    timeZone,
    startWindow: Duration.millis(rule.startWindowMs),
    completionWindow: Duration.millis(rule.completionWindowMs),
    continuous: rule.continuous || undefined,
    archiveSnapshots: rule.coldAfterMs === undefined ? undefined : rule.archive,
    copies: rule.copies.map(({ container, keptMs }) => copyTo(copies.get(container) as Destination, keptMs, rule)),
  })._asRung();
}

function copyTo({ vault, place }: Destination, keptMs: number | 'forever', { coldAfterMs, archive }: PlannedRule): CopyAction {
  const { range, airGapped } = place;
  const wanted = keptMs === 'forever' ? Number.POSITIVE_INFINITY : keptMs / DAY;
  const days = Math.max(range.minDays ?? 0, Math.min(range.maxDays ?? Number.POSITIVE_INFINITY, wanted));
  const stays = coldAfterMs !== undefined && days >= coldAfterMs / DAY + LIMITS.coldStay.value;
  const cold = airGapped || !stays ? undefined : coldAfterMs;
  return CopyAction.to(vault, {
    ...lifecycle(Number.isFinite(days) ? days * DAY : 'forever', cold),
    archiveSnapshots: cold === undefined ? undefined : archive,
  });
}

function lifecycle(keptMs: number | 'forever', coldAfterMs: number | undefined) {
  return {
    ...(keptMs === 'forever' ? { keepForever: true } : { keep: Duration.days(keptMs / DAY) }),
    coldStorageAfter: coldAfterMs === undefined ? undefined : Duration.days(coldAfterMs / DAY),
  };
}
