import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { BucketReplication, type BucketReplicationProps } from '../../lib/replication';
import { OSAKA, TOKYO } from './buckets';

function replicated(scope: Construct, count: number, props: Partial<BucketReplicationProps> = {}): void {
  for (let index = 0; index < count; index++) {
    const source = new Bucket(scope, `B${index}`);
    new BucketReplication(scope, `R${index}`, { source, recoveryRegion: OSAKA, repair: false, ...props });
  }
}

const orders = (app = new App()) => new Stack(app, 'Orders', { env: TOKYO });
const count = (stack: Stack) => Object.keys(Template.fromStack(stack).toJSON().Resources).length;
const supportOf = (stack: Stack, id = 'Orders') => stack.node.root.node.findChild(`${id}-recovery-${OSAKA}`) as Stack;
const rules = (many: number) => Array.from({ length: many }, (_, index) => ({ prefix: `p${index}/` }));

describe('many replicated buckets', () => {
  test('take four resources each in their stack and three in that of the recovery side', () => {
    const [few, more] = [1, 2].map((many) => {
      const stack = orders();
      replicated(stack, many);
      return [count(stack), count(supportOf(stack))];
    });
    expect([more[0] - few[0], more[1] - few[1]]).toEqual([4, 3]);
  });

  test('take eleven more where they are repaired', () => {
    const [few, more] = [1, 2].map((many) => {
      const stack = orders();
      replicated(stack, many, { repair: true });
      return count(stack);
    });
    expect(more - few).toBe(4 + 11);
  });

  test('fail in one stack where they are more than it takes', () => {
    const stack = orders();
    replicated(stack, 126);
    expect(() => (stack.node.root as App).synth()).toThrow(
      /'Orders' has 5\d\d resources.*at most 500: divide the buckets among several stacks.*\(TooManyReplicationResources at 'Orders'\)/,
    );
  });

  const limited = (most: string) => orders(new App({ context: { '@aws-cdk/core:stackResourceLimit': most } }));

  test('fail on the recovery side, which nested stacks share', () => {
    const stack = limited('20');
    for (const id of ['One', 'Two']) {
      replicated(new NestedStack(stack, id), 4);
    }
    expect(() => (stack.node.root as App).synth()).toThrow(
      /'Orders-recovery-ap-northeast-3' has 26 resources.*at most 20.*\(TooManyReplicationResources at 'Orders-recovery-ap-northeast-3'\)/,
    );
  });

  test('fit where nested stacks divide them', () => {
    const stack = limited('20');
    replicated(stack, 1);
    replicated(new NestedStack(stack, 'Nested'), 4);
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });

  test('fail for more rules than a stack has room for alarms', () => {
    const stack = limited('20');
    replicated(stack, 1, { rules: rules(21) });
    expect(() => (stack.node.root as App).synth()).toThrow(
      /join rules, each of which has an alarm in either.*\(TooManyReplicationResources/,
    );
  });

  test.each(['25', '0'])('fit where the app allows %s resources', (most) => {
    const stack = limited(most);
    replicated(stack, 1, { rules: rules(21) });
    expect(count(stack)).toBe(24);
  });
});

describe('alarms on queries', () => {
  const warned = (many: number, bucketName?: string) => {
    const stack = orders();
    const source = new Bucket(stack, 'Docs', { bucketName });
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA, repair: false, rules: rules(many) });
    return Annotations.fromStack(stack).findWarning('/Orders/Replication', Match.stringLikeRegexp('tooManyInsightsAlarms'));
  };

  test.each<[string, number, string | undefined, number]>([
    ['pass where they are 200', 200, undefined, 0],
    ['are warned of once where they are more', 203, undefined, 1],
    ['are none where the source has a name', 203, 'orders-docs', 0],
  ])('%s', (_case, many, bucketName, warnings) => {
    expect(warned(many, bucketName)).toHaveLength(warnings);
  });
});
