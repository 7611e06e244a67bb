import { type BackupPlanReference, CfnBackupPlan, type IBackupPlanRef, type IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import { AspectPriority, Aspects, Lazy, Resource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { backupRoleOf } from '../core/private/backup-roles';
import { ConfigurationError } from '../core/private/errors';
import { uniqueName } from '../core/private/inventory';
import { known } from '../core/private/known';
import { watchOverrides } from '../core/private/overrides';
import { insist, warn } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import { checkCount, checkName, LIMITS } from '../model/limits';
import type { ResourceType } from '../model/services';
import { RecoveryVault } from '../vault/recovery-vault';
import { type MalwareScanSettings, ScannedResourceType } from './malware-scan';
import { PlanSelection, type PlanSelectionOptions } from './plan-selection';
import { type BoundRule, bindRule } from './private/bound-rule';
import { PlanFacts } from './private/plan-facts';
import type { PlanMember } from './private/plan-members';
import { permitScans, scannerRoleOf } from './private/scan-roles';
import type { ProtectionRule } from './protection-rule';
import type { Selection } from './selection';

/** What AWS Backup takes of an S3 bucket besides its objects. */
export interface S3BackupOptions {
  /**
   * Access control lists of the objects.
   * @default true
   */
  readonly backupAcls?: boolean;
  /**
   * Tags of the objects.
   * @default true
   */
  readonly backupObjectTags?: boolean;
}

/** Properties of a ProtectionPlan. */
export interface ProtectionPlanProps {
  /**
   * Name of the plan: 1 to 50 letters, digits, `-`, `_` or `.`.
   * @default - derived from the path of the construct
   */
  readonly planName?: string;
  /**
   * The vault for recovery points of rules that name none.
   * @default - the vault that all plans of the stack share: RecoveryVault.shared()
   */
  readonly vault?: IBackupVaultRef;
  /**
   * Rules, at most 10; others can be added later.
   * @default - none yet
   */
  readonly rules?: ProtectionRule[];
  /**
   * The role that AWS Backup uses; it trusts `backup.amazonaws.com` and may back up all that is selected.
   * @default - a role of the stack that may back up the types that are selected
   */
  readonly role?: IRoleRef;
  /**
   * Backs up Windows instances with the Volume Shadow Copy Service, which makes applications write down what they hold.
   * @default false
   */
  readonly windowsVss?: boolean;
  /**
   * What is backed up of S3 buckets.
   * @default - access control lists and tags of objects too
   */
  readonly s3?: S3BackupOptions;
  /**
   * How the rules that ask for it scan recovery points for malware.
   * @default - every type that can be scanned, by a role of the stack
   */
  readonly malwareScan?: MalwareScanSettings;
  /**
   * Tags of the plan.
   * @default - only those of `Tags.of()`
   */
  readonly tags?: { [key: string]: string };
}

/**
 * A backup plan of AWS Backup, with rules and selections that do what they say.
 *
 * It tells the recovery report which copies it makes of which resources, how old they are at worst and how long they are kept.
 * @example
 * const plan = new ProtectionPlan(this, 'Plan', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(30) })] });
 * plan.select('Orders', Selection.resources(database, bucket));
 */
export class ProtectionPlan extends Resource implements IBackupPlanRef {
  /** Name of the plan. */
  public readonly planName: string;
  /**
   * The ID of the plan.
   * @attribute
   */
  public readonly backupPlanId: string;
  /**
   * The ARN of the plan.
   * @attribute
   */
  public readonly backupPlanArn: string;
  /** A reference to the plan. */
  public readonly backupPlanRef: BackupPlanReference;
  /** The vault for recovery points of rules that name none. */
  public readonly vault: IBackupVaultRef;

  private readonly rules: BoundRule[] = [];
  private readonly members: PlanMember[] = [];
  private readonly rolesFor = new Set<ResourceType>();
  private readonly malwareScan?: MalwareScanSettings;
  private role?: IRoleRef;
  private scannerRole?: IRoleRef;
  private readonly ownRole: boolean;
  private selectionParts = 0;

  constructor(scope: Construct, id: string, props: ProtectionPlanProps = {}) {
    super(scope, id);
    insist(this, checkName('backup plan', 'planName', known(props.planName)));
    this.planName = props.planName ?? uniqueName(this, LIMITS.nameLength.value);
    this.vault = props.vault ?? RecoveryVault.shared(this);
    this.role = props.role;
    this.ownRole = props.role === undefined;
    this.malwareScan = props.malwareScan;
    const plan = new CfnBackupPlan(this, 'Resource', {
      backupPlan: {
        backupPlanName: this.planName,
        backupPlanRule: Lazy.any({ produce: () => this.rules.map(({ cfn }) => cfn) }),
        advancedBackupSettings: advancedSettings(props),
        scanSettings: Lazy.any({ produce: () => this.scanSettings() }, { omitEmptyArray: true }),
      },
      backupPlanTags: props.tags,
    });
    watchOverrides(this, plan);
    this.backupPlanId = plan.attrBackupPlanId;
    this.backupPlanArn = plan.attrBackupPlanArn;
    this.backupPlanRef = plan.backupPlanRef;
    for (const rule of props.rules ?? []) {
      this.addRule(rule);
    }
    const facts = new PlanFacts(this, this.rules, this.members);
    RecoveryRecord.of(this).add(facts);
    Aspects.of(this).add({ visit: (node) => node === this && facts.prepare() }, { priority: AspectPriority.MUTATING });
    this.node.addValidation({ validate: () => this.validatePlan() });
  }

  /** Adds a rule; its limits, and those of its vaults, are checked at once. */
  public addRule(rule: ProtectionRule): void {
    insist(this, checkCount('rules', this.rules.length + 1));
    if (this.rules.some(({ name }) => name === rule.name)) {
      throw new ConfigurationError('DuplicateRule', `'rules' has '${rule.name}' twice, but names are unique in a plan: rename one`, this);
    }
    if (rule.props.malwareScan) {
      this.scannerRole ??= this.malwareScan?.scannerRole ?? scannerRoleOf(this);
      if (this.ownRole) {
        permitScans(backupRoleOf(this, []));
      }
    }
    this.rules.push(bindRule(this, rule, this.vault));
  }

  /**
   * Protects the resources of a selection by every rule of this plan.
   * @param id construct id, and the name of the selection where it is fit for one
   */
  public select(id: string, selection: Selection, options: PlanSelectionOptions = {}): PlanSelection {
    return new PlanSelection(this, id, { plan: this, selection, ...options });
  }

  /** @internal */
  public _register(member: PlanMember): void {
    this.members.push(member);
  }

  /** @internal */
  public _countPart(selection: Construct): void {
    this.selectionParts++;
    insist(selection, checkCount('selections', this.selectionParts));
  }

  /** @internal */
  public _roleFor(types: ReadonlySet<ResourceType>): IRoleRef {
    const fresh = [...types].filter((type) => !this.rolesFor.has(type));
    if (this.ownRole && fresh.length > 0) {
      for (const type of fresh) {
        this.rolesFor.add(type);
      }
      this.role = backupRoleOf(this, fresh);
    }
    return this.role as IRoleRef;
  }

  private scanSettings(): CfnBackupPlan.ScanSettingResourceTypeProperty[] {
    return this.scannerRole
      ? [
          {
            malwareScanner: 'GUARDDUTY',
            resourceTypes: this.malwareScan?.resourceTypes ?? Object.values(ScannedResourceType),
            scannerRoleArn: this.scannerRole.roleRef.roleArn,
          },
        ]
      : [];
  }

  private validatePlan(): string[] {
    if (this.members.length === 0) {
      warn(this, 'PlanSelectsNothing', 'selects nothing, so that its rules back up nothing: call select()');
    }
    const errors: ConfigurationError[] = [];
    if (this.rules.length === 0) {
      errors.push(new ConfigurationError('NoRules', "'rules' is empty, but a backup plan needs at least one: call addRule()", this));
    }
    if (this.malwareScan && !this.rules.some(({ scanned }) => scanned)) {
      const message = "'malwareScan' is given, but no rule scans: set 'malwareScan' of a rule, or leave it out";
      errors.push(new ConfigurationError('ScanWithoutRule', message, this));
    }
    return errors.map(({ message }) => message);
  }
}

function advancedSettings({ windowsVss, s3 }: ProtectionPlanProps): CfnBackupPlan.AdvancedBackupSettingResourceTypeProperty[] | undefined {
  const settings: CfnBackupPlan.AdvancedBackupSettingResourceTypeProperty[] = [];
  if (windowsVss) {
    settings.push({ resourceType: 'EC2', backupOptions: { WindowsVSS: 'enabled' } });
  }
  if (s3) {
    const { backupAcls = true, backupObjectTags = true } = s3;
    settings.push({
      resourceType: 'S3',
      backupOptions: { BackupACLs: switched(backupAcls), BackupObjectTags: switched(backupObjectTags) },
    });
  }
  return settings.length > 0 ? settings : undefined;
}

function switched(on: boolean): string {
  return on ? 'enabled' : 'disabled';
}
