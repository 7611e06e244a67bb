import type { CfnFramework } from 'aws-cdk-lib/aws-backup';
import type { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { known, wholeUnits } from '../core/private/known';
import { AUDIT_LIMITS, LIMITS } from '../model/limits';
import type { AuditScope } from './audit-scope';
import { FORMS, listOf, periodOf, spanOf } from './private/audit-values';

/** What the lock of a vault has to enforce. */
export interface AuditedVaultLock {
  /**
   * Shortest retention that the lock enforces, 1 to 36500 whole days.
   * @default - any
   */
  readonly minRetention?: Duration;
  /**
   * Longest retention that the lock lets, `minRetention` to 36500 whole days.
   * @default - any
   */
  readonly maxRetention?: Duration;
}

type Parameters = Readonly<Record<string, string | undefined>>;

const ANY = ['tag', 'types', 'resources'] as const;
const TAG = ['tag'] as const;

/**
 * A control of AWS Backup Audit Manager: a question that is asked of resources, plans, vaults or recovery points of an account
 * and Region, again and again. Values are checked by the framework that gets the control.
 */
export class AuditControl {
  /** Resources are in at least one backup plan. Scopes by tag, types or resources. */
  public static inBackupPlan(scope?: AuditScope): AuditControl {
    return new AuditControl('BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN', ANY, () => ({}), scope);
  }

  /**
   * Plans have at least one rule that runs so often and keeps so long. Scopes by tag of the plan, or single plans.
   * @param every at most so long between two runs: 1 to 24 whole hours or 1 to 31 whole days
   * @param retention at least kept so long: 1 to 36500 whole days
   */
  public static planRuns(every: Duration, retention: Duration, scope?: AuditScope): AuditControl {
    const { planHours, planDays } = AUDIT_LIMITS;
    const parameters = (owner: IConstruct) => {
      const { unit, value } = periodOf(owner, 'every', every, planHours.value, planDays.value);
      return {
        requiredFrequencyUnit: unit,
        requiredFrequencyValue: value,
        requiredRetentionDays: spanOf(owner, 'retention', retention, 'days', LIMITS.retention.value),
      };
    };
    return new AuditControl('BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK', ['tag', 'resources'], parameters, scope);
  }

  /**
   * Vaults let nobody delete recovery points by hand. Scopes by tag of the vault, or single vaults.
   * @param exemptRoleArns ARNs of roles that may, at most 5
   */
  public static manualDeletionDenied(exemptRoleArns: string[] = [], scope?: AuditScope): AuditControl {
    const parameters = (owner: IConstruct) => ({
      principalArnList: listOf(owner, 'exemptRoleArns', exemptRoleArns, FORMS.role, 'roles', AUDIT_LIMITS.exemptRoles.value),
    });
    return new AuditControl('BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED', ['tag', 'resources'], parameters, scope);
  }

  /** Recovery points are encrypted. Scope by tag. */
  public static encrypted(scope?: AuditScope): AuditControl {
    return new AuditControl('BACKUP_RECOVERY_POINT_ENCRYPTED', TAG, () => ({}), scope);
  }

  /**
   * Recovery points are kept at least so long. Scope by tag.
   * @param retention 1 to 36500 whole days
   */
  public static keptFor(retention: Duration, scope?: AuditScope): AuditControl {
    const parameters = (owner: IConstruct) => ({
      requiredRetentionDays: spanOf(owner, 'retention', retention, 'days', LIMITS.retention.value),
    });
    return new AuditControl('BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK', TAG, parameters, scope);
  }

  /**
   * Plans copy the recovery points of resources to another Region. Scopes by tag, types or resources.
   * @param regions names of these Regions; empty: any other one
   */
  public static copiedToRegions(regions: string[] = [], scope?: AuditScope): AuditControl {
    const parameters = (owner: IConstruct) => ({ crossRegionList: listOf(owner, 'regions', regions, FORMS.region, 'Regions') });
    return new AuditControl('BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION', ANY, parameters, scope);
  }

  /**
   * Plans copy the recovery points of resources to another account of the organization. Scopes by tag, types or resources.
   * @param accounts ids of these accounts, at most 5; empty: any other one
   */
  public static copiedToAccounts(accounts: string[] = [], scope?: AuditScope): AuditControl {
    const parameters = (owner: IConstruct) => ({
      crossAccountList: listOf(owner, 'accounts', accounts, FORMS.account, 'accounts', AUDIT_LIMITS.accounts.value),
    });
    return new AuditControl('BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT', ANY, parameters, scope);
  }

  /** Plans keep the recovery points of resources in a locked vault. Scopes by tag, types or resources. */
  public static inLockedVault(lock: AuditedVaultLock = {}, scope?: AuditScope): AuditControl {
    return new AuditControl('BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK', ANY, (owner) => lockParameters(owner, lock), scope);
  }

  /**
   * The newest recovery point of resources is at most so old; what came from another account does not count. Scopes by tag,
   * types or resources.
   * @param age 1 to 744 whole hours or 1 to 31 whole days
   */
  public static recoveryPointWithin(age: Duration, scope?: AuditScope): AuditControl {
    const { recoveryPointHours, recoveryPointDays } = AUDIT_LIMITS;
    const parameters = (owner: IConstruct) => ageParameters(periodOf(owner, 'age', age, recoveryPointHours.value, recoveryPointDays.value));
    return new AuditControl('BACKUP_LAST_RECOVERY_POINT_CREATED', ANY, parameters, scope);
  }

  /**
   * The last restore test of resources took at most so long. Scopes by tag, types or resources.
   * @param time whole minutes, 1 or more
   */
  public static restoredWithin(time: Duration, scope?: AuditScope): AuditControl {
    const parameters = (owner: IConstruct) => ({ maxRestoreTime: spanOf(owner, 'time', time, 'minutes') });
    return new AuditControl('RESTORE_TIME_FOR_RESOURCES_MEET_TARGET', ANY, parameters, scope);
  }

  /**
   * The newest recovery point of resources in a logically air-gapped vault is at most so old; AWS advises 7 days or more. Scopes
   * by types or resources.
   * @param age 24 to 2184 whole hours or 1 to 91 whole days
   */
  public static inAirGappedVault(age: Duration, scope?: AuditScope): AuditControl {
    const { airGappedHours, airGappedDays } = AUDIT_LIMITS;
    const parameters = (owner: IConstruct) => ageParameters(periodOf(owner, 'age', age, airGappedHours.value, airGappedDays.value));
    return new AuditControl('RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT', ['types', 'resources'], parameters, scope);
  }

  private constructor(
    /** What AWS Backup calls the control. */
    public readonly controlName: string,
    private readonly kinds: readonly string[],
    private readonly parameters: (owner: IConstruct) => Parameters,
    private readonly scope?: AuditScope,
  ) {}

  /**
   * The same control for another scope, where it knows that kind.
   * @internal
   */
  public _within(scope: AuditScope | undefined): AuditControl {
    return scope?._fits(this.kinds) ? new AuditControl(this.controlName, this.kinds, this.parameters, scope) : this;
  }

  /** @internal */
  public _render(owner: IConstruct): CfnFramework.FrameworkControlProperty {
    return {
      controlName: this.controlName,
      controlInputParameters: Object.entries(this.parameters(owner)).flatMap(([parameterName, parameterValue]) =>
        parameterValue === undefined ? [] : [{ parameterName, parameterValue }],
      ),
      controlScope: this.scope?._render(owner, this.controlName, this.kinds),
    };
  }
}

function ageParameters({ unit, value }: ReturnType<typeof periodOf>): Parameters {
  return { recoveryPointAgeUnit: unit, recoveryPointAgeValue: value };
}

function lockParameters(owner: IConstruct, { minRetention, maxRetention }: AuditedVaultLock): Parameters {
  const days = (property: string, value: Duration | undefined) =>
    value && spanOf(owner, property, value, 'days', LIMITS.lockRetention.value);
  const rendered = { minRetentionDays: days('minRetention', minRetention), maxRetentionDays: days('maxRetention', maxRetention) };
  const min = minRetention && known(wholeUnits(owner, 'minRetention', minRetention, 'days'));
  const max = maxRetention && known(wholeUnits(owner, 'maxRetention', maxRetention, 'days'));
  if (min !== undefined && max !== undefined && min > max) {
    throw new ConfigurationError(
      'LockRangeInverted',
      `'minRetention' is ${min} days and 'maxRetention' ${max} days, so that no lock fits: swap them`,
      owner,
    );
  }
  return rendered;
}
