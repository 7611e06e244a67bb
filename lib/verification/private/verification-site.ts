import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlarmRoute } from '../../core/private/alarm-route';
import { ConfigurationError } from '../../core/private/errors';
import { RESTORE_TESTING_LIMITS } from '../../model/limits';
import { MINUTE } from '../../model/time';
import { checkerOf, type VerificationConfig, type VerifiedPlace } from '../../model/verification';
import { EvidenceStore } from '../evidence-store';
import { IsolatedNetwork } from '../isolated-network';
import type { RestoreMetadata } from '../restore-metadata';
import { RestoreTestingPlan } from '../restore-testing-plan';
import type { TestedResources } from '../tested-resources';
import { Checkers } from './checkers';
import { RestoreWorkflow } from './restore-workflow';
import { metadataFor, NETWORKED } from './site-metadata';
import { permitRestores } from './site-role';
import type { SelectionOfType } from './site-selections';
import type { TestRhythm } from './test-rhythm';
import { rhythmKey, type TestedResource } from './tested-resources';
import { CLEAN_MS, verifiedResources } from './verified-resources';

/** What a user settles for every place. */
export interface SiteSettings {
  readonly network?: IsolatedNetwork;
  readonly evidence?: EvidenceStore;
  readonly restoreRole?: IRoleRef;
  readonly metadata: readonly RestoreMetadata[];
  readonly route: AlarmRoute;
  readonly instanceClass?: string;
  readonly logRetention?: RetentionDays;
}

/** The tests of one Region. */
export interface VerificationSiteProps extends SiteSettings {
  /** What metrics and evidence call it. */
  readonly verification: string;
  readonly vault: IBackupVaultRef;
  readonly resources: readonly TestedResource[];
  /** How resources of one type are selected here, in parts that a selection of AWS Backup takes. */
  selectionsOf(resources: readonly TestedResource[]): readonly SelectionOfType[];
  /** The ARN of a resource as it may be written here; left out where only its type is known. */
  arnOf(resource: TestedResource): string | undefined;
}

/** A plan, and whether it restores the newest recovery point: only then does its age tell what a disaster would take. */
interface SitePlan {
  readonly plan: RestoreTestingPlan;
  readonly takesLatest: boolean;
}

const PREFIX = 'restore-tests/';
/** Construct ids of all that is no plan, which a rhythm of the user may be called like. */
const TAKEN: ReadonlySet<string> = new Set(['Network', 'Evidence', 'Checkers', 'Workflow']);
const LONGEST_PATIENCE_MS = 120 * MINUTE;

/** Plans, network, functions, workflow and evidence for the tests of restores in one Region. */
export class VerificationSite extends Construct {
  public readonly evidence: EvidenceStore;
  public readonly network?: IsolatedNetwork;
  public readonly plans: readonly RestoreTestingPlan[];

  private readonly props: VerificationSiteProps;
  private readonly promises: VerifiedPlace['resources'];
  /** How many checks of a resource are made here. */
  private readonly made: ReadonlyMap<string, number>;

  constructor(scope: Construct, id: string, props: VerificationSiteProps) {
    super(scope, id);
    this.props = props;
    const { resources, verification, route, logRetention, instanceClass } = props;
    this.network =
      resources.some(({ target }) => NETWORKED.includes(target.type)) || needsNetwork(resources)
        ? (props.network ?? new IsolatedNetwork(this, 'Network'))
        : undefined;
    if (runsCommands(resources)) {
      this.network?._allowCommands();
    }
    this.evidence = props.evidence ?? new EvidenceStore(this, 'Evidence');
    if (props.restoreRole === undefined) {
      permitRestores(this, props.vault, resources);
    }
    const plans = this.makePlans();
    this.plans = plans.map(({ plan }) => plan);
    const arnOf = (resource: TestedResource) => props.arnOf(resource);
    const checkers = new Checkers(this, 'Checkers', { resources, network: this.network, arnOf, route, logRetention });
    const { bucket, encryptionKey: key } = this.evidence;
    const config: VerificationConfig = {
      verification,
      evidence: { bucket: bucket.bucketName, prefix: PREFIX },
      resources: verifiedResources(this, resources, { arnOf, checkers }),
    };
    this.refuseTooLarge(config);
    this.made = new Map(config.resources.map(({ id: path, checks }) => [path, checks.length]));
    this.promises = config.resources.map(({ id: path, rtoMs, dueMs }) => ({ id: path, rtoMs, dueMs }));
    new RestoreWorkflow(this, 'Workflow', {
      config,
      planArns: arnsOf(plans),
      latestPlanArns: arnsOf(plans.filter(({ takesLatest }) => takesLatest)),
      checkerArns: checkers.arns,
      evidence: { bucket, key },
      route,
      patience: Duration.millis(patienceMs(resources)),
      instanceClass,
      logRetention,
    });
  }

