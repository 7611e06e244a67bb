import { Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { ConfigurationError } from './errors';

/** Where a support stack is. */
export interface SupportStackEnvironment {
  readonly region: string;
  /** Left out: the account of the stack it supports. */
  readonly account?: string;
}

/**
 * The stack that holds what another stack needs in another Region or account.
 *
 * Everything in it has a physical name by convention and nothing refers to the supported stack, so it deploys while the
 * primary Region is gone. The supported stack depends on it, for the order of deployment only.
 */
export function supportStackOf(scope: IConstruct, environment: SupportStackEnvironment): Stack {
  const supported = Stack.of(scope);
  const { region, account } = environment;
  if (Token.isUnresolved(region)) {
    throw new ConfigurationError(
      'RegionUnknown',
      "the recovery Region is only known at deploy time: give it as plain text, such as 'ap-northeast-3'",
      scope,
    );
  }
  const suffix = [account, region].filter((part) => part !== undefined).join('-');
  const owner = (Stage.of(supported) ?? supported.node.root) as Construct;
  const id = `${supported.node.path.slice(owner.node.path ? owner.node.path.length + 1 : 0).replace(/\//g, '-')}-recovery-${suffix}`;
  const existing = owner.node.tryFindChild(id) as Stack | undefined;
  if (existing) {
    return existing;
  }
  const stack = new Stack(owner, id, {
    stackName: `${supported.stackName}-recovery-${suffix}`,
    description: `Recovery side of ${supported.stackName} in ${region}: holds copies of its recovery points and needs nothing from its Region`,
    env: { region, account: account ?? (Token.isUnresolved(supported.account) ? undefined : supported.account) },
    crossRegionReferences: false,
  });
  supported.addStackDependency(stack);
  return stack;
}
