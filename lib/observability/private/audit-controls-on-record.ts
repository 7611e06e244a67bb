import { Duration } from 'aws-cdk-lib/core';
import type { Assessment } from '../../model/assessment';
import { auditNeedsOf } from '../../model/audit';
import { AuditControl } from '../audit-control';
import { AuditScope } from '../audit-scope';
import type { AuditedResourceType } from '../audited-resource-type';

/** The controls that ask for what is promised on record, each at most once. */
export function controlsOnRecord({ resources, coverage }: Assessment, region: string | undefined): readonly AuditControl[] {
  const types = new Map(coverage.protected.map(({ id, type }) => [id, type]));
  const needs = auditNeedsOf(resources, (id) => types.get(id), region);
  const { planned, recoveryPoint, retentionDays, otherRegions, otherAccounts, locked, airGapped, restore } = needs;
  const scopeOf = (one: { readonly types: readonly string[] }) => AuditScope.types(...(one.types as AuditedResourceType[]));
  return [
    planned && AuditControl.inBackupPlan(scopeOf(planned)),
    recoveryPoint && AuditControl.recoveryPointWithin(Duration.hours(recoveryPoint.hours), scopeOf(recoveryPoint)),
    retentionDays && AuditControl.keptFor(Duration.days(retentionDays)),
    planned && AuditControl.encrypted(),
    otherRegions && AuditControl.copiedToRegions([...otherRegions.names], scopeOf(otherRegions)),
    otherAccounts && AuditControl.copiedToAccounts([...otherAccounts.names], scopeOf(otherAccounts)),
    locked && AuditControl.inLockedVault({}, scopeOf(locked)),
    airGapped && AuditControl.inAirGappedVault(Duration.days(airGapped.days), scopeOf(airGapped)),
    restore && AuditControl.restoredWithin(Duration.minutes(restore.minutes), scopeOf(restore)),
  ].filter((control) => control instanceof AuditControl);
}
