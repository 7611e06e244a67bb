import { documented, model, type Range } from './limit';
import { error, outside, type Problem } from './problem';

const API = 'API model backup 2018-11-15';
const CONTROLS = 'AWS Backup Developer Guide: controls and remediation';

/** Every limit of AWS Backup Audit Manager that this library reads. */
export const AUDIT_LIMITS = {
  planHours: documented<Range>({ min: 1, max: 24 }, 'hours', CONTROLS),
  planDays: documented<Range>({ min: 1, max: 31 }, 'days', CONTROLS),
  recoveryPointHours: documented<Range>({ min: 1, max: 744 }, 'hours', CONTROLS),
  recoveryPointDays: documented<Range>({ min: 1, max: 31 }, 'days', CONTROLS),
  airGappedHours: documented<Range>({ min: 24, max: 2_184 }, 'hours', CONTROLS),
  airGappedDays: documented<Range>({ min: 1, max: 91 }, 'days', CONTROLS),
  airGappedAdvisedDays: documented(7, 'days that the recovery point may at least be old', CONTROLS),
  exemptRoles: documented<Range>({ min: 0, max: 5 }, 'roles', CONTROLS),
  accounts: documented<Range>({ min: 0, max: 5 }, 'accounts', CONTROLS),
  scopeIds: model<Range>({ min: 1, max: 100 }, 'ids of resources', API),
  description: model<Range>({ min: 0, max: 1_024 }, 'characters', API),
} as const;

/** Checks a whole number that a control, or its scope, is given. */
export function checkAuditRange(property: string, value: number | undefined, range: Range, unit: string): Problem | undefined {
  return outside(value, range)
    ? error(
        'AuditValueOutOfRange',
        `'${property}' is ${value} ${unit}, but AWS Backup Audit Manager takes ${range.min} to ${range.max} whole ${unit}: correct it`,
      )
    : undefined;
}
