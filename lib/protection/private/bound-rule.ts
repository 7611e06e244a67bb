import type { CfnBackupPlan, IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known, wholeUnits } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkSchedule } from '../../core/private/schedules';
import { differ } from '../../model/differ';
import {
  checkCompletionWindow,
  checkContinuous,
  checkCount,
  checkName,
  checkRetentionInVault,
  checkStartWindow,
  checkTag,
  checkWindows,
  LIMITS,
} from '../../model/limits';
import { MINUTE } from '../../model/time';
import type { RuleModel } from '../../model/worst-case';
import { requireVaultArn } from '../../vault/private/identity';
import { vaultArnFor } from '../../vault/private/vault-arn';
import type { CopyAction } from '../copy-action';
import type { ProtectionRule } from '../protection-rule';
import { placeOfCopy, placeOfStack, placeOfVault, type VaultPlace, vaultNameFor } from './places';
import { copyLifecycle, lifecycleOf, type RuleLifecycle } from './rule-lifecycle';

/** A copy action of a rule with its destination. */
export interface BoundCopy {
  readonly place: VaultPlace;
  readonly keptMs?: number | 'forever';
}

/** A rule in its plan: checked, with its destinations, as CloudFormation and as the model want it. */
export interface BoundRule {
  readonly name: string;
  /** Made by a Protection, whose rungs overlap on purpose: that is judged by the promise alone. */
  readonly isRung: boolean;
  readonly continuous: boolean;
  readonly place: VaultPlace;
  readonly airGapped?: VaultPlace;
  readonly copies: readonly BoundCopy[];
  readonly coldAfterDays?: number;
  readonly index?: string;
  readonly scanned: boolean;
  readonly cfn: CfnBackupPlan.BackupRuleResourceTypeProperty;
  /** Left out where schedule, windows or retention are only known at deploy time, so that nothing can be promised. */
  readonly model?: RuleModel;
}

/** Checks a rule against the limits of AWS Backup and against its vaults. */
export function bindRule(scope: IConstruct, rule: ProtectionRule, planVault: IBackupVaultRef): BoundRule {
  const { name, props } = rule;
  insist(scope, checkName('rule', 'name', known(name)));
  const place = placeOfVault(props.vault ?? planVault);
  const airGapped = props.airGappedVault && placeOfVault(props.airGappedVault);
  checkHome(scope, rule, place);
  checkStandard(scope, name, place);
  const lifecycle = lifecycleOf(scope, name, props);
  if (lifecycle.days === undefined && !props.keep) {
    throw new ConfigurationError(
      'RetentionMissing',
      `'keep' of rule '${name}' is not set, which would keep every recovery point forever: give 'keep', or 'keepForever: true' where that is meant`,
      scope,
    );
  }
  if (props.continuous) {
    insist(scope, checkContinuous({ deleteAfterDays: lifecycle.days, coldAfterDays: lifecycle.coldAfterDays }));
  }
  const home = airGapped ?? place;
  const retention = rule._isRung ? `retention' of the derived rule '${name}` : 'keep';
  insist(scope, checkRetentionInVault(retention, lifecycle.days, home.name, home.range));
  if (airGapped) {
    checkAirGappedHome(scope, rule, airGapped);
  }
  const windows = windowsOf(scope, rule);
  const timeZone = props.timeZone?.timezoneName;
  const expression = props.schedule.expressionString;
  checkSchedule(scope, `'schedule' of rule '${name}'`, expression, timeZone);
  const actions = props.copies ?? [];
  insist(
    scope,
    checkCount('copyActions', actions.length),
    checkCount('recoveryPointTags', Object.keys(props.recoveryPointTags ?? {}).length),
    ...Object.entries(props.recoveryPointTags ?? {}).map(([key, value]) => checkTag('recoveryPointTags', known(key), known(value))),
  );
  const copies = actions.map((action) => bindCopy(scope, rule, action, home, lifecycle));
  checkDistinct(scope, name, copies);
  return {
    name,
    isRung: rule._isRung,
    continuous: props.continuous === true,
    place,
    airGapped,
    copies,
    coldAfterDays: lifecycle.coldAfterDays,
    index: props.index,
    scanned: props.malwareScan !== undefined,
    cfn: {
      ruleName: name,
      targetBackupVault: vaultNameFor(scope, props.vault ?? planVault),
      targetLogicallyAirGappedBackupVaultArn: props.airGappedVault && vaultArnFor(scope, props.airGappedVault),
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      startWindowMinutes: windows.start,
      completionWindowMinutes: windows.completion,
      lifecycle: lifecycle.cfn,
      enableContinuousBackup: props.continuous,
      copyActions: actions.length === 0 ? undefined : copies.map(({ cfn }) => cfn),
      recoveryPointTags: props.recoveryPointTags,
      indexActions: props.index && [{ resourceTypes: [props.index] }],
      scanActions: props.malwareScan && [{ malwareScanner: 'GUARDDUTY', scanMode: props.malwareScan }],
    },
    model: modelOf(rule, place, copies, lifecycle, windows),
  };
}

