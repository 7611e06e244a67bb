import { createHash } from 'node:crypto';
import { Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { LIMITS } from '../../model/limits';
import { claimName, deploymentOf } from './claimed-names';
import { ConfigurationError } from './errors';
import { refuseForeignReferences } from './foreign-references';
import { outermostStackOf } from './outermost-stack';

/** Where a support stack is. */
export interface SupportStackEnvironment {
  readonly region: string;
  /** Left out: the account of the stack it supports. */
  readonly account?: string;
}

/**
 * The stack that holds what another stack needs in another Region or account; nested stacks share that of the one around them.
 *
 * Everything in it has a physical name by convention and nothing refers to the supported stack, so it deploys while the
 * primary Region is gone. The supported stack depends on it, for the order of deployment only.
 */
export function supportStackOf(scope: IConstruct, environment: SupportStackEnvironment): Stack {
  const supported = outermostStackOf(scope);
  const { region, account } = environment;
  requireEnvironment(scope, environment);
  const suffix = [account, region].filter((part) => part !== undefined).join('-');
  const owner = (Stage.of(supported) ?? supported.node.root) as Construct;
  const id = `${supported.node.path.slice(owner.node.path ? owner.node.path.length + 1 : 0).replace(/\//g, '-')}-recovery-${suffix}`;
  const existing = owner.node.tryFindChild(id);
  if (existing) {
    const found = requireSupportStack(scope, existing, environment);
    if (!supported.dependencies.includes(found)) {
      supported.addStackDependency(found);
    }
    return found;
  }
  const stack = new Stack(owner, id, {
    stackName: stackNameFor(supported, `-recovery-${suffix}${originOf(supported, account !== undefined)}`),
    description: `Recovery side of ${supported.stackName} in ${region}: holds copies of its recovery points and needs nothing from its Region`,
    env: { region, account: account ?? (Token.isUnresolved(supported.account) ? undefined : supported.account) },
    crossRegionReferences: false,
  });
  claimName(stack, {
    kind: 'stack',
    name: stack.stackName,
    stack,
    for: deploymentOf(supported),
    remedy:
      "give one of the stacks that they support another 'stackName', set 'env' of both where they are in different Regions or accounts, " +
      "or, where only a vault is there, make it yourself and hand it over as 'recoveryVault'",
  });
  supported.addStackDependency(stack);
  refuseForeignReferences(stack);
  return stack;
}

/** Refuses what is no Region or account, or is only known at deploy time. */
export function requireEnvironment(scope: IConstruct, { region, account }: SupportStackEnvironment): void {
  if (Token.isUnresolved(region)) {
    throw new ConfigurationError(
      'RegionUnknown',
      "the recovery Region is only known at deploy time: give it as plain text, such as 'ap-northeast-3'",
      scope,
    );
  }
  if (Token.isUnresolved(account)) {
    throw new ConfigurationError(
      'AccountUnknown',
      "the recovery account is only known at deploy time: give it as plain text, such as '111122223333'",
      scope,
    );
  }
  const home = Stack.of(scope).region;
  if (!Token.isUnresolved(home) && partitionOf(home) !== partitionOf(region)) {
    throw new ConfigurationError(
      'OtherPartition',
      `the recovery Region is ${region}, but ${home} is in another partition of AWS, from which nothing can be copied: choose a Region of the same one`,
      scope,
    );
  }
  const { regionName, accountId } = LIMITS;
  for (const [part, value, limit] of [['Region', region, regionName] as const, ['account', account, accountId] as const]) {
    if (value !== undefined && !limit.value.test(value)) {
      throw new ConfigurationError(
        'InvalidEnvironment',
        `the recovery ${part} is '${value}', but it has to be ${limit.unit}: correct it`,
        scope,
      );
    }
  }
}

/** The beginning of the names of Regions by which partitions other than the usual one are known. */
function partitionOf(region: string): string {
  return /^(?:cn|us-gov|us-iso[a-z]?|eu-isoe|eusc)(?=-)/.exec(region)?.[0] ?? '';
}

/** What a user has under the id of a support stack may be anything. */
function requireSupportStack(scope: IConstruct, found: IConstruct, { region, account }: SupportStackEnvironment): Stack {
  const { account: own } = Stack.of(scope);
  if (Stack.isStack(found) && found.region === region && found.account === (account ?? own)) {
    return found;
  }
  const message = `'${found.node.path}' is no stack of ${region}${account === undefined ? ' in the same account' : ` in account ${account}`}, but its id is that of the recovery side: rename it`;
  throw new ConfigurationError('NameTaken', message, scope);
}

/**
 * Where the supported stack is, as far as it is known: another app may have a stack of the same name in another Region or, where this
 * leaves the account, in another account, and one would take the place of the other.
 */
function originOf({ account, region }: Stack, leavesAccount: boolean): string {
  const parts = [leavesAccount ? account : undefined, region].filter((part) => part !== undefined && !Token.isUnresolved(part));
  return parts.length === 0 ? '' : `-from-${parts.join('-')}`;
}

/** The name by convention, shortened with a hash where it is too long for a stack. */
function stackNameFor({ stackName }: Stack, suffix: string): string {
  const max = LIMITS.stackNameLength.value;
  if (stackName.length + suffix.length <= max) {
    return `${stackName}${suffix}`;
  }
  const hash = createHash('sha256').update(stackName).digest('hex').slice(0, 8);
  return `${stackName.slice(0, max - suffix.length - hash.length - 1)}-${hash}${suffix}`;
}
