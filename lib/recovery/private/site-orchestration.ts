import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { AlarmRoute } from '../../core/private/alarm-route';
import { claimName } from '../../core/private/claimed-names';
import { refuseForeignReferences } from '../../core/private/foreign-references';
import { resourceId } from '../../core/private/inventory';
import { RecoveryRecord } from '../../core/private/record';
import { namesOf, type RecoveryNames } from '../../model/recovery';
import { EvidenceStore } from '../../verification/evidence-store';
import type { ArrangedDrill } from './arranged-drill';
import { claimStack } from './claim-stack';
import { type AgentParts, SiteAgent } from './site-agent';
import { siteAlarms } from './site-alarms';
import { type DetectionParts, siteDetection } from './site-detection';
import { SiteMachine } from './site-machine';
import type { SitePlan } from './site-plan';

/** Everything that a site consists of, once all of its items are known. */
export interface CompleteSite extends AgentParts {
  readonly drills: readonly ArrangedDrill[];
  readonly detection: DetectionParts;
}

/**
 * The stack with all that recovers a site, at that site: it refers to nothing of another Region, so that it deploys and runs while any other is gone.
 */
export class SiteOrchestration {
  public readonly stack: Stack;
  public readonly topic: Topic;
  public readonly key: Key;
  public readonly register: Table;
  public readonly evidence: EvidenceStore;
  public readonly names: RecoveryNames;
  private isComplete = false;

  constructor(
    site: Construct,
    private readonly plan: SitePlan,
  ) {
    const { recovery, region, account } = plan;
    this.names = namesOf(recovery);
    this.stack = new Stack(site, 'Recovery', {
      stackName: `${recovery}-recovery-${region}`,
      description: `Recovery of ${recovery} at ${region}: needs nothing from another Region`,
      env: { region, account },
      crossRegionReferences: false,
    });
    claimStack(this.stack, recovery);
    refuseForeignReferences(this.stack, (other) => other.region === this.stack.region && other.account === this.stack.account);
    this.key = new Key(this.stack, 'Key', {
      description: `Encrypts what the recovery of ${recovery} remembers and tells at ${region}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.topic = new Topic(this.stack, 'Topic', {
      displayName: `Recovery of ${recovery}`.slice(0, 100),
      masterKey: this.key,
      enforceSSL: true,
    });
    this.key.grantEncryptDecrypt(
      new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': this.stack.account } } }),
    );
    this.register = this.makeRegister();
    this.evidence = new EvidenceStore(this.stack, 'Evidence', { encryptionKey: this.key });
  }

  /** Makes what acts: the agent, its machine, its schedules and alarms. */
  public complete(site: CompleteSite): void {
    if (this.isComplete) {
      return;
    }
    this.isComplete = true;
    const agent = new SiteAgent(this.stack, 'Agent', { ...site, plan: this.plan, names: this.names, orchestration: this });
    const machine = new SiteMachine(this.stack, 'Machine', {
      agent: agent.bundled,
      config: site.config,
      names: this.names,
      drills: site.drills,
    });
    siteAlarms(this.stack, {
      plan: this.plan,
      machine: machine.machine,
      register: this.register,
      agent: agent.bundled,
      drills: site.drills,
      holdMs: site.config.drill?.holdMs ?? 0,
      route: this.route,
    });
    siteDetection(this.stack, { ...site.detection, plan: this.plan, agent: agent.bundled, route: this.route });
  }

  /** Who is told of alarms at the site. */
  public get route(): AlarmRoute {
    const { all = [], ...rest } = this.plan.alarmActions;
    return { actions: { ...rest, all: [...all, new SnsAction(this.topic)] }, whenOver: true };
  }

  /** Written by the agent alone; who deletes it takes a site's memory of its role. */
  private makeRegister(): Table {
    const { recovery } = this.plan;
    const table = new Table(this.stack, 'Register', {
      tableName: this.names.register,
      partitionKey: { name: REGISTER_KEY, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const remedy = `give one of the recoveries called '${recovery}' another 'recoveryName'`;
    claimName(table, { kind: 'table', name: this.names.register, stack: this.stack, for: table.node.path, remedy });
    const resource = resourceId(table);
    const reason = 'what a site remembers of its role, which is of that site alone and has point-in-time recovery';
    RecoveryRecord.of(table).add({
      owner: table,
      facts: () => [{ kind: 'exclusion', implied: true, resource, by: this.stack.node.path, reason }],
    });
    return table;
  }
}

const REGISTER_KEY = 'id';