  /** Where metrics of the tests are found, and what they are held to. */
  public placeFor(by: string): VerifiedPlace {
    const { resources, verification } = this.props;
    return {
      by,
      verification,
      region: Stack.of(this).region,
      rpoMs: Math.min(...resources.map(({ objective }) => objective.rpoMs)),
      rtoMs: Math.min(...resources.map(({ objective }) => objective.rtoMs)),
      resources: this.promises,
    };
  }

  /** How many checks of a resource are made here: functions of the user that are elsewhere are not called. */
  public checksOf(resource: string): number {
    return this.made.get(resource) ?? 0;
  }

  private makePlans(): readonly SitePlan[] {
    const rhythms = new Map(this.props.resources.flatMap(({ rhythms: own }) => own.map((rhythm) => [rhythmKey(rhythm), rhythm])));
    return [...rhythms].flatMap(([key, rhythm]) =>
      this.plansFor(
        rhythm,
        this.props.resources.filter(({ rhythms: own }) => own.some((one) => rhythmKey(one) === key)),
      ),
    );
  }

  /** One plan, or more where there are more selections than one takes. */
  private plansFor(rhythm: TestRhythm, resources: readonly TestedResource[]): readonly SitePlan[] {
    const { metadata, restoreRole, vault } = this.props;
    const selections = this.props.selectionsOf(resources);
    const size = RESTORE_TESTING_LIMITS.selectionsPerPlan.value;
    const commands = runsCommands(resources);
    return Array.from({ length: Math.ceil(selections.length / size) }, (_, index) => {
      const plan = new RestoreTestingPlan(this, this.freeId(rhythm.name), {
        vaults: [vault],
        recoveryPoints: rhythm.recoveryPoints,
        schedule: rhythm.schedule,
        timeZone: rhythm.timeZone,
        startWindow: rhythm.startWindow,
      });
      for (const { name, type, resources: selected } of selections.slice(index * size, (index + 1) * size)) {
        plan.addSelection(name, {
          resources: selected as TestedResources,
          validationWindow: rhythm.validationWindow,
          restoreRole,
          metadata: metadataFor(type, { network: this.network, given: metadata, commands }),
        });
      }
      return { plan, takesLatest: rhythm.recoveryPoints.algorithm === 'LATEST_WITHIN_WINDOW' };
    });
  }

  private freeId(name: string): string {
    let id = name;
    for (let number = 2; TAKEN.has(id) || this.node.tryFindChild(id); number++) {
      id = `${name}${number}`;
    }
    return id;
  }

  private refuseTooLarge(config: VerificationConfig): void {
    const { configSize, checksSize } = RESTORE_TESTING_LIMITS;
    const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(Stack.of(this).resolve(value)));
    const size = sizeOf(config);
    if (size > configSize.value) {
      throw new ConfigurationError(
        'VerificationTooLarge',
        `${config.resources.length} resources with their checks need ${size} bytes, but a state of a workflow has room for ${configSize.value}: protect some of them by another Protection`,
        this,
      );
    }
    for (const { id, checks, database } of config.resources) {
      // how to log in is told of the resource, and of what was restored
      const needed = sizeOf([checks, database ?? '', database ?? '']);
      if (needed > checksSize.value) {
        throw new ConfigurationError(
          'VerificationTooLarge',
          `the ${checks.length} checks of '${id}' and how they log in need ${needed} bytes, but a state of a workflow has room for ${checksSize.value}, with their results beside them: give fewer checks, or only the certificates that its Region needs`,
          this,
        );
      }
    }
  }
}

function arnsOf(plans: readonly SitePlan[]): readonly string[] {
  return plans.map(({ plan }) => plan.restoreTestingPlanArn);
}

/** As long as the shortest window lets it be waited, after what the checks and cleaning up may take. */
function patienceMs(resources: readonly TestedResource[]): number {
  const windows = resources.flatMap(({ rhythms }) => rhythms.map(({ validationWindow }) => validationWindow));
  const known = windows.filter((window) => !window.isUnresolved()).map((window) => window.toMilliseconds());
  return Math.min(LONGEST_PATIENCE_MS, ...known.map((ms) => Math.max(MINUTE, ms - CLEAN_MS)));
}

function runsCommands(resources: readonly TestedResource[]): boolean {
  return resources.some(({ specs }) => specs.some((spec) => spec.kind === 'instance' && spec.command !== undefined));
}

/** File systems are restored into no network, but can only be mounted from one, and some addresses are asked from there. */
function needsNetwork(resources: readonly TestedResource[]): boolean {
  return resources.some(({ specs }) => specs.some((spec) => spec.kind === 'files' || checkerOf(spec) === 'inside'));
}
