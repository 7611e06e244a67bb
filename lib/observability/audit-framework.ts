import { CfnFramework, type FrameworkReference } from 'aws-cdk-lib/aws-backup';
import { type IResolveContext, Lazy, Resource, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { known } from '../core/private/known';
import { insist, warn } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import { AUDIT_LIMITS, checkAuditRange, checkName } from '../model/limits';
import type { AuditControl } from './audit-control';
import type { AuditScope } from './audit-scope';
import type { IAuditFramework } from './iaudit-framework';
import { controlsOnRecord } from './private/audit-controls-on-record';
import { auditName, requireRecorder, tooMany } from './private/audit-surroundings';

/** Properties of an AuditFramework. */
export interface AuditFrameworkProps {
  /**
   * The controls of the framework; one account and Region has at most 50 in all its frameworks (AWS Backup Developer Guide: quotas).
   * @default - what the protections on record promise, see `derived`
   */
  readonly controls?: AuditControl[];
  /**
   * Whether controls are derived from what is on record in the stage, for resources in the Region of the framework: that they are
   * in a plan, how old the newest recovery point may be, how long recovery points are kept, that they are encrypted, copied to
   * another Region or account, locked, air-gapped, and how long a restore may take. Where resources differ, the loosest promise
   * counts. What `controls` has already is not derived again.
   * @default - only where no `controls` are given
   */
  readonly derived?: boolean;
  /**
   * What derived controls evaluate, where they know such a scope.
   * @default - resources of the types that are promised something
   */
  readonly derivedScope?: AuditScope;
  /**
   * Name of the framework: 1 to 256 letters, digits or `_`, the first a letter. Another name replaces the framework.
   * @default - the path of the construct, with a hash
   */
  readonly frameworkName?: string;
  /**
   * A description, at most 1024 characters.
   * @default - none
   */
  readonly description?: string;
}

/**
 * Asks AWS Backup Audit Manager every day whether what is promised is so. It needs AWS Config to record in the account and Region.
 * @example
 * new AuditFramework(this, 'Audit');
 */
export class AuditFramework extends Resource implements IAuditFramework {
  /** References a framework that this app does not define, in the Region and account of its ARN. */
  public static fromFrameworkArn(scope: Construct, id: string, frameworkArn: string): IAuditFramework {
    class Import extends Resource implements IAuditFramework {
      public readonly frameworkArn = frameworkArn;
      public get frameworkRef(): FrameworkReference {
        return { frameworkArn: this.frameworkArn };
      }
    }
    return new Import(scope, id, { environmentFromArn: frameworkArn });
  }

  /**
   * The ARN of the framework.
   * @attribute
   */
  public readonly frameworkArn: string;
  /** The name of the framework. */
  public readonly frameworkName: string;

  private readonly controls: AuditControl[] = [];
  private readonly derived: boolean;
  private readonly derivedScope?: AuditScope;
  private onRecord?: readonly AuditControl[];

  constructor(scope: Construct, id: string, props: AuditFrameworkProps = {}) {
    super(scope, id);
    this.frameworkName = props.frameworkName ?? auditName(this);
    insist(
      this,
      checkName('framework', 'frameworkName', known(this.frameworkName)),
      checkAuditRange('description', known(props.description)?.length, AUDIT_LIMITS.description.value, AUDIT_LIMITS.description.unit),
    );
    this.derived = props.derived ?? props.controls === undefined;
    this.derivedScope = props.derivedScope;
    const framework = new CfnFramework(this, 'Resource', {
      frameworkName: this.frameworkName,
      frameworkDescription: props.description,
      frameworkControls: Lazy.uncachedAny({ produce: (context) => this.render(context) }),
    });
    this.frameworkArn = framework.attrFrameworkArn;
    for (const control of props.controls ?? []) {
      this.addControl(control);
    }
    this.node.addValidation({ validate: () => this.validateFramework() });
  }

  public get frameworkRef(): FrameworkReference {
    return { frameworkArn: this.frameworkArn };
  }

  /** Adds a control; its values and its scope are checked at once. */
  public addControl(control: AuditControl): void {
    control._render(this);
    if (this.controls.some(({ controlName }) => controlName === control.controlName)) {
      warn(
        this,
        'AuditControlTwice',
        `'controls' has ${control.controlName} twice, which AWS may not take in one framework: join them, or make a second framework`,
      );
    }
    this.controls.push(control);
  }

  private render({ preparing }: IResolveContext): CfnFramework.FrameworkControlProperty[] {
    if (preparing) {
      // the tree may have changed since it was last asked, and what is on record is plain text
      this.onRecord = undefined;
      return this.controls.map((control) => control._render(this));
    }
    return this.allControls().map((control) => control._render(this));
  }

  private allControls(): readonly AuditControl[] {
    this.onRecord ??= this.derived ? this.derive() : [];
    return [...this.controls, ...this.onRecord];
  }

  private derive(): readonly AuditControl[] {
    const assessment = RecoveryRecord.of(this).assess();
    return controlsOnRecord(assessment, known(Stack.of(this).region))
      .filter(({ controlName }) => !this.controls.some((control) => control.controlName === controlName))
      .map((control) => control._within(this.derivedScope));
  }

  private validateFramework(): string[] {
    requireRecorder(this);
    if (this.allControls().length > 0) {
      return tooMany(this);
    }
    const message =
      "'controls' is empty, and nothing is promised on record that Audit Manager evaluates in this Region, but a framework needs a control: give one, or leave the framework out";
    return [new ConfigurationError('NoAuditControls', message, this).message];
  }
}