function bindCopy(scope: IConstruct, rule: ProtectionRule, action: CopyAction, home: VaultPlace, original: RuleLifecycle) {
  if (action.vaultArn !== undefined) {
    requireVaultArn(scope, 'copies', action.vaultArn);
  }
  const place = placeOfCopy(action);
  if (place.container === home.container) {
    throw new ConfigurationError(
      'CopyToSameVault',
      `'copies' of rule '${rule.name}' has vault '${place.name}', which holds the originals: copy to a vault of another Region or account`,
      scope,
    );
  }
  const lifecycle = copyLifecycle(scope, rule, action.options, original);
  insist(scope, checkRetentionInVault('keep', lifecycle.days, place.name, place.range));
  const destinationBackupVaultArn = action.vault ? vaultArnFor(scope, action.vault) : (action.vaultArn as string);
  return { place, keptMs: lifecycle.keptMs, cfn: { destinationBackupVaultArn, lifecycle: lifecycle.cfn } };
}

interface Windows {
  readonly start: number;
  readonly completion?: number;
}

function windowsOf(scope: IConstruct, { props }: ProtectionRule): Windows {
  const start = props.startWindow ? wholeUnits(scope, 'startWindow', props.startWindow, 'minutes') : LIMITS.startWindow.value.min;
  const completion = props.completionWindow && wholeUnits(scope, 'completionWindow', props.completionWindow, 'minutes');
  insist(scope, checkStartWindow(known(start)), checkCompletionWindow(known(completion)), checkWindows(known(start), known(completion)));
  return { start, completion };
}

function checkHome(scope: IConstruct, { name: rule, _isRung: isRung }: ProtectionRule, { name, place }: VaultPlace): void {
  const here = placeOfStack(scope);
  const elsewhere = differ(place.region, here.region) ? place.region : differ(place.account, here.account) ? place.account : undefined;
  if (elsewhere !== undefined) {
    const remedy = isRung
      ? "give it as 'recoveryVault', which gets the copies"
      : "keep them in a vault there and add CopyAction.to(vault) to 'copies'";
    throw new ConfigurationError(
      'VaultElsewhere',
      `'vault' of rule '${rule}' is '${name}' of ${elsewhere}, but recovery points are made in the Region and account of the plan: ${remedy}`,
      scope,
    );
  }
}

/** AWS Backup wants a standard vault too: for what passes through, and for what an air-gapped one cannot hold. */
function checkStandard(scope: IConstruct, rule: string, { name, airGapped }: VaultPlace): void {
  if (airGapped) {
    throw new ConfigurationError(
      'AirGappedAsVault',
      `'vault' of rule '${rule}' is '${name}', which is logically air-gapped, but a rule needs a standard vault: give '${name}' as 'airGappedVault'`,
      scope,
    );
  }
}

function checkAirGappedHome(scope: IConstruct, rule: ProtectionRule, airGapped: VaultPlace): void {
  const { name, props } = rule;
  checkHome(scope, rule, airGapped);
  if (!airGapped.airGapped) {
    throw new ConfigurationError(
      'NotAirGapped',
      `'airGappedVault' of rule '${name}' is '${airGapped.name}', which is not known to be logically air-gapped: give an AirGappedVault, or import it by RecoveryVault.fromVaultAttributes() with 'airGapped: true'`,
      scope,
    );
  }
  if (props.index) {
    throw new ConfigurationError(
      'IndexInAirGappedVault',
      `'index' of rule '${name}' is ${props.index}, but AWS Backup makes no index in a logically air-gapped vault: leave one of them out`,
      scope,
    );
  }
}

function checkDistinct(scope: IConstruct, rule: string, copies: readonly BoundCopy[]): void {
  const seen = new Set<string>();
  for (const { place } of copies) {
    if (seen.has(place.container)) {
      throw new ConfigurationError('DuplicateCopy', `'copies' of rule '${rule}' has vault '${place.name}' twice: leave one out`, scope);
    }
    seen.add(place.container);
  }
}

function modelOf(rule: ProtectionRule, place: VaultPlace, copies: readonly BoundCopy[], { keptMs }: RuleLifecycle, windows: Windows) {
  const { schedule, timeZone } = rule.props;
  const unknown = [schedule.expressionString, timeZone?.timezoneName, windows.start, windows.completion].some((value) =>
    Token.isUnresolved(value),
  );
  const kept = copies.map((copy) => copy.keptMs);
  if (unknown || keptMs === undefined || kept.some((ms) => ms === undefined)) {
    return undefined;
  }
  return {
    name: rule.name,
    expression: schedule.expressionString,
    timeZone: timeZone?.timezoneName,
    startWindowMs: windows.start * MINUTE,
    completionWindowMs: (windows.completion ?? LIMITS.completionWindowDefault.value) * MINUTE,
    keptMs,
    continuous: rule.props.continuous === true,
    container: place.container,
    copies: copies.map((copy) => ({ container: copy.place.container, keptMs: copy.keptMs as number | 'forever' })),
  };
}
