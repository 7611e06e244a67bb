import { AccountPrincipal, AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IResolvable, Lazy, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { insist } from '../../core/private/problems';
import { checkPolicyActions } from '../../model/limits';
import type { CopySource } from '../copy-source';
import type { VaultDeletion } from '../vault-deletion';
import { conditionsOf, requireCopySource } from './copy-sources';
import { requireNear } from './standalone';

const DELETING = ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'];
const CHANGING_POLICY = ['backup:DeleteBackupVaultAccessPolicy', 'backup:PutBackupVaultAccessPolicy'];
const ROLE = /^arn:[^:]+:iam::[^:]*:role\/(?!\**$).+$/;

/** The access policy of one vault: every statement as it was given, in that order. */
export class AccessPolicy {
  private readonly statements: PolicyStatement[] = [];

  constructor(private readonly scope: IConstruct) {}

  public add(statement: PolicyStatement): void {
    insist(this.scope, checkPolicyActions([...statement.actions, ...statement.notActions]));
    const aimless = statement.resources.length === 0 && statement.notResources.length === 0;
    const aimed = aimless ? statement.copy({ resources: ['*'] }) : statement;
    const [flaw] = aimed.validateForResourcePolicy();
    if (flaw) {
      throw new ConfigurationError(
        'InvalidAccessStatement',
        `'statement' cannot be in the access policy of a vault: ${flaw}: complete it`,
        this.scope,
      );
    }
    this.statements.push(aimed);
  }

  /** Denies deletion to everybody but the exempt roles. */
  public denyDeletion(deletion: VaultDeletion): void {
    if (!deletion.isDenied) {
      return;
    }
    const exempt = exemptArns(this.scope, deletion);
    if (deletion.policyChanges && exempt.length === 0) {
      throw new ConfigurationError(
        'PolicyLockout',
        "'policyChanges' is denied without an exempt role, so no deployment could ever change the policy again: exempt the role that deploys the stack",
        this.scope,
      );
    }
    this.add(
      new PolicyStatement({
        sid: 'DenyDeletion',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: deletion.policyChanges ? [...DELETING, ...CHANGING_POLICY] : DELETING,
        resources: ['*'],
        conditions: exempt.length === 0 ? undefined : { ArnNotLike: { 'aws:PrincipalArn': exempt } },
      }),
    );
  }

  /** Lets an account or organization copy recovery points into the vault. */
  public allowCopyFrom(source: CopySource): void {
    requireCopySource(this.scope, source);
    this.add(
      new PolicyStatement({
        principals: [source._kind === 'account' ? new AccountPrincipal(source.id) : new AnyPrincipal()],
        actions: ['backup:CopyIntoBackupVault'],
        resources: ['*'],
        conditions: conditionsOf(source),
      }),
    );
  }

  /** The document; nothing where there is no statement. */
  public render(): IResolvable {
    return Lazy.any({
      produce: () =>
        this.statements.length === 0
          ? undefined
          : { Version: '2012-10-17', Statement: this.statements.map((statement) => statement.toStatementJson()) },
    });
  }
}

/** The ARNs of the roles that a deny leaves out. */
export function exemptArns(scope: IConstruct, deletion: VaultDeletion): string[] {
  for (const arn of deletion.exemptRoleArns) {
    if (!Token.isUnresolved(arn) && !ROLE.test(arn)) {
      throw new ConfigurationError(
        'InvalidExemptRole',
        `'exemptRoleArns' has '${arn}', which is not the ARN of a role or exempts every role: name roles, such as 'arn:aws:iam::111122223333:role/BackupAdmin', or use VaultDeletion.allowed()`,
        scope,
      );
    }
  }
  return [...deletion.exemptRoles.map((role) => requireNear(scope, 'exemptRoles', role.roleRef.roleArn, role)), ...deletion.exemptRoleArns];
}
