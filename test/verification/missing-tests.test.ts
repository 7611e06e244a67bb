import { Template } from 'aws-cdk-lib/assertions';
import { CfnDBCluster as CfnDocumentCluster } from 'aws-cdk-lib/aws-docdb';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnInstance, CfnVolume } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnFileSystem as CfnLustre } from 'aws-cdk-lib/aws-fsx';
import { CfnDBCluster as CfnGraphCluster } from 'aws-cdk-lib/aws-neptune';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Protection, RecoveryTier, RestoreTests } from '../../lib';
import { watch } from '../../lib/handlers/verify/watch';
import { abilitiesOf, RESOURCE_TYPES, type ResourceType } from '../../lib/model/services';
import { DAY, HOUR } from '../../lib/model/time';
import { Aws, MACHINE, NOW } from '../handlers/verify/fakes';

/** One of each type that a verification restores by itself. */
const RESOURCES: Readonly<Partial<Record<ResourceType, (stack: Stack) => IConstruct>>> = {
  RDS: (stack) => new CfnDBInstance(stack, 'One', { engine: 'postgres', dbInstanceClass: 'db.t4g.medium', allocatedStorage: '20' }),
  RDSCluster: (stack) => new CfnDBCluster(stack, 'One', { engine: 'postgres', dbClusterInstanceClass: 'db.m6gd.large' }),
  Aurora: (stack) => new CfnDBCluster(stack, 'One', { engine: 'aurora-mysql' }),
  DocumentDB: (stack) => new CfnDocumentCluster(stack, 'One', {}),
  Neptune: (stack) => new CfnGraphCluster(stack, 'One', {}),
  DynamoDB: (stack) => new CfnTable(stack, 'One', { keySchema: [{ attributeName: 'id', keyType: 'HASH' }] }),
  S3: (stack) => new CfnBucket(stack, 'One', { versioningConfiguration: { status: 'Enabled' } }),
  EBS: (stack) => new CfnVolume(stack, 'One', { availabilityZone: 'ap-northeast-1a', size: 8 }),
  EC2: (stack) => new CfnInstance(stack, 'One', { imageId: 'ami-1' }),
  EFS: (stack) => new CfnFileSystem(stack, 'One', { encrypted: true }),
  FSxLustre: (stack) =>
    new CfnLustre(stack, 'One', {
      fileSystemType: 'LUSTRE',
      subnetIds: ['subnet-1'],
      lustreConfiguration: { deploymentType: 'PERSISTENT_2' },
    }),
};
/** Restored for a test only where it is said to which directory or virtual machine: by plans of the user, which no verification watches. */
const BY_HAND: readonly ResourceType[] = ['FSxWindows', 'FSxONTAP', 'FSxOpenZFS'];
/** Seven days from one test to the next, and the longest that a start and a validation window may be. */
const LONGEST_DUE = 7 * DAY + 168 * HOUR + 168 * HOUR;

/** The definition of the state machine as it is deployed, with a logical id in place of each name that only deployment tells. */
function definitionFor(make: (stack: Stack) => IConstruct): string {
  const stack = new Stack(new App(), 'Shop', { env: { account: '111122223333', region: 'ap-northeast-1' } });
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
  protection.protect(make(stack), { restoreTests: RestoreTests.weekly() });
  const [machine] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
  const parts: unknown[] = machine?.Properties.DefinitionString['Fn::Join'][1];
  return parts.map((part) => (typeof part === 'string' ? part : String(Object.values(part as object).flat()[0]))).join('');
}

test('every type that AWS Backup restores for tests is looked at here, but for those that need a directory', () => {
  const restored = RESOURCE_TYPES.filter((type) => abilitiesOf(type).restoreTesting !== undefined);
  expect([...Object.keys(RESOURCES), ...BY_HAND].sort()).toEqual([...restored].sort());
});

describe.each(Object.entries(RESOURCES))('what is of type %s and to be tested every week, but never is', (_type, make) => {
  const aws = new Aws();
  beforeAll(() => {
    aws.jobs.length = 0;
    aws.definition = definitionFor(make);
    aws.machineCreatedMs = NOW;
  });

  test.each<[string, number | undefined]>([
    ['has recovery points', NOW - DAY],
    ['has no recovery point either', undefined],
  ])('is missing once its first test is overdue, where it %s', async (_case, oldest) => {
    aws.oldestPoint = oldest;
    aws.nowMs = NOW + 7 * DAY;
    expect(await watch(MACHINE, aws.watch)).toMatchObject({ missing: 0 });
    aws.nowMs = NOW + LONGEST_DUE;
    expect(await watch(MACHINE, aws.watch)).toMatchObject({ missing: 1, failed: 0 });
  });
});
