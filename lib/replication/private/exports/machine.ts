import { Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { DefinitionBody, type IChainable, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { SECOND } from '../../../model/time';

/** Makes a state machine; each call in its chain brings the permission that it needs. */
export function machineOf(scope: Construct, chain: IChainable, comment: string, timeoutMs: number): StateMachine {
  const machine = new StateMachine(scope, 'Machine', {
    definitionBody: DefinitionBody.fromChainable(chain),
    queryLanguage: QueryLanguage.JSONATA,
    comment,
    timeout: Duration.seconds(Math.floor(timeoutMs / SECOND)),
  });
  for (const id of ['AwsSolutions-SF1', 'AwsSolutions-SF2']) {
    Validations.of(machine).acknowledge({
      id,
      reason: 'Step Functions keeps the history of each execution with every call for 90 days, which tells all there is to know about it',
    });
  }
  return machine;
}

/** Lets a machine see its own executions: by a policy apart, because its role cannot wait for the machine. */
export function letSeeItself(scope: Construct, machine: StateMachine): void {
  const policy = new Policy(scope, 'ListPolicy', {
    statements: [new PolicyStatement({ actions: ['states:ListExecutions'], resources: [machine.stateMachineArn] })],
  });
  policy.attachToRole(roleOf(machine));
}

/** The role that a state machine makes for itself. */
export function roleOf({ role }: StateMachine): Role {
  return role as Role;
}
