import { type Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from './errors';
import { isAttached } from './inventory';

/** A physical name that exists once in an account and Region, once in an account, or once in all of AWS. */
export interface ClaimedName {
  /** What has the name, such as `vault`. */
  readonly kind: string;
  readonly name: string;
  /** Whether it exists once in an account, over all its Regions. */
  readonly acrossRegions?: boolean;
  /** Whether it exists once in all of AWS, as names of buckets do. */
  readonly everywhere?: boolean;
  /** The stack that it is deployed with. */
  readonly stack: Stack;
  /** What the claim is made for; the same thing may claim a name again, as when two stages stand for one deployment. */
  readonly for: string;
  /** How a user makes the names different. */
  readonly remedy: string;
}

interface Claim {
  readonly construct: IConstruct;
  readonly for: string;
}

const claims = new WeakMap<IConstruct, Map<string, Claim>>();

/**
 * Refuses a name that something else of the app has in the same account and Region: only the first of both would deploy,
 * or the second take the place of the first. Stacks of one app without an account are taken to be deployed to one account; where
 * the Region is only known at deploy time nobody can tell.
 */
export function claimName(construct: IConstruct, claimed: ClaimedName): void {
  const { kind, name, everywhere = false, acrossRegions = everywhere, stack, remedy } = claimed;
  const { account, region } = stack;
  const isOpen = Token.isUnresolved(region) && (!acrossRegions || Token.isUnresolved(account));
  if (Token.isUnresolved(name) || (isOpen && !everywhere)) {
    return;
  }
  const { root } = construct.node;
  const ofApp = claims.get(root) ?? new Map<string, Claim>();
  claims.set(root, ofApp);
  const key = [kind, everywhere ? 'any' : account, acrossRegions ? 'any' : region, name].join('/');
  const earlier = ofApp.get(key);
  if (earlier && earlier.for !== claimed.for && isAttached(earlier.construct)) {
    throw new ConfigurationError(
      'NameTaken',
      `the ${kind} name '${name}' is that of '${earlier.construct.node.path}' already, in ${everywhere ? 'all of AWS' : placeOf(stack, acrossRegions)}: ${remedy}`,
      construct,
    );
  }
  ofApp.set(key, { construct, for: claimed.for });
}

function placeOf({ account, region }: Stack, acrossRegions: boolean): string {
  return `${acrossRegions ? 'any Region' : region} of ${Token.isUnresolved(account) ? 'one account' : `account ${account}`}`;
}

/** Equal for stacks that are one and the same once they are deployed. */
export function deploymentOf({ account, region, stackName }: Stack): string {
  return [account, region, stackName].join('/');
}
