import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { restoreRoleOf } from '../../core/private/backup-roles';
import type { TestedResource } from './tested-resources';

const USE = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

/** Lets the restore role of the stack use the keys of the vault and of the resources, and hand instances the role they had. */
export function permitRestores(scope: IConstruct, vault: IBackupVaultRef, resources: readonly TestedResource[]): void {
  const stack = Stack.of(scope);
  const role = restoreRoleOf(scope, [...new Set(resources.map(({ target }) => target.type))]);
  const keys = new Set(
    [vaultKeyOf(vault), ...resources.flatMap(({ target }) => keyNamesIn(target.cfn))].filter(
      (key): key is string => key !== undefined && isNear(stack, key),
    ),
  );
  if (keys.size > 0) {
    role.addToPolicy(new PolicyStatement({ sid: 'UseKeysOfRestoreTests', actions: USE, resources: [...keys] }));
    role.addToPolicy(
      new PolicyStatement({
        sid: 'GrantKeysOfRestoreTests',
        actions: ['kms:CreateGrant'],
        resources: [...keys],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    );
  }
  const roles = resources.flatMap(({ target, specs }) => {
    const { role: own } = target.construct as { readonly role?: { readonly roleArn?: string } };
    return target.type === 'EC2' && own?.roleArn && specs.some((spec) => spec.kind === 'instance' && spec.command) ? [own.roleArn] : [];
  });
  if (roles.length > 0) {
    role.addToPolicy(
      new PolicyStatement({
        sid: 'PassRolesOfRestoredInstances',
        actions: ['iam:PassRole'],
        resources: [...new Set(roles)],
        conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      }),
    );
  }
}

function vaultKeyOf(vault: IBackupVaultRef): string | undefined {
  return (vault as { readonly encryptionKey?: IKeyRef }).encryptionKey?.keyRef?.keyArn;
}

function keyNamesIn(cfn: unknown): readonly (string | undefined)[] {
  const { kmsKeyId } = (cfn ?? {}) as { readonly kmsKeyId?: unknown };
  return typeof kmsKeyId === 'string' ? [kmsKeyId] : [];
}

/** A whole ARN in the stack of the role: a key of another stack lets the role by its own policy. */
function isNear(stack: Stack, key: string): boolean {
  if (!Token.isUnresolved(key)) {
    return key.startsWith('arn:');
  }
  const { target } = (Tokenization.reverse(key, { failConcat: false }) ?? {}) as { readonly target?: IConstruct };
  return target !== undefined && Stack.of(target) === stack;
}
