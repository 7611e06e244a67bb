import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { ArnFormat, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { claimName, deploymentOf } from '../../core/private/claimed-names';
import { ownChild } from '../../core/private/own-child';
import { type SupportStackEnvironment, supportStackOf } from '../../core/private/support-stack';
import type { KeyFact } from '../../model/facts';
import { ownKey } from './own-key';

const ID = 'LiveCopiesKey';
const USE = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/** Services that keep live copies under the key, by the first part of their endpoint. */
export type KeyService = 's3' | 'rds' | 'dynamodb' | 'elasticfilesystem';

/** The key of the live copies of one stack in one other place, known by its alias: nothing refers to the key itself. */
export interface RecoveryKey {
  readonly stack: Stack;
  readonly key: Key;
  /** Without account and Region: `alias/recovery/...`. */
  readonly aliasName: string;
  /** What properties of the source name the key by. */
  readonly aliasArn: string;
  readonly fact: KeyFact;
}

/**
 * The key of all live copies that resources of the stack of `scope` have in another Region or account; made when first asked
 * for, in the support stack there, which nested stacks share with the one around them. It has nothing in common with any key
 * of the source, so losing that one loses no copy.
 */
export function recoveryKeyOf(scope: IConstruct, environment: SupportStackEnvironment, service: KeyService): RecoveryKey {
  const stack = supportStackOf(scope, environment);
  const aliasName = `alias/recovery/${stack.stackName}`;
  const key = ownChild(stack, ID, () => newKey(stack, aliasName));
  permit(stack, key, service);
  const aliasArn = Stack.of(scope).formatArn({
    service: 'kms',
    region: stack.region,
    account: stack.account,
    resource: aliasName,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
  return { stack, key, aliasName, aliasArn, fact: { kind: 'customer', id: Token.isUnresolved(aliasArn) ? key.node.path : aliasArn } };
}

function newKey(stack: Stack, aliasName: string): Key {
  claimName(stack, {
    kind: 'key alias',
    name: aliasName,
    stack,
    for: deploymentOf(stack),
    remedy: "give one of the stacks another 'stackName'",
  });
  return ownKey(stack, ID, {
    alias: aliasName,
    description: `Encrypts the live copies in ${stack.region} of the stack that ${stack.stackName} supports`,
  });
}

const permitted = new WeakMap<Key, Set<KeyService>>();

/** Lets principals of the account use the key through one service, each once. */
function permit({ account, region, urlSuffix }: Stack, key: Key, service: KeyService): void {
  const known = permitted.get(key) ?? new Set<KeyService>();
  permitted.set(key, known);
  if (known.has(service)) {
    return;
  }
  known.add(service);
  const conditions = { StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `${service}.${region}.${urlSuffix}` } };
  const principals = [new AnyPrincipal()];
  key.addToResourcePolicy(new PolicyStatement({ sid: `Use${sidOf(service)}`, principals, actions: USE, resources: ['*'], conditions }));
  if (service !== 's3') {
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: `Grant${sidOf(service)}`,
        principals,
        actions: ['kms:CreateGrant'],
        resources: ['*'],
        conditions: { ...conditions, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    );
  }
}

function sidOf(service: KeyService): string {
  return `Through${service.charAt(0).toUpperCase()}${service.slice(1)}`;
}
