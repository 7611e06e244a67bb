import { AccountPrincipal, AccountRootPrincipal, AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, type IKeyRef, Key } from 'aws-cdk-lib/aws-kms';
import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { warn } from '../../core/private/problems';
import { LIMITS } from '../../model/limits';
import type { CopySource } from '../copy-source';
import type { VaultDeletion } from '../vault-deletion';
import { exemptArns } from './access-policy';
import { conditionsOf } from './copy-sources';
import { requireNear } from './standalone';

const USE = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
const FOR_AWS = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };

/** Options of the key that a vault makes for itself. */
export interface OwnKeyOptions {
  readonly vaultName: string;
  readonly deletion: VaultDeletion;
  readonly removalPolicy: RemovalPolicy;
}

/** A key of the vault's own: rotated, used through AWS Backup only, and with the longest waiting period before it is gone. */
export function ownKey(scope: Construct, { vaultName, deletion, removalPolicy }: OwnKeyOptions): Key {
  const retained = removalPolicy !== RemovalPolicy.DESTROY;
  return new Key(scope, 'Key', {
    alias: Token.isUnresolved(vaultName) ? undefined : `alias/backup/${vaultName}`,
    description: `Encrypts the recovery points of vault ${vaultName}`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(LIMITS.keyWaitingPeriod.value.max),
    policy: new PolicyDocument({
      statements: statementsOf(scope, retained && deletion.isDenied ? deletion : undefined),
    }),
    // the denial of deletion would make CloudFormation fail to roll back any other policy
    removalPolicy: retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}

function statementsOf(scope: IConstruct, deletion: VaultDeletion | undefined): PolicyStatement[] {
  const { account, region, urlSuffix } = Stack.of(scope);
  const through = { 'kms:CallerAccount': account, 'kms:ViaService': `backup.${region}.${urlSuffix}` };
  const statements = [
    new PolicyStatement({ sid: 'AdministerByIam', principals: [new AccountRootPrincipal()], actions: ['kms:*'], resources: ['*'] }),
    new PolicyStatement({
      sid: 'UseThroughBackup',
      principals: [new AnyPrincipal()],
      actions: USE,
      resources: ['*'],
      conditions: { StringEquals: through },
    }),
    new PolicyStatement({
      sid: 'GrantThroughBackup',
      principals: [new AnyPrincipal()],
      actions: ['kms:CreateGrant'],
      resources: ['*'],
      conditions: { StringEquals: through, ...FOR_AWS },
    }),
  ];
  if (deletion) {
    const exempt = exemptArns(scope, deletion);
    statements.push(
      new PolicyStatement({
        sid: 'DenyDeletion',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:ScheduleKeyDeletion'],
        resources: ['*'],
        conditions: exempt.length === 0 ? undefined : { ArnNotLike: { 'aws:PrincipalArn': exempt } },
      }),
    );
  }
  return statements;
}

/** Checks that a key can encrypt a vault of `scope`: KMS keys are used in their own Region only. */
export function requireKeyNear(scope: IConstruct, key: IKeyRef): string {
  const arn = requireNear(scope, 'encryptionKey', key.keyRef.keyArn, key);
  const { region } = Stack.of(scope);
  const [, , , home] = Token.isUnresolved(arn) ? [] : arn.split(':');
  if (home && !Token.isUnresolved(region) && home !== region) {
    throw new ConfigurationError(
      'KeyElsewhere',
      `'encryptionKey' is in ${home}, but the vault in ${region}: take a key of ${region}`,
      scope,
    );
  }
  return arn;
}

/** Lets those who copy into a vault use its key; AWS Backup re-encrypts each copy with it. */
export function allowUse(scope: IConstruct, key: IKeyRef, source: CopySource): void {
  const principals = [source._kind === 'account' ? new AccountPrincipal(source.id) : new AnyPrincipal()];
  const conditions = conditionsOf(source);
  const add = (statement: PolicyStatement): boolean => (key as Partial<IKey>).addToResourcePolicy?.(statement)?.statementAdded ?? false;
  const added = [
    new PolicyStatement({ principals, actions: USE, resources: ['*'], conditions }),
    new PolicyStatement({ principals, actions: ['kms:CreateGrant'], resources: ['*'], conditions: { ...conditions, ...FOR_AWS } }),
  ].map(add);
  if (added.includes(false)) {
    warn(
      scope,
      'KeyPolicyOutOfReach',
      `'encryptionKey' is '${key.node.path}', whose policy this app cannot change: let ${source.id} do ${[...USE, 'kms:CreateGrant'].join(', ')} there, or copies fail`,
    );
  }
}
