import { type Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { assetOf } from './asset-of';
import { runbookAlarm } from './runbook-alarm';
import { acknowledgeWildcards } from './wildcards';

/** What one bundled handler needs to run. */
export interface BundledFunctionProps {
  /** Its folder in lib/handlers/ and in assets/. */
  readonly handler: string;
  readonly description: string;
  readonly memoryMib: number;
  readonly timeout: Duration;
  /** No secrets: whoever may read the configuration of the function reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** All that it may do besides writing its log. */
  readonly statements: readonly PolicyStatement[];
  /** Why statements have wildcards in their resources. */
  readonly wildcardReason?: string;
  /**
   * How long its log is kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * How long an event that could not be handled is kept: no longer than it is worth handling.
   * @default Duration.days(14)
   */
  readonly deadLettersKept?: Duration;
  /**
   * The network that it runs in.
   * @default - none: it reaches AWS, and nothing private
   */
  readonly network?: FunctionNetwork;
}

/** Where a function runs that has to reach what is private. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly securityGroup: ISecurityGroup;
}

/** What Lambda itself does with the role of a function in a network (Lambda Developer Guide: execution role permissions). */
const USE_NETWORK = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * A Lambda function that runs one of the handlers of this library, with a role that may do what the handler does and
 * nothing else, a log that ends some day, and a queue for the events that it could not handle.
 */
export class BundledFunction extends Construct {
  /** The function itself. */
  public readonly function: LambdaFunction;
  /** Events that the function could not handle, or that never reached it. */
  public readonly deadLetters: Queue;
  /** Rings while there are such events. */
  public readonly deadLettersAlarm: Alarm;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: props.deadLettersKept ?? Duration.days(14),
    });
    this.deadLettersAlarm = runbookAlarm(this, 'DeadLettersAlarm', {
      wrong: `${props.description}: events came that could not be handled`,
      section: 'dead-letters',
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      // an idle queue has no metrics
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), description: props.description });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'WriteLog',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    for (const statement of props.statements) {
      role.addToPolicy(statement);
    }
    if (props.network) {
      role.addToPolicy(new PolicyStatement({ sid: 'UseNetwork', actions: USE_NETWORK, resources: ['*'] }));
      acknowledgeWildcards(role, { resources: ['*'], reason: 'Lambda makes network interfaces whose ids nobody knows before.' });
    }
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: Code.fromAsset(assetOf(props.handler)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMib,
      timeout: props.timeout,
      environment: { ...props.environment },
      role,
      logGroup,
      deadLetterQueue: this.deadLetters,
      retryAttempts: 0,
      ...(props.network && {
        vpc: props.network.vpc,
        vpcSubnets: { subnets: [...props.network.subnets] },
        securityGroups: [props.network.securityGroup],
      }),
    });
    if (props.wildcardReason) {
      acknowledgeWildcards(role, { resources: props.statements.flatMap(({ resources }) => resources), reason: props.wildcardReason });
    }
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of the function itself.',
    });
  }
}
