import type { ResourceType } from '../services';

/** Types that the controls of Audit Manager evaluate, as its scopes call them (AWS Config Developer Guide: managed rules, read 2026-11-23). */
const AUDITED: Partial<Record<ResourceType, string>> = {
  Aurora: 'Aurora',
  DynamoDB: 'DynamoDB',
  EBS: 'EBS',
  EC2: 'EC2',
  EFS: 'EFS',
  FSxLustre: 'FSx',
  FSxWindows: 'FSx',
  FSxONTAP: 'FSx',
  FSxOpenZFS: 'FSx',
  RDS: 'RDS',
  S3: 'S3',
};

/** What scopes of Audit Manager call a type; nothing where its controls do not evaluate it. */
export function auditTypeOf(type: ResourceType): string | undefined {
  return AUDITED[type];
}
