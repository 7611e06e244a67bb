import { AspectPriority, Aspects, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlarmActions } from '../core/alarm-actions';
import { isHeard } from '../core/private/alarm-route';
import { ConfigurationError } from '../core/private/errors';
import { isAttached, uniqueName } from '../core/private/inventory';
import { warn } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import type { Fact } from '../model/facts';
import type { VerifiedPlace } from '../model/verification';
import type { Protection } from '../protection/protection';
import type { IsolatedNetwork } from './isolated-network';
import { requireToldApart } from './private/afar';
import { stackOfCopies } from './private/copies-place';
import { requireNear } from './private/near';
import { plainArnOf } from './private/plain-arn';
import { requireSettings } from './private/restore-settings';
import { selectionsAfar, selectionsHere } from './private/site-selections';
import { testFacts } from './private/test-facts';
import { type TestedResource, testedResources } from './private/tested-resources';
import { VerificationSite } from './private/verification-site';
import type { RestoreTestingPlan } from './restore-testing-plan';
import { RestoreTests } from './restore-tests';
import type { RestoreVerificationProps } from './restore-verification-props';

const ID = 'RestoreVerification';
const made = new WeakMap<Protection, RestoreVerification>();
/** Protections whose verification nobody has made by hand. */
const automatic = new WeakSet<Protection>();

/**
 * Proves that what a Protection backs up can be restored: restores it regularly into an isolated place, has its data looked at, measures how
 * long it took and how much was lost, keeps evidence, and rings where a test failed, was late or never happened.
 *
 * Checks that are given to `protect()` bring one along by themselves; make it by hand to say where, how often and who is told.
 * @example
 * new RestoreVerification(this, 'Verification', { protection, alarmActions: { all: [new SnsAction(alarmTopic)] } });
 */
export class RestoreVerification extends Construct {
  /**
   * Tests what has to be tested of a Protection, unless somebody does already.
   * @internal
   */
  public static _complete(protection: Protection): void {
    const earlier = made.get(protection);
    if (earlier === undefined || !isAttached(earlier)) {
      automatic.add(protection);
      new RestoreVerification(protection, ID, { protection }).make();
    }
  }

  private readonly props: RestoreVerificationProps;
  private readonly isAutomatic: boolean;
  private tested: readonly TestedResource[] = [];
  private home?: VerificationSite;
  private afar?: VerificationSite;
  private isMade = false;

  constructor(scope: Construct, id: string, props: RestoreVerificationProps) {
    super(scope, id);
    this.props = props;
    const { protection } = props;
    const earlier = made.get(protection);
    if (earlier && isAttached(earlier)) {
      throw new ConfigurationError(
        'VerifiedTwice',
        `'${earlier.node.path}' verifies '${protection.node.path}' already, and everything would be restored twice: leave one of them out`,
        this,
      );
    }
    requireNear(this, props);
    requireSettings(this, props);
    made.set(protection, this);
    this.isAutomatic = automatic.has(protection);
    if (props.copies?._rhythm && protection.recoveryVault === undefined) {
      throw new ConfigurationError(
        'NoCopiesToTest',
        `'copies' are to be tested, but '${protection.node.path}' has no recovery Region: give it 'recoveryRegion', or leave 'copies' out`,
        this,
      );
    }
    protection._isTested();
    RecoveryRecord.of(this).add({
      owner: this,
      facts: () => [],
      conclude: (facts) => this.conclude(facts),
      verified: () => this.places(),
    });
    Aspects.of(this).add({ visit: (node) => node === this && this.make() }, { priority: AspectPriority.MUTATING });
  }

  /** The network for restored databases and instances; none before the app is synthesised, or where none is needed. */
  public get network(): IsolatedNetwork | undefined {
    return this.props.network ?? this.home?.network;
  }

  /** The restore testing plans in the Region of the stack; none before the app is synthesised. */
  public get plans(): RestoreTestingPlan[] {
    return [...(this.home?.plans ?? [])];
  }

