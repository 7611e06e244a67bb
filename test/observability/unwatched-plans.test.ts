import { Match, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Annotations, App, Stack, Stage } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Protection, RecoveryTier, RecoveryWatch } from '../../lib';

const env = { account: '111122223333', region: 'ap-northeast-1' };
const protectedIn = (scope: Construct, id = 'Orders', protections = ['Protection']) => {
  const stack = new Stack(scope, id, { env });
  for (const name of protections) {
    const table = new TableV2(stack, `${name}Table`, { partitionKey: { name: 'id', type: AttributeType.STRING } });
    new Protection(stack, name, { tier: RecoveryTier.LOW }).protect(table);
  }
  return stack;
};
const told = (stack: Stack) =>
  Warnings.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('cdk-recovery:planNotWatched'))
    .map(({ id, entry }) => [id, String(entry.data)]);

describe('a plan that no watch looks after', () => {
  test('is told once for a stack, with the first by name', () => {
    const app = new App();
    const [one, two] = [protectedIn(app), protectedIn(app, 'Carts', ['First', 'Second'])];
    expect(told(one)).toEqual([['/Orders', expect.stringMatching(/^no watch looks after 'Orders\/Protection\/[A-Z]\w+', so that/)]]);
    expect(told(two)).toEqual([['/Carts', expect.stringMatching(/^no watch looks after 'Carts\/First\/[A-Z]\w+' and 1 more, so that/)]]);
  });

  test('is no matter where a watch of the stage has all of them, in whatever stack', () => {
    const app = new App();
    const stack = protectedIn(app);
    new RecoveryWatch(new Stack(app, 'Watching', { env }), 'Watch');
    expect(told(stack)).toEqual([]);
  });

  test('is what every watch was told to leave out', () => {
    const stack = protectedIn(new App(), 'Orders', ['First', 'Second']);
    new RecoveryWatch(stack, 'Watch', { only: [stack.node.findChild('Second')] });
    expect(told(stack)).toEqual([['/Orders', expect.stringContaining("'Orders/First/")]]);
  });

  test('is what a watch had that was taken out again', () => {
    const stack = protectedIn(new App());
    new RecoveryWatch(stack, 'Watch');
    stack.node.tryRemoveChild('Watch');
    expect(told(stack)).toHaveLength(1);
  });

  test('is not covered by a watch of another stage', () => {
    const app = new App();
    const stack = protectedIn(new Stage(app, 'Prod'));
    new RecoveryWatch(protectedIn(new Stage(app, 'Test')), 'Watch');
    expect(told(stack)).toHaveLength(1);
  });

  test('is silent once that is acknowledged', () => {
    const stack = protectedIn(new App());
    Annotations.of(stack).acknowledgeWarning('cdk-recovery:planNotWatched', 'another tool looks');
    expect(told(stack)).toEqual([]);
  });
});

test('a stack that protects nothing has nothing to be watched', () => {
  const stack = new Stack(new App(), 'Empty', { env });
  new Protection(stack, 'Protection', { tier: RecoveryTier.LOW });
  expect(told(stack)).toEqual([]);
});
