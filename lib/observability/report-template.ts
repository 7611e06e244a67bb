import type { IFrameworkRef } from 'aws-cdk-lib/aws-backup';

/** What a report of AWS Backup Audit Manager tells. */
export class ReportTemplate {
  /** Backup jobs of the last 24 hours. */
  public static readonly BACKUP_JOBS = new ReportTemplate('BACKUP_JOB_REPORT', []);
  /** Copy jobs of the last 24 hours. */
  public static readonly COPY_JOBS = new ReportTemplate('COPY_JOB_REPORT', []);
  /** Restore jobs of the last 24 hours, restore tests too. */
  public static readonly RESTORE_JOBS = new ReportTemplate('RESTORE_JOB_REPORT', []);
  /** Malware scans of the last 24 hours. */
  public static readonly SCAN_JOBS = new ReportTemplate('SCAN_JOB_REPORT', []);

  /** Which resources comply with the controls of frameworks. */
  public static resourceCompliance(...frameworks: IFrameworkRef[]): ReportTemplate {
    return new ReportTemplate('RESOURCE_COMPLIANCE_REPORT', frameworks);
  }

  /** Which controls of frameworks are complied with. */
  public static controlCompliance(...frameworks: IFrameworkRef[]): ReportTemplate {
    return new ReportTemplate('CONTROL_COMPLIANCE_REPORT', frameworks);
  }

  private constructor(
    /** What AWS Backup calls the template. */
    public readonly templateName: string,
    /** @internal */
    public readonly _frameworks: readonly IFrameworkRef[],
  ) {}

  /** @internal */
  public get _needsFrameworks(): boolean {
    return this.templateName.endsWith('COMPLIANCE_REPORT');
  }
}
