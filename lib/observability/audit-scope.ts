import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { insist } from '../core/private/problems';
import { AUDIT_LIMITS, checkAuditRange, checkTag } from '../model/limits';
import type { AuditedResourceType } from './audited-resource-type';

/** A scope as CloudFormation writes it: the L1 hands it on as it is. */
interface ScopeProperties {
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly ComplianceResourceTypes?: readonly string[];
  readonly ComplianceResourceIds?: readonly string[];
}

/** What a control evaluates. Which scopes a control knows is said with the control. */
export class AuditScope {
  /**
   * What has this one tag. Recovery points have the tags of their resources.
   * @param key key of the tag
   * @param value its value; left out: any
   */
  public static tag(key: string, value = ''): AuditScope {
    return new AuditScope('tag', { Tags: [{ Key: key, Value: value }] });
  }

  /** Everything of these types. */
  public static types(...types: AuditedResourceType[]): AuditScope {
    return new AuditScope('types', { ComplianceResourceTypes: types });
  }

  /**
   * Single resources of one type, 1 to 100 (AWS Backup API model); its documentation speaks of one.
   * @param type the type, such as `RDS` or `AWS::Backup::BackupVault`
   * @param ids their ids, such as the name of a vault or the id of a plan
   */
  public static resources(type: string, ...ids: string[]): AuditScope {
    return new AuditScope('resources', { ComplianceResourceTypes: [type], ComplianceResourceIds: ids });
  }

  private constructor(
    private readonly kind: string,
    private readonly rendered: ScopeProperties,
  ) {}

  /**
   * As the template has it; refuses what can never deploy, and a kind that the control does not know.
   * @internal
   */
  public _render(owner: IConstruct, control: string, kinds: readonly string[]): ScopeProperties {
    if (!kinds.includes(this.kind)) {
      throw new ConfigurationError(
        'AuditScopeUnsupported',
        `'scope' of ${control} is by ${this.kind}, but this control knows only a scope by ${kinds.join(', by ')}: choose one or leave it out`,
        owner,
      );
    }
    const { Tags: tags, ComplianceResourceTypes: types, ComplianceResourceIds: ids } = this.rendered;
    if (types?.length === 0) {
      throw new ConfigurationError('AuditScopeEmpty', `'scope' of ${control} is by types but lists none: list one or leave it out`, owner);
    }
    insist(owner, checkAuditRange('scope', ids?.length, AUDIT_LIMITS.scopeIds.value, AUDIT_LIMITS.scopeIds.unit));
    const [tag] = tags ?? [];
    if (tag && !Token.isUnresolved(tag.Key)) {
      insist(owner, checkTag('scope', tag.Key, Token.isUnresolved(tag.Value) ? undefined : tag.Value));
    }
    return this.rendered;
  }

  /** @internal */
  public _fits(kinds: readonly string[]): boolean {
    return kinds.includes(this.kind);
  }
}
