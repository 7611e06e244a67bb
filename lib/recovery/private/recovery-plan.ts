import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { requireMs } from '../../core/private/known';
import { LIMITS } from '../../model/limits';
import { STRATEGY_WORDS, servesEverywhere } from '../../model/recovery';
import { floorOf, isBelowFloor, nextStrategy, type ObjectiveMs } from '../../model/recovery/expected-times';
import { DAY, HOUR, MINUTE, words } from '../../model/time';
import { Approval } from '../approval';
import type { DisasterRecoveryProps } from '../disaster-recovery-props';
import { TrafficSwitch } from '../traffic-switch';
import { requireRecoveryName } from './item-names';
import { objectiveMs } from './objective-ms';
import type { SitePlan } from './site-plan';

/** What all sites of a recovery have in common. */
export type RecoveryPlan = Omit<SitePlan, 'region' | 'alarmActions'>;

/** Reads the properties of a recovery, and refuses those that cannot be. */
export function recoveryPlanOf(scope: IConstruct, props: DisasterRecoveryProps): RecoveryPlan {
  const { strategy, primaryRegion, approval = Approval.byPerson(), trafficSwitch = TrafficSwitch.latches(), account } = props;
  const recovery = props.recoveryName ?? scope.node.id;
  requireRecoveryName(scope, recovery);
  const regions = regionsOf(scope, props);
  const active = props.activeRegion ?? primaryRegion;
  if (!regions.includes(active)) {
    throw new ConfigurationError(
      'UnknownActiveRegion',
      `'activeRegion' is '${active}', but the sites are ${regions.join(' and ')}: name one of these`,
      scope,
    );
  }
  const stray = Object.keys(props.alarmActionsIn ?? {}).find((region) => !regions.includes(region));
  if (stray !== undefined) {
    throw new ConfigurationError(
      'UnknownSite',
      `'alarmActionsIn' has actions for '${stray}', but the sites are ${regions.join(' and ')}: name one of these`,
      scope,
    );
  }
  requireAccount(scope, account);
  const promised = props.objective ?? props.tier?.objective;
  const objective = promised && objectiveMs(promised, scope);
  if (objective) {
    requireStrategy(scope, props, objective);
  }
  return {
    recovery,
    account,
    home: primaryRegion,
    regions,
    active,
    strategy: strategy._plan,
    objective,
    asksPerson: approval.isRequired,
    approvalMs: approvalOf(scope, approval, objective),
    trafficSwitch,
  };
}

function regionsOf(
  scope: IConstruct,
  { strategy, primaryRegion, recoveryRegion, furtherRegions = [] }: DisasterRecoveryProps,
): readonly string[] {
  const regions = [primaryRegion, recoveryRegion, ...furtherRegions];
  const { regionName } = LIMITS;
  for (const region of regions) {
    if (Token.isUnresolved(region)) {
      throw new ConfigurationError(
        'RegionUnknown',
        "a Region of the recovery is only known at deploy time: give it as plain text, such as 'ap-northeast-3'",
        scope,
      );
    }
    if (!regionName.value.test(region)) {
      throw new ConfigurationError(
        'InvalidEnvironment',
        `a Region of the recovery is '${region}', but it has to be ${regionName.unit}: correct it`,
        scope,
      );
    }
  }
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  if (twice !== undefined) {
    throw new ConfigurationError(
      'RecoveryRegionIsOwn',
      `two sites are in ${twice}, so that both would be lost together: choose another Region`,
      scope,
    );
  }
  if (furtherRegions.length > 0 && !servesEverywhere(strategy._plan)) {
    throw new ConfigurationError(
      'TooManySites',
      `'furtherRegions' has ${furtherRegions.join(' and ')}, but where one site waits for another there are two: leave it out, or take RecoveryStrategy.multiSite()`,
      scope,
    );
  }
  return regions;
}

function requireAccount(scope: IConstruct, account: string | undefined): void {
  const { accountId } = LIMITS;
  if (account === undefined) {
    return;
  }
  if (Token.isUnresolved(account)) {
    throw new ConfigurationError('AccountUnknown', "'account' is only known at deploy time: give it as plain text, or leave it out", scope);
  }
  if (!accountId.value.test(account)) {
    throw new ConfigurationError('InvalidEnvironment', `'account' is '${account}', but it has to be ${accountId.unit}: correct it`, scope);
  }
}

function requireStrategy(scope: IConstruct, { strategy }: DisasterRecoveryProps, objective: ObjectiveMs): void {
  const { kind } = strategy._plan;
  if (isBelowFloor(kind, objective)) {
    const floor = floorOf(kind);
    const next = nextStrategy(kind, objective);
    throw new ConfigurationError(
      'StrategyTooSlow',
      `'strategy' is ${STRATEGY_WORDS[kind]}, which needs 'rpo' ${words(floor.rpoMs)} and 'rto' ${words(floor.rtoMs)} at least, but 'objective' promises ` +
        `'rpo' ${words(objective.rpoMs)} and 'rto' ${words(objective.rtoMs)}: ${next === undefined ? 'relax it' : `take ${STRATEGY_WORDS[next]}, the cheapest that keeps it, or relax it`}`,
      scope,
    );
  }
}

/** How long somebody has to answer; 0 where nobody is asked. */
function approvalOf(scope: IConstruct, { isRequired, timeout }: Approval, objective: ObjectiveMs | undefined): number {
  if (!isRequired) {
    return 0;
  }
  if (timeout === undefined) {
    return Math.max(MINUTE, Math.floor(Math.min(HOUR, (objective?.rtoMs ?? DAY) / 4) / MINUTE) * MINUTE);
  }
  const ms = requireMs(scope, 'timeout', timeout);
  if (ms < MINUTE || ms > DAY) {
    throw new ConfigurationError(
      'InvalidApproval',
      `'timeout' of the approval is ${timeout.toHumanString()}, but it is waited 1 minute to 1 day for an answer: give such a Duration`,
      scope,
    );
  }
  return ms;
}
