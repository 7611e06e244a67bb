import { CfnBackupVault, CfnLogicallyAirGappedBackupVault } from 'aws-cdk-lib/aws-backup';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AspectPriority, Aspects, Stack, Stage } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { uniqueName } from '../core/private/inventory';
import { known } from '../core/private/known';
import { warn } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import { RUNBOOK } from '../core/private/runbook-alarm';
import { supportStackOf } from '../core/private/support-stack';
import { VAULT_EVENTS, type WatchedPlace, watchedPlaces } from '../model/failures';
import { FailureAnnouncer } from './private/failure-announcer';
import { JobAlarms } from './private/job-alarms';
import type { RecoveryNotifications } from './recovery-notifications';

/** Properties of a JobWatch. */
export interface JobWatchProps {
  /** Who is told. In other Regions and accounts the same recipients get topics of their own. */
  readonly notifications: RecoveryNotifications;
  /**
   * Watches the vaults of the plans in these constructs only: a Protection, a ProtectionPlan, a stack.
   * @default - those of every plan of the stage
   */
  readonly only?: IConstruct[];
  /**
   * Whether events of databases are told, where plans protect some: failures, storage that runs out, failovers, automated
   * backups that are turned off. They come for all databases of the Region and account.
   * @default true
   */
  readonly databaseEvents?: boolean;
  /**
   * Whether there are alarms on what AWS Backup counts for vaults, besides events, which AWS sends as best it can and may lose.
   * @default true
   */
  readonly alarms?: boolean;
  /**
   * The page with the sections of the runbook that messages name, such as that of an own wiki.
   * @default 'docs/runbook.md', the page of this library
   */
  readonly runbook?: string;
  /**
   * How long the log of the functions is kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}

/**
 * Tells of everything that fails: backup, copy and restore jobs of the vaults of a stage, restore tests, recovery points that
 * could not be deleted, objects that were left out, and databases in trouble; in each Region where the stage has vaults.
 *
 * It tells of what happened. What did not happen, because nobody started it, is what `RecoveryWatch` is for.
 * @example
 * new JobWatch(this, 'Jobs', { notifications: new RecoveryNotifications(this, 'Notifications') });
 */
export class JobWatch extends Construct {
  private made = false;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: JobWatchProps,
  ) {
    super(scope, id);
    Aspects.of(this).add({ visit: (node) => node === this && this.makeOnce() }, { priority: AspectPriority.MUTATING });
  }

  private makeOnce(): void {
    if (this.made) {
      return;
    }
    this.made = true;
    const { region, account } = this.home;
    const plans = RecoveryRecord.of(this)
      .watched()
      .filter(({ by }) => this.props.only?.some(({ node: { path } }) => by === path || by.startsWith(`${path}/`)) ?? true)
      .map((plan) => ({ ...plan, place: { region: plan.place.region ?? region, account: plan.place.account ?? account } }));
    if (plans.length === 0) {
      const where = this.props.only ? "in 'only'" : 'of its stage';
      warn(this, 'NothingToWatch', `watches nothing, because no plan ${where} protects anything: add a Protection, or leave it out`);
    }
    const { places, nameless } = watchedPlaces(plans);
    for (const { by, name } of nameless) {
      warn(
        this,
        'PlaceNotWatched',
        `'${by}' keeps recovery points in vault '${name ?? ''}', whose name is only known at deploy time, so that nobody hears of its failures: give its name as plain text`,
      );
    }
    for (const place of places) {
      this.watchPlace(place);
    }
  }

  private watchPlace(place: WatchedPlace): void {
    const stack = this.stackOf(place);
    const here = stack === Stack.of(this);
    const scope = here ? this : new Construct(stack, uniqueName(this, 100));
    const notifications = this.props.notifications._near(stack);
    const local = place.vaults.filter(({ restores }) => restores).map(({ name }) => name);
    const announcer = new FailureAnnouncer(scope, 'Events', {
      listenedFor: { vaults: local, databases: place.databases && (this.props.databaseEvents ?? true) },
      topics: notifications._topics(),
      actions: notifications.alarmActions,
      runbook: this.props.runbook ?? RUNBOOK,
      logRetention: this.props.logRetention,
    });
    if (this.props.alarms ?? true) {
      new JobAlarms(scope, 'Alarms', place.vaults, notifications.alarmActions);
    }
    this.listenToVaults(stack, new Set(local), announcer);
  }

  /** Lets the vaults of a stack tell what no event tells, unless they tell somebody else already. */
  private listenToVaults(stack: Stack, names: ReadonlySet<string>, { vaultTopic }: FailureAnnouncer): void {
    for (const vault of (Stage.of(stack) ?? stack.node.root).node.findAll()) {
      const isVault = CfnBackupVault.isCfnBackupVault(vault) || CfnLogicallyAirGappedBackupVault.isCfnLogicallyAirGappedBackupVault(vault);
      if (isVault && Stack.of(vault) === stack && names.has(vault.backupVaultName) && vault.notifications === undefined) {
        vault.notifications = { backupVaultEvents: [...VAULT_EVENTS], snsTopicArn: vaultTopic.topicArn };
        vault.node.addDependency(vaultTopic);
      }
    }
  }

  private stackOf({ region, account }: WatchedPlace): Stack {
    if (region === this.home.region && account === this.home.account) {
      return Stack.of(this);
    }
    return supportStackOf(this, {
      region: region ?? Stack.of(this).region,
      account: account === this.home.account ? undefined : account,
    });
  }

  /** The place of the watch, as far as it is known. */
  private get home(): { readonly region?: string; readonly account?: string } {
    const { region, account } = Stack.of(this);
    return { region: known(region), account: known(account) };
  }
}
