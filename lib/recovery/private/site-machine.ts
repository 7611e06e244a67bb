import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ContextAttribute, Schedule, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { BundledFunction } from '../../core/private/bundled-function';
import { descriptionOf } from '../../core/private/descriptions';
import { insist } from '../../core/private/problems';
import { acknowledgeWildcards } from '../../core/private/wildcards';
import { checkRecoverySize } from '../../model/limits/recovery';
import { type RecoveryNames, type RunInput, recoveryMachine, type SiteConfig } from '../../model/recovery';
import { DrillMode } from '../drill-mode';
import type { ArrangedDrill } from './arranged-drill';

interface SiteMachineProps {
  readonly agent: BundledFunction;
  readonly config: SiteConfig;
  readonly names: RecoveryNames;
  readonly drills: readonly ArrangedDrill[];
}

/** The policy that lets logs be delivered is short of room, which log groups that begin so take none of. */
const LOG_PREFIX = '/aws/vendedlogs/states/';

const DRILLS: Readonly<Record<DrillMode, Partial<RunInput>>> = {
  [DrillMode.REHEARSAL]: { kind: 'rehearsal' },
  [DrillMode.SWITCHOVER]: { kind: 'switchover', approved: true, thenBack: true },
  [DrillMode.FAULT_INJECTION]: { kind: 'failover', approved: true, injectFault: true, thenBack: true },
};

/** The state machine that makes its own site active, or a standby again, and the schedules of its drills. */
export class SiteMachine extends Construct {
  public readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { agent, config, names, drills }: SiteMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const definition = recoveryMachine({ agentArn: agent.function.functionArn, partition: stack.partition, config });
    const text = stack.toJsonString(definition);
    insist(this, checkRecoverySize(config.recovery, JSON.stringify(stack.resolve(config)).length));
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      description: descriptionOf('role', `Runs the recovery of ${config.recovery} at ${config.site}`),
    });
    role.addToPolicy(new PolicyStatement({ sid: 'Call', actions: ['lambda:InvokeFunction'], resources: [agent.function.functionArn] }));
    this.machine = new StateMachine(this, 'Resource', {
      stateMachineName: names.machine,
      role,
      definitionBody: DefinitionBody.fromString(text),
      logs: {
        level: LogLevel.ERROR,
        destination: new LogGroup(this, 'Log', {
          logGroupName: `${LOG_PREFIX}${names.machine}`,
          retention: RetentionDays.ONE_YEAR,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    acknowledgeWildcards(role, { resources: ['*'], reason: 'The delivery of logs knows no resource.' });
    Validations.of(this.machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason: 'Errors are logged; every step and what it found is kept in the register and in the evidence.',
    });
    Validations.of(this.machine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason: 'Each execution has a history with the time of every call, and nothing called does more than a few calls itself.',
    });
    if (drills.length > 0) {
      this.schedule(config, drills, agent);
    }
  }

  private schedule({ recovery }: SiteConfig, drills: readonly ArrangedDrill[], { deadLetters }: BundledFunction): void {
    const stack = Stack.of(this);
    const group = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const role = new Role(this, 'DrillRole', {
      description: descriptionOf('role', `EventBridge Scheduler starts drills of ${recovery} with it`),
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
      }),
    });
    drills.forEach(({ mode, schedule }, index) => {
      const input = { ...DRILLS[mode], id: `drill-${ContextAttribute.executionId}`, by: 'drill', drill: true };
      new Schedule(this, `Drill${index === 0 ? '' : index + 1}`, {
        schedule,
        description: descriptionOf('schedule', `Drill of the recovery of ${recovery}: ${mode.toLowerCase().replace('_', ' ')}`),
        // a drill that could not be started rings like any other event that nobody handled
        target: new StepFunctionsStartExecution(this.machine, {
          role,
          input: ScheduleTargetInput.fromObject(input),
          deadLetterQueue: deadLetters,
        }),
      });
    });
  }
}
