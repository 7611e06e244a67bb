import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type BucketAttributes, type BucketProps, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketReplication, type BucketReplicationProps } from '../../lib/replication';

export const TOKYO = { region: 'ap-northeast-1', account: '111122223333' };
export const OSAKA = 'ap-northeast-3';
export const BUNKER = '444455556666';
/** The replica of the bucket that `replicate` makes. */
export const REPLICA = 'orders-docs-9d6192a5-111122223333-ap-northeast-3';
export const PARTITION = { Ref: 'AWS::Partition' };

/** A bucket that exists in Osaka, as an import tells of it. */
export function imported(attributes: BucketAttributes = {}): IBucket {
  return Bucket.fromBucketAttributes(new Stack(), 'Copies', { bucketName: 'copies', region: OSAKA, ...attributes });
}

/** A key that exists. */
export function keyAt(arn: string): IKey {
  return Key.fromKeyArn(new Stack(), 'Key', arn);
}

/** A stack with a replicated bucket `Docs`. */
export interface Made {
  readonly app: App;
  readonly stack: Stack;
  readonly source: Bucket;
  readonly replication: BucketReplication;
  /** Of the stack of the source. */
  readonly own: Template;
  /** Of a support stack, by the end of its name. */
  support(suffix?: string): Template;
}

/** Replicates a bucket of a stack in Tokyo: to Osaka, unless the properties say where to. */
export function replicate(props: Partial<BucketReplicationProps> = {}, bucket: BucketProps = {}, env: object | undefined = TOKYO): Made {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env });
  const source = new Bucket(stack, 'Docs', bucket);
  const elsewhere = props.destination !== undefined || props.rules?.some(({ destination }) => destination) === true;
  const replication = new BucketReplication(stack, 'Replication', { source, ...(elsewhere ? {} : { recoveryRegion: OSAKA }), ...props });
  return {
    app,
    stack,
    source,
    replication,
    own: Template.fromStack(stack),
    support: (suffix = OSAKA) => Template.fromStack(app.node.findChild(`Orders-recovery-${suffix}`) as Stack),
  };
}

/** The one resource of a type whose logical id begins like this. */
export function only(
  template: Template,
  type: string,
  id = '',
): { readonly Properties: Record<string, unknown>; readonly [part: string]: unknown } {
  const found = Object.entries(template.findResources(type)).filter(([logicalId]) => logicalId.startsWith(id));
  expect(found.map(([logicalId]) => logicalId)).toHaveLength(1);
  return found[0][1] as never;
}

/** The replication rules of the source. */
export function rulesOf({ own }: Pick<Made, 'own'>): Record<string, unknown>[] {
  const { ReplicationConfiguration } = only(own, 'AWS::S3::Bucket', 'Docs').Properties;
  return (ReplicationConfiguration as { Rules: Record<string, unknown>[] }).Rules;
}

/** What a policy allows. */
export function statementsOf(template: Template, policy: string): unknown[] {
  return (only(template, 'AWS::IAM::Policy', policy).Properties.PolicyDocument as { Statement: unknown[] }).Statement;
}

/** The definition of a state machine, with what only deployment tells in angle brackets. */
export function definitionOf(
  template: Template,
  machine: string,
): { readonly States: Record<string, Record<string, unknown>>; readonly [part: string]: unknown } {
  const { DefinitionString } = only(template, 'AWS::StepFunctions::StateMachine', machine).Properties;
  const parts = (DefinitionString as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return JSON.parse(
    parts
      .map((part) =>
        typeof part === 'string'
          ? part
          : `<${Object.values(part as object)
              .flat()
              .join('.')}>`,
      )
      .join(''),
  );
}

/** The ARN of a bucket by its name, as a template has it. */
export function arnOf(name: string, rest = ''): unknown {
  return { 'Fn::Join': ['', ['arn:', PARTITION, `:s3:::${name}${rest}`]] };
}
