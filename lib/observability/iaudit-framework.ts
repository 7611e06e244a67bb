import type { IFrameworkRef } from 'aws-cdk-lib/aws-backup';
import type { IResource } from 'aws-cdk-lib/core';

/** A framework of AWS Backup Audit Manager, defined in this app or imported. */
export interface IAuditFramework extends IResource, IFrameworkRef {
  /**
   * The ARN of the framework.
   * @attribute
   */
  readonly frameworkArn: string;
}
