import { CfnReportPlan, type IReportPlanRef, type ReportPlanReference } from 'aws-cdk-lib/aws-backup';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Resource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { known } from '../core/private/known';
import { insist, warn } from '../core/private/problems';
import { AUDIT_LIMITS, checkAuditRange, checkName } from '../model/limits';
import { auditName, tooMany } from './private/audit-surroundings';
import { FORMS, listOf } from './private/audit-values';
import { bucketForReports, letReportsIn } from './private/report-bucket';
import { ReportFormat } from './report-format';
import type { ReportTemplate } from './report-template';

/** Properties of an AuditReport. */
export interface AuditReportProps {
  /** What the report tells. */
  readonly template: ReportTemplate;
  /**
   * Formats of the report.
   * @default [ReportFormat.CSV]
   */
  readonly formats?: ReportFormat[];
  /**
   * The bucket that gets the report. It is let in by its policy, where that is in this app; its key, if it has one of its own, has to
   * let the role `AWSServiceRoleForBackupReports` use `kms:GenerateDataKey` and `kms:Encrypt`.
   * @default - a bucket of the stack with a key of its own, which all reports share and which keeps each for a year
   */
  readonly bucket?: IBucket;
  /**
   * What the keys of reports in the bucket start with.
   * @default - nothing
   */
  readonly prefix?: string;
  /**
   * Accounts that the report covers, by their ids or `ROOT` for the whole organization. Only its management account, or who that has
   * delegated it to, can report on others.
   * @default - the account of the report
   */
  readonly accounts?: string[];
  /**
   * Organizational units that the report covers, by their ids.
   * @default - none
   */
  readonly organizationalUnits?: string[];
  /**
   * Regions that the report covers, by their names or `*` for all.
   * @default - the Region of the report
   */
  readonly regions?: string[];
  /**
   * Name of the report plan: 1 to 256 letters, digits or `_`, the first a letter. Another name replaces it.
   * @default - the path of the construct, with a hash
   */
  readonly reportPlanName?: string;
  /**
   * A description, at most 1024 characters.
   * @default - none
   */
  readonly description?: string;
}

/**
 * A daily report of AWS Backup Audit Manager in a bucket: what auditors ask for.
 * @example
 * new AuditReport(this, 'Restores', { template: ReportTemplate.RESTORE_JOBS });
 */
export class AuditReport extends Resource implements IReportPlanRef {
  /**
   * The ARN of the report plan.
   * @attribute
   */
  public readonly reportPlanArn: string;
  /** The name of the report plan. */
  public readonly reportPlanName: string;
  /** The bucket that gets the report. */
  public readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: AuditReportProps) {
    super(scope, id);
    const { template, formats = [ReportFormat.CSV], description } = props;
    this.reportPlanName = props.reportPlanName ?? auditName(this);
    this.check(props, formats);
    this.bucket = props.bucket ?? bucketForReports(this);
    const plan = new CfnReportPlan(this, 'Resource', {
      reportPlanName: this.reportPlanName,
      reportPlanDescription: description,
      // the L1 hands these on as they are, so they are written as CloudFormation has them
      reportDeliveryChannel: { S3BucketName: this.bucket.bucketName, S3KeyPrefix: props.prefix, Formats: formats },
      reportSetting: {
        ReportTemplate: template.templateName,
        FrameworkArns: template._needsFrameworks ? template._frameworks.map(({ frameworkRef }) => frameworkRef.frameworkArn) : undefined,
        Accounts: props.accounts,
        OrganizationUnits: props.organizationalUnits,
        Regions: props.regions,
      },
    });
    this.reportPlanArn = plan.attrReportPlanArn;
    if (!letReportsIn(this, this.bucket, props.prefix, props.bucket ? undefined : plan)) {
      warn(
        this,
        'ReportBucketClosed',
        "'bucket' is not of this app, so that nothing here lets reports in: make its policy let the role AWSServiceRoleForBackupReports put objects, and acknowledge this",
      );
    }
    this.node.addValidation({ validate: () => tooMany(this) });
  }

  public get reportPlanRef(): ReportPlanReference {
    return { reportPlanArn: this.reportPlanArn };
  }

  private check(
    { template, accounts = [], organizationalUnits = [], regions = [], description }: AuditReportProps,
    formats: ReportFormat[],
  ): void {
    insist(
      this,
      checkName('report plan', 'reportPlanName', known(this.reportPlanName)),
      checkAuditRange('description', known(description)?.length, AUDIT_LIMITS.description.value, AUDIT_LIMITS.description.unit),
    );
    if (formats.length === 0) {
      throw new ConfigurationError('NoReportFormats', "'formats' is empty: give one, or leave it out for CSV", this);
    }
    if (template._needsFrameworks && template._frameworks.length === 0) {
      const message = `'template' is ${template.templateName} but names no framework to report on: give at least one`;
      throw new ConfigurationError('ReportWithoutFramework', message, this);
    }
    listOf(this, 'accounts', accounts, /^(\d{12}|ROOT)$/, 'accounts');
    listOf(this, 'organizationalUnits', organizationalUnits, /^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/, 'organizational units');
    listOf(
      this,
      'regions',
      regions.filter((region) => region !== '*'),
      FORMS.region,
      'Regions',
    );
  }
}
