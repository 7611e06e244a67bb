import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, Duration, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type AlarmRoute, notify } from '../../core/private/alarm-route';
import { BundledFunction } from '../../core/private/bundled-function';
import { descriptionOf } from '../../core/private/descriptions';
import { acknowledgeWildcards } from '../../core/private/wildcards';
import { MACHINE_VARIABLE, type VerificationConfig, type WorkflowConfig } from '../../model/verification';
import { workflowAlarms } from './workflow-alarms';
import { workflowDefinition } from './workflow-definition';
import { stepStatements, WILDCARD_REASON, watchStatements } from './workflow-permissions';

/** What the tests of the restores of one Region are made of. */
export interface RestoreWorkflowProps {
  /** What is verified; references in it become names at deploy time. */
  readonly config: VerificationConfig;
  /** Restore testing plans of this Region, by ARN. */
  readonly planArns: readonly string[];
  /**
   * Those of them that restore the newest recovery point, so that its age is held against the recovery point objective.
   * @default - none: only what checks find in the data is held against it
   */
  readonly latestPlanArns?: readonly string[];
  /** Functions that the workflow calls for checks: those of the library and those of users, by ARN. */
  readonly checkerArns: readonly string[];
  readonly evidence: { readonly bucket: IBucket; readonly key: IKey };
  readonly route: AlarmRoute;
  /**
   * How long it may take until what was restored can be used.
   * @default Duration.hours(2)
   */
  readonly patience?: Duration;
  /**
   * Class of the instance that a restored Aurora cluster is given.
   * @default 'db.t4g.medium'
   */
  readonly instanceClass?: string;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** How often the watch looks. */
const WATCH_EVERY = Duration.hours(1);
const MEMORY_MIB = 512;
/** The name of the policy that lets logs be delivered is short of room, which log groups that begin so take none of. */
const LOG_PREFIX = '/aws/vendedlogs/states/';

/**
 * Follows every restore of the plans: waits until it can be used, has it checked, cleans up, keeps evidence, and tells AWS Backup and
 * CloudWatch. One function takes the steps, another one starts them and watches over them, so that neither may do what it need not.
 */
export class RestoreWorkflow extends Construct {
  public readonly machine: StateMachine;
  public readonly alarms: readonly Alarm[];

  private readonly config: WorkflowConfig;
  private readonly props: RestoreWorkflowProps;

  constructor(scope: Construct, id: string, props: RestoreWorkflowProps) {
    super(scope, id);
    this.props = props;
    const { config, planArns, latestPlanArns = [], patience = Duration.hours(2), instanceClass = 'db.t4g.medium' } = props;
    this.config = { ...config, planArns, latestPlanArns, patienceMs: patience.toMilliseconds(), instanceClass };
    const stack = Stack.of(this);
    const name = Names.uniqueResourceName(this, { maxLength: 80, separator: '-' });
    // by its name, because the machine calls the functions, and the watch starts the machine
    const machineArn = stack.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const steps = this.makeFunction('Steps', 'Takes the steps of restore tests', machineArn, (target) =>
      stepStatements(stack, this.config, target),
    );
    const watch = this.makeFunction('Watch', 'Starts restore tests and watches over them', machineArn, (target) =>
      watchStatements(machineArn, this.config, target),
    );
    this.machine = this.makeMachine(name, steps);
    this.makeRules(machineArn, watch);
    this.alarms = [
      steps.deadLettersAlarm,
      watch.deadLettersAlarm,
      ...workflowAlarms(this, { config: this.config, every: WATCH_EVERY, route: props.route }),
    ];
    notify(steps.deadLettersAlarm, 'low', props.route);
    notify(watch.deadLettersAlarm, 'high', props.route);
  }

  private makeFunction(
    id: string,
    description: string,
    machineArn: string,
    statements: (target: { readonly bucketArn: string; readonly keyArn: string }) => readonly PolicyStatement[],
  ): BundledFunction {
    const { evidence, logRetention } = this.props;
    return new BundledFunction(this, id, {
      handler: 'verify',
      description: `${description} (${this.config.verification})`,
      memoryMib: MEMORY_MIB,
      timeout: Duration.minutes(2),
      environment: { [MACHINE_VARIABLE]: machineArn },
      statements: statements({ bucketArn: evidence.bucket.bucketArn, keyArn: evidence.key.keyArn }),
      wildcardReason: WILDCARD_REASON,
      logRetention,
    });
  }

  private makeMachine(name: string, { function: steps }: BundledFunction): StateMachine {
    const stack = Stack.of(this);
    const { checkerArns, logRetention = RetentionDays.THREE_MONTHS } = this.props;
    const role = new Role(this, 'MachineRole', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: descriptionOf('role', `Runs restore tests (${this.config.verification})`),
    });
    role.addToPolicy(
      new PolicyStatement({ sid: 'Call', actions: ['lambda:InvokeFunction'], resources: [steps.functionArn, ...new Set(checkerArns)] }),
    );
    const machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      role,
      definitionBody: DefinitionBody.fromString(
        stack.toJsonString(workflowDefinition({ stepsArn: steps.functionArn, partition: stack.partition, config: this.config })),
      ),
      logs: {
        // errors only: the input of states tells where secrets lie, and each execution keeps its history for 90 days anyway
        level: LogLevel.ERROR,
        destination: new LogGroup(this, 'Log', {
          logGroupName: `${LOG_PREFIX}${name}`,
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    acknowledgeWildcards(role, { resources: ['*'], reason: 'The delivery of logs knows no resource.' });
    Validations.of(machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason: 'Errors are logged; Step Functions keeps the history of each execution with every state for 90 days, which tells the rest.',
    });
    Validations.of(machine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason: 'Each execution has a history with the time of every call, and nothing called does more than a few calls itself.',
    });
    return machine;
  }

  private makeRules(machineArn: string, { function: watch, deadLetters }: BundledFunction): void {
    const target = (maxEventAge: Duration) => [
      new LambdaFunction(watch, { deadLetterQueue: deadLetters, maxEventAge, retryAttempts: 185 }),
    ];
    new Rule(this, 'Restored', {
      description: descriptionOf('schedule', `Restores for tests that have ended (${this.config.verification})`),
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Restore Job State Change'],
        detail: { status: ['COMPLETED', 'FAILED', 'ABORTED'], restoreTestingPlanArn: [...this.props.planArns] },
      },
      targets: target(Duration.hours(24)),
    });
    new Rule(this, 'BrokenOff', {
      description: descriptionOf('schedule', `Restore tests that were not finished (${this.config.verification})`),
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [machineArn] },
      },
      targets: target(Duration.hours(24)),
    });
    new Rule(this, 'Schedule', {
      description: descriptionOf('schedule', `Looks for restore tests that are missing or failed (${this.config.verification})`),
      schedule: Schedule.rate(WATCH_EVERY),
      targets: target(WATCH_EVERY),
    });
  }
}
