import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Lets a role be handed over to one service, and to no other that would take it. */
export function passRole({ roleArn }: IRole, service: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': service } },
  });
}
