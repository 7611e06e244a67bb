import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Cluster,
  type ContainerDefinition,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargatePlatformVersion,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { type IRole, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CustomState, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { assetOf } from '../../core/private/asset-of';
import { ownChild } from '../../core/private/own-child';
import { acknowledgeWildcards } from '../../core/private/wildcards';
import type { KeeperSettings } from '../../model/self-managed';

/** Where tasks of the keeper run. */
export interface TaskNetwork {
  readonly vpc: IVpc;
  readonly subnets?: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
}

/** What a task of the keeper is and may do. */
export interface KeeperTaskProps {
  readonly settings: KeeperSettings;
  readonly network: TaskNetwork;
  readonly statements: readonly PolicyStatement[];
  readonly description: string;
  readonly scratchGib: number;
  readonly cpu: number;
  readonly memoryMib: number;
}

/** The folder of the image that is mounted for what is made before it is sent. */
export const SCRATCH = '/scratch';
const CONTAINER = 'keeper';
/** A lock of a task that was killed has expired by then. */
const RETRY_AFTER_SECONDS = 360;

/** A Fargate task that runs the keeper, with a role that may do what this one command needs and nothing else. */
export class KeeperTask extends Construct {
  /** What it acts as. */
  public readonly role: IRole;
  private readonly definition: FargateTaskDefinition;
  private readonly container: ContainerDefinition;
  private readonly network: TaskNetwork;

  constructor(scope: Construct, id: string, { settings, network, statements, description, scratchGib, cpu, memoryMib }: KeeperTaskProps) {
    super(scope, id);
    this.network = network;
    this.definition = new FargateTaskDefinition(this, 'Task', {
      cpu,
      memoryLimitMiB: memoryMib,
      ephemeralStorageGiB: scratchGib,
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
      volumes: [{ name: 'scratch' }],
    });
    this.role = this.definition.taskRole;
    for (const statement of statements) {
      this.definition.addToTaskRolePolicy(statement);
    }
    acknowledgeWildcards(this.definition.taskRole as Role, {
      resources: statements.flatMap(({ resources }) => resources),
      reason: 'ids of backups are made when they begin: all of one source lie below its prefix.',
    });
    this.container = this.definition.addContainer(CONTAINER, {
      image: ContainerImage.fromAsset(assetOf('keeper'), { platform: Platform.LINUX_ARM64 }),
      environment: { KEEPER_SETTINGS: Stack.of(this).toJsonString(settings), HOME: SCRATCH, TMPDIR: SCRATCH },
      readonlyRootFilesystem: true,
      stopTimeout: Duration.minutes(2),
      logging: LogDriver.awsLogs({
        streamPrefix: description,
        logGroup: new LogGroup(this, 'Log', { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY }),
      }),
    });
    Validations.of(this.definition).acknowledge({
      id: 'AwsSolutions-ECS2',
      reason: 'the settings of the keeper hold no secret: it reads those that they name when it needs them',
    });
    this.container.addMountPoints({ sourceVolume: 'scratch', containerPath: SCRATCH, readOnly: false });
    acknowledgeWildcards(this.definition.obtainExecutionRole() as Role, {
      resources: ['*'],
      reason: 'ecr:GetAuthorizationToken has no resource (Service Authorization Reference: Amazon ECR).',
    });
  }

  /**
   * The step of a state machine that runs it to its end; a command may be JSONata. Written out, for EcsRunTask of aws-cdk-lib lets the machine stop every
   * task of the account.
   */
  public step(scope: Construct, id: string, command: string[] | string, retries = 2): CustomState {
    const { vpc, subnets, securityGroups } = this.network;
    return new CustomState(scope, id, {
      stateJson: {
        Type: 'Task',
        QueryLanguage: 'JSONata',
        Resource: `arn:${Aws.PARTITION}:states:::ecs:runTask.sync`,
        Arguments: {
          Cluster: clusterOf(this, vpc).clusterArn,
          TaskDefinition: this.definition.taskDefinitionArn,
          LaunchType: 'FARGATE',
          PlatformVersion: FargatePlatformVersion.VERSION1_4,
          NetworkConfiguration: {
            AwsvpcConfiguration: {
              AssignPublicIp: 'DISABLED',
              Subnets: vpc.selectSubnets(subnets).subnetIds,
              SecurityGroups: securityGroups.map(({ securityGroupId }) => securityGroupId),
            },
          },
          Overrides: { ContainerOverrides: [{ Name: CONTAINER, Command: command }] },
        },
        // what a task was like is in its log, and an execution has room for little
        Output: { task: '{% $states.result.TaskArn %}' },
        ...(retries > 0 && {
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: RETRY_AFTER_SECONDS, MaxAttempts: retries, BackoffRate: 1 }],
        }),
      },
    });
  }

  /** Lets a state machine run it, see how it fares and stop it (Step Functions Developer Guide: IAM policies for Amazon ECS). */
  public letRun(machine: StateMachine): void {
    const stack = Stack.of(this);
    const cluster = clusterOf(this, this.network.vpc);
    const tasks = stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` });
    const events = stack.formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForECSTaskRule' });
    const roles = [this.definition.taskRole, this.definition.obtainExecutionRole()].map(({ roleArn }) => roleArn);
    const role = machine.role as Role;
    for (const [sid, actions, resources, conditions] of [
      ['RunTask', ['ecs:RunTask'], [this.definition.taskDefinitionArn], { ArnEquals: { 'ecs:cluster': cluster.clusterArn } }],
      ['FollowTask', ['ecs:StopTask', 'ecs:DescribeTasks'], [tasks], undefined],
      ['HearOfTasks', ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [events], undefined],
      ['PassRoles', ['iam:PassRole'], roles, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }],
    ] as const) {
      role.addToPrincipalPolicy(new PolicyStatement({ sid, actions: [...actions], resources: [...resources], conditions }));
    }
    acknowledgeWildcards(role, { resources: [tasks], reason: 'tasks get their ids when they are made.' });
  }
}

/** One cluster for all tasks of a stack in a network: it costs nothing by itself. */
function clusterOf(scope: Construct, vpc: IVpc): Cluster {
  const stack = Stack.of(scope);
  const id = `KeeperCluster${vpc.node.addr.slice(-8)}`;
  return ownChild(stack, id, () => {
    const cluster = new Cluster(stack, id, { vpc, containerInsightsV2: ContainerInsights.DISABLED });
    Validations.of(cluster).acknowledge({
      id: 'AwsSolutions-ECS4',
      reason: 'runs short tasks, whose state machines and logs tell how they fare',
    });
    return cluster;
  });
}
