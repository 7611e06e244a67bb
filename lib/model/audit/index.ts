export { type AuditNeeds, auditNeedsOf, type ByType } from './audit-needs';
export { auditTypeOf } from './audited-types';
