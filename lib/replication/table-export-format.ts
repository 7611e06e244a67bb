/** How the files of an exported table are written; both can be imported again. */
export enum TableExportFormat {
  /** DynamoDB JSON: a line of text for each item. */
  DYNAMODB_JSON = 'DYNAMODB_JSON',
  /** Amazon Ion, a superset of JSON with more types. */
  ION = 'ION',
}
