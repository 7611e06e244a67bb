import { documented, model, type Range, unconfirmed } from './limit';

const API = 'API model backup 2018-11-15';
const GUIDE = 'AWS Backup Developer Guide';
const OPTIONS = `${GUIDE}: plan options and configuration`;
const QUOTAS = `${GUIDE}: quotas`;
const PITR = `${GUIDE}: point-in-time recovery`;
const ASSIGNING = `${GUIDE}: assigning resources`;

/** Every limit of AWS Backup that this library reads; each is written here and nowhere else. */
export const LIMITS = {
  planName: documented(/^[a-zA-Z0-9\-_.]{1,50}$/, "1 to 50 letters, digits, '-', '_' or '.'", OPTIONS),
  ruleName: model(/^[a-zA-Z0-9\-_.]{1,50}$/, "1 to 50 letters, digits, '-', '_' or '.'", API),
  selectionName: model(/^[a-zA-Z0-9\-_.]{1,50}$/, "1 to 50 letters, digits, '-', '_' or '.'", API),
  vaultName: model(/^[a-zA-Z0-9\-_]{2,50}$/, "2 to 50 letters, digits, '-' or '_'", API),
  restoreTestingName: model(/^[a-zA-Z0-9_]{1,50}$/, "1 to 50 letters, digits or '_'", API),
  frameworkName: model(/^[a-zA-Z][_a-zA-Z0-9]{0,255}$/, "1 to 256 letters, digits or '_', the first a letter", API),

  scheduleFloor: documented(60, 'minutes between two runs of a rule', OPTIONS),
  startWindow: model<Range>({ min: 60, max: 52_560_000 }, 'minutes', API),
  completionWindow: model<Range>({ min: 1, max: 52_560_000 }, 'minutes', API),
  completionWindowDefault: model(10_080, 'minutes', API),
  completionAfterStart: unconfirmed(60, 'minutes between the end of the start window and of the completion window', 'widely repeated'),
  startRetry: model(10, 'minutes between two attempts inside the start window', API),

  retention: documented<Range>({ min: 1, max: 36_500 }, 'days', `${GUIDE}: lifecycle error of the service`),
  coldStay: model(90, 'days in cold storage before deletion', API),
  warmStay: documented(8, 'days in warm storage before cold, else an extra full backup is made', OPTIONS),
  continuousRetention: documented<Range>({ min: 1, max: 35 }, 'days', PITR),
  automatedRetention: model<Range>({ min: 0, max: 35 }, 'days', 'API model rds 2014-10-31'),
  tableRecovery: model<Range>({ min: 1, max: 35 }, 'days', 'API model dynamodb 2012-08-10'),

  nameLength: model(50, 'characters of the name of a plan, rule, selection or vault', API),
  stackNameLength: documented(128, 'characters of the name of a stack', 'AWS CloudFormation User Guide: quotas'),
  regionName: documented(/^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/, "a name such as 'ap-northeast-3'", 'AWS General Reference: Regions'),
  accountId: model(/^\d{12}$/, 'twelve digits', 'API model organizations 2016-11-28'),
  organizationId: model(/^o-[a-z0-9]{10,32}$/, "'o-' and 10 to 32 lower-case letters or digits", 'API model organizations 2016-11-28'),
  keyWaitingPeriod: documented<Range>({ min: 7, max: 30 }, 'days until a deleted key is gone', 'AWS KMS Developer Guide: deleting keys'),

  lockRetention: model<Range>({ min: 1, max: 36_500 }, 'days', API),
  lockGrace: model<Range>({ min: 3, max: 36_500 }, 'days', API),
  airGappedRetention: model<Range>({ min: 7, max: 36_500 }, 'days', API),

  rulesPerPlan: documented(10, 'rules in a plan', QUOTAS),
  copiesPerRule: documented(5, 'copy actions in a rule', QUOTAS),
  tagKeyLength: documented({ min: 1, max: 128 }, 'characters of the key of a tag', 'AWS Backup API: TagResource'),
  tagValueLength: documented(256, 'characters of the value of a tag', 'AWS Backup API: TagResource'),
  recoveryPointTags: documented(10, 'tags of a recovery point', QUOTAS),
  selectionsPerPlan: documented(100, 'selections of a plan', QUOTAS),
  tagSelectionsPerPlan: unconfirmed(10, 'selections by tag of a plan', `${QUOTAS} (stated for policies)`),
  arnsPerSelection: model(500, 'ARNs in a selection', API),
  wildcardArnsPerSelection: model(30, 'ARNs with wildcards in a selection', API),
  conditionsPerSelection: documented(30, 'conditions in a selection', ASSIGNING),
  tagsPerSelection: documented(30, 'tags in a selection', ASSIGNING),

  frameworksPerRegion: documented(15, 'frameworks in an account and Region', QUOTAS),
  auditControlsPerRegion: documented(50, 'controls of all frameworks in an account and Region', QUOTAS),
  reportPlansPerRegion: documented(20, 'report plans in an account and Region', QUOTAS),
} as const;
