import { CfnDeletionPolicy } from 'aws-cdk-lib/core';
import type { ConcernFact, KeyFact } from '../model/facts';
import type { Span } from '../model/limits/databases';
import { SERVICE_LIMITS } from '../model/limits/services';
import { zonesOf } from '../model/services';
import { MINUTE } from '../model/time';
import { concern, describeTarget, storageKey } from './facts';
import { maintenanceConcerns } from './maintenance-window';
import type { Needs, ServiceAdapter, Target } from './service';
import { isDeletedWithStack, keepOnDelete, textOf } from './settings';

/** FSx file systems, and ONTAP volumes, whose recovery points cannot be copied. */
export const FSX: ServiceAdapter = {
  types: ['FSxLustre', 'FSxWindows', 'FSxONTAP', 'FSxOpenZFS'],
  describe: (target) =>
    describeTarget(target, {
      key: keyOf(target),
      zones: target.cfn && zonesOf(target.type, target.cfn as unknown as Record<string, unknown>),
    }),
  copies: () => [],
  prepare: (target, needs) => {
    const { cfn } = target;
    if (!cfn) {
      return () => [];
    }
    const deleted = isDeletedWithStack(cfn);
    keepOnDelete(cfn, CfnDeletionPolicy.RETAIN);
    return () => [
      ...maintenance(target, needs),
      ...(deleted
        ? [concern(target, 'warning', 'DeletedWithStack', "'removalPolicy' is DESTROY, so the data goes with the stack: set RETAIN")]
        : []),
    ];
  },
};

/** FSx encrypts always, with its own key where none is named. */
function keyOf(target: Target): KeyFact {
  const key = storageKey(target);
  return key.kind === 'none' ? { kind: 'service-managed' } : key;
}

const CONFIGURATIONS = ['lustreConfiguration', 'windowsConfiguration', 'openZfsConfiguration'] as const;

function maintenance(target: Target, needs: Needs): readonly ConcernFact[] {
  for (const configuration of CONFIGURATIONS) {
    const window = textOf(target.cfn!, `${configuration}.weeklyMaintenanceStartTime`);
    if (window !== undefined) {
      return maintenanceConcerns(target, needs, 'weeklyMaintenanceStartTime', window, weeklySpan(window), SERVICE_LIMITS.fileSystemQuiet);
    }
  }
  return [];
}

/** Reads `7:05:00`, the day of the week and the time at which it starts. */
function weeklySpan(window: string): Span | undefined {
  const found = /^\d:(\d\d):(\d\d)$/.exec(window);
  return found
    ? { start: Number(found[1]) * 60 + Number(found[2]), minutes: SERVICE_LIMITS.fileSystemMaintenance.value / MINUTE }
    : undefined;
}