  private make(): void {
    if (this.isMade) {
      return;
    }
    this.isMade = true;
    const { protection, tests = RestoreTests.weekly(), copies, tellWhenOver: whenOver = true } = this.props;
    this.tested = testedResources(this, protection._promised(), { usual: tests, everything: !this.isAutomatic });
    if (protection._hasUntestedSearches) {
      warn(
        this,
        'SelectionNotTested',
        `what protectSelection() of '${protection.node.path}' finds is not tested, because only AWS Backup knows what that will be: protect resources one by one, or write a RestoreTestingPlan with TestedResources.tagged()`,
      );
    }
    if (this.tested.length === 0) {
      // one that nobody has made by hand cannot be left out, and comes with nothing to test only where a selection was to be tested
      if (!this.isAutomatic) {
        warn(
          this,
          'VerifiesNothing',
          `verifies nothing, because nothing of '${protection.node.path}' can be restored for a test: leave it out`,
        );
      }
      return;
    }
    const { evidence, network, metadata = [], restoreRole, clusterInstanceClass, logRetention } = this.props;
    const settings = { metadata, restoreRole, instanceClass: clusterInstanceClass, logRetention };
    const verification = uniqueName(this, 100);
    const { alarmActions = protection._alarmActions() } = this.props;
    this.home = new VerificationSite(this, 'Tests', {
      ...settings,
      evidence,
      network,
      verification,
      vault: protection.vault,
      resources: this.tested,
      route: { actions: alarmActions ?? {}, whenOver },
      selectionsOf: selectionsHere,
      arnOf: ({ target }) => target.arn,
    });
    this.warnOfSilence(this.home, alarmActions, 'alarmActions');
    const rhythm = copies?._rhythm;
    const vault = protection.recoveryVault;
    if (rhythm && vault) {
      const stack = stackOfCopies(this, vault);
      requireToldApart(stack, this, this.tested);
      const actions = this.props.alarmActionsOfCopies ?? (stack === Stack.of(this) ? alarmActions : protection._alarmActions(stack.region));
      this.afar = new VerificationSite(stack, `${verification}Copies`, {
        ...settings,
        restoreRole: undefined,
        verification: `${verification}-copies`,
        vault,
        resources: this.tested.map((one) => ({ ...one, rhythms: [rhythm] })),
        route: { actions: actions ?? {}, whenOver },
        selectionsOf: (resources) => selectionsAfar(stack, resources),
        arnOf: ({ target }) => plainArnOf(stack, target),
      });
      this.warnOfSilence(this.afar, actions, stack === Stack.of(this) ? 'alarmActions' : 'alarmActionsIn');
    }
  }

  /** Sites in the account of the stack: CloudWatch shows no other without being linked to it. */
  private places(): readonly VerifiedPlace[] {
    return [this.home, this.afar].flatMap((site) =>
      site && Stack.of(site).account === Stack.of(this).account ? [site.placeFor(this.props.protection.node.path)] : [],
    );
  }

  private warnOfSilence(site: VerificationSite, actions: AlarmActions | undefined, prop: string): void {
    if (!isHeard(actions)) {
      const { path } = this.props.protection.node;
      const { region } = Stack.of(site);
      const where = Token.isUnresolved(region) ? '' : ` in ${region}`;
      const others = Object.values(actions ?? {}).some((list) => list?.length > 0) ? ' that data could not be brought back' : '';
      warn(
        this,
        'AlarmWithoutActions',
        `the alarms of restore tests${where} tell nobody${others}: give '${path}' '${prop}' with actions for 'all' or 'critical' alarms`,
      );
    }
  }

  private conclude(facts: readonly Fact[]): readonly Fact[] {
    const { home, afar: there } = this;
    const { protection, copies } = this.props;
    const about = { by: this.node.path, facts };
    const afar = copies?._rhythm ? this.tested.map((one) => ({ ...one, rhythms: [copies._rhythm!] })) : [];
    return [
      ...(home ? testFacts({ ...about, vault: protection.vault, resources: this.tested, checksOf: (id) => home.checksOf(id) }) : []),
      ...(there && protection.recoveryVault
        ? testFacts({ ...about, vault: protection.recoveryVault, resources: afar, checksOf: (id) => there.checksOf(id) })
        : []),
    ];
  }
}
