/** Formats of the reports of AWS Backup Audit Manager. */
export enum ReportFormat {
  /** Lines with commas, to be opened in a spreadsheet. */
  CSV = 'CSV',
  /** JSON, to be read by programs. */
  JSON = 'JSON',
}
