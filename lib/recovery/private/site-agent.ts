import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BundledFunction } from '../../core/private/bundled-function';
import { descriptionOf } from '../../core/private/descriptions';
import { type GuardRequest, RECOVERY_MACHINE_VARIABLE, RECOVERY_METRICS, type RecoveryNames, type SiteConfig } from '../../model/recovery';
import type { SiteOrchestration } from './site-orchestration';
import { othersOf, type SitePlan } from './site-plan';

/** What an agent has to know and may do. */
export interface AgentParts {
  readonly config: SiteConfig;
  /** What items need. */
  readonly statements: readonly PolicyStatement[];
}

interface SiteAgentProps extends AgentParts {
  readonly plan: SitePlan;
  readonly names: RecoveryNames;
  readonly orchestration: SiteOrchestration;
}

const GUARD_EVERY = Duration.minutes(1);
/** Checks of data take as long as a function may; nothing else takes more than a minute. */
const LONGEST = Duration.minutes(15);
const MEMORY_MIB = 512;

const WILDCARDS =
  'Metrics, restore jobs, tasks of a cluster and descriptions of scaling and of networks know no resource, recovery points have ARNs of the service that made them, and what the other site has is known there only.';

/** The function that acts for a site, and the guard that has it look every minute. It may do what the items of its site take, and call the agents of the others. */
export class SiteAgent extends Construct {
  public readonly bundled: BundledFunction;
  public readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: SiteAgentProps) {
    super(scope, id);
    const { config, names, statements } = props;
    const stack = Stack.of(this);
    const machineArn = stack.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: names.machine,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.bundled = new BundledFunction(this, 'Resource', {
      handler: 'recover',
      description: `Acts for ${config.site} in the recovery of ${config.recovery}`,
      memoryMib: MEMORY_MIB,
      timeout: LONGEST,
      // the configuration is that of the machine: it has no room here
      environment: { [RECOVERY_MACHINE_VARIABLE]: machineArn },
      statements: [...ownStatements(stack, machineArn, props), ...statements],
      wildcardReason: WILDCARDS,
      // a look that is late is worth nothing
      deadLettersKept: Duration.days(1),
    });
    this.function = this.bundled.function;
    (this.function.node.defaultChild as CfnFunction).functionName = names.agent;
    const guard: GuardRequest = { op: 'guard' };
    new Rule(this, 'Guard', {
      description: descriptionOf('schedule', `Looks after ${config.site} in the recovery of ${config.recovery}`),
      schedule: Schedule.rate(GUARD_EVERY),
      targets: [new LambdaTarget(this.function, { event: RuleTargetInput.fromObject(guard), maxEventAge: GUARD_EVERY, retryAttempts: 0 })],
    });
  }
}

/** What every agent does, whatever its site consists of. */
function ownStatements(stack: Stack, machineArn: string, { plan, names, config, orchestration }: SiteAgentProps): PolicyStatement[] {
  const { register, key, topic, evidence } = orchestration;
  const peers = othersOf(plan).map((region) =>
    stack.formatArn({
      service: 'lambda',
      region,
      resource: 'function',
      resourceName: names.agent,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  const probes = config.probes.flatMap((probe) => (probe.kind === 'http' ? [] : [probe.functionArn]));
  const template = config.drill?.experimentTemplate;
  const { traffic } = config;
  const fis = (resource: string, resourceName: string) => stack.formatArn({ service: 'fis', resource, resourceName });
  return [
    new PolicyStatement({
      sid: 'Remember',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [register.tableArn],
    }),
    new PolicyStatement({ sid: 'UseKey', actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
    new PolicyStatement({ sid: 'Tell', actions: ['sns:Publish'], resources: [topic.topicArn] }),
    new PolicyStatement({ sid: 'CallOtherSites', actions: ['lambda:InvokeFunction'], resources: [...peers, ...new Set(probes)] }),
    new PolicyStatement({
      sid: 'ReadOwnMachine',
      actions: ['states:DescribeStateMachine', 'states:StartExecution'],
      resources: [machineArn],
    }),
    new PolicyStatement({
      sid: 'PublishMetrics',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': RECOVERY_METRICS.namespace } },
    }),
    new PolicyStatement({ sid: 'ReadLags', actions: ['cloudwatch:GetMetricData'], resources: ['*'] }),
    new PolicyStatement({
      sid: 'KeepEvidence',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${evidence.bucket.bucketArn}/${names.evidencePrefix}*`],
    }),
    // without it, a record that is not there yet would be forbidden instead of missing
    new PolicyStatement({ sid: 'FindEvidence', actions: ['s3:ListBucket'], resources: [evidence.bucket.bucketArn] }),
    ...(template === undefined
      ? []
      : [
          new PolicyStatement({
            sid: 'BeginFault',
            actions: ['fis:StartExperiment'],
            resources: [fis('experiment-template', template), fis('experiment', '*')],
          }),
          new PolicyStatement({
            sid: 'EndFault',
            actions: ['fis:StopExperiment'],
            resources: [fis('experiment', '*')],
          }),
        ]),
    ...(traffic.kind === 'routing-control'
      ? [
          new PolicyStatement({
            sid: 'SwitchTraffic',
            actions: ['route53-recovery-cluster:UpdateRoutingControlStates'],
            resources: Object.values(traffic.controls),
          }),
        ]
      : []),
  ];
}
