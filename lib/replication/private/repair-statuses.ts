import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { StringListParameter } from 'aws-cdk-lib/aws-ssm';
import { JsonPath } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { hashOf } from './hash-of';

/** The replication statuses of objects that no destination has. */
const MISSING = ['NONE', 'FAILED'];

/** The replication statuses of objects that a former destination may have. */
export type ReplicatedStatus = 'COMPLETED' | 'REPLICA';

/** Steps that ask and tell which objects runs copy. */
export interface RepairStatuses {
  /** Puts the replication statuses of these objects at `$.Statuses`. */
  readonly read: CallAwsService;
  /** Leaves what was replicated to the runs before; keeps its input. */
  readonly settle: CallAwsService;
}

/**
 * Which objects runs copy: what is missing, and until a run has copied everything to where the rules lead now, also what was replicated,
 * because that may have been to somewhere else. A parameter keeps it. It is another one as soon as the rules lead elsewhere, so that
 * CloudFormation begins anew, also when they lead back.
 */
export function repairStatuses(
  scope: Construct,
  rules: readonly CfnBucket.ReplicationRuleProperty[],
  replicated: readonly ReplicatedStatus[],
): RepairStatuses {
  const parameter = new StringListParameter(scope, `Statuses-${hashOf(scope, waysOf(rules))}`, {
    description: `Replication statuses of the objects that the next run copies; a run that copied all of them leaves ${MISSING.join(', ')}`,
    stringListValue: [...MISSING, ...replicated],
  });
  const about = { service: 'ssm', iamResources: [parameter.parameterArn] };
  const read = new CallAwsService(scope, 'WhichObjects', {
    ...about,
    action: 'getParameter',
    iamAction: 'ssm:GetParameter',
    parameters: { Name: parameter.parameterName },
    resultSelector: { Statuses: JsonPath.stringSplit(JsonPath.stringAt('$.Parameter.Value'), ',') },
  });
  const settle = new CallAwsService(scope, 'AllAreThere', {
    ...about,
    action: 'putParameter',
    iamAction: 'ssm:PutParameter',
    parameters: { Name: parameter.parameterName, Value: MISSING.join(','), Overwrite: true },
    resultPath: JsonPath.DISCARD,
  });
  for (const step of [read, settle]) {
    step.addRetry({ errors: ['States.TaskFailed'], interval: Duration.seconds(30), maxAttempts: 5 });
  }
  return { read, settle };
}

/** Where the rules lead: which objects go there only matters where there are several places, else the others were never replicated. */
function waysOf(rules: readonly CfnBucket.ReplicationRuleProperty[]): unknown {
  const ways = rules.map(({ filter, destination }) => {
    const { bucket, account, encryptionConfiguration } = destination as CfnBucket.ReplicationDestinationProperty;
    return { place: { bucket, account, encryptionConfiguration }, filter };
  });
  const [{ place }] = ways;
  return ways.every((way) => JSON.stringify(way.place) === JSON.stringify(place)) ? place : ways;
}
