import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { requireMs, wholeUnits } from '../../core/private/known';
import { supportStackOf } from '../../core/private/support-stack';
import { SERVICE_LIMITS } from '../../model/limits/services';
import type { BucketReplicationProps } from '../bucket-replication-props';
import type { BucketSource } from './bucket-source';
import { placeFor } from './made-replica';
import type { Replica } from './replica';
import { nameFromAfar } from './replica-names';
import { type AlarmLimits, watchRule } from './replication-alarms';
import type { SettledRule } from './replication-rules';

type Actions = Pick<BucketReplicationProps, 'alarmActions' | 'recoveryAlarmActions'>;

/** When alarms ring; by default at the lag that the report counts with. */
export function limitsOf(
  scope: Construct,
  props: Pick<BucketReplicationProps, 'latencyThreshold' | 'pendingOperationsThreshold'>,
): AlarmLimits {
  const latency = props.latencyThreshold ?? Duration.millis(SERVICE_LIMITS.timedObjectReplicaLag.value);
  requireMs(scope, 'latencyThreshold', latency);
  const minutes = wholeUnits(scope, 'latencyThreshold', latency, 'minutes');
  const pendingOperations = props.pendingOperationsThreshold;
  if (pendingOperations !== undefined && (Token.isUnresolved(pendingOperations) || !Number.isFinite(pendingOperations))) {
    throw new ConfigurationError(
      'AlarmThresholdUnknown',
      `'pendingOperationsThreshold' is ${Token.isUnresolved(pendingOperations) ? 'only known at deploy time' : `${pendingOperations}, which nothing ever exceeds`}: give a plain number`,
      scope,
    );
  }
  if (minutes < 1 || (pendingOperations !== undefined && pendingOperations < 1)) {
    throw new ConfigurationError(
      'AlarmAlwaysRings',
      minutes < 1
        ? `'latencyThreshold' is ${minutes} minutes, so that the alarm would always ring: give a minute or more`
        : `'pendingOperationsThreshold' is ${pendingOperations}, so that the alarm would always ring: give 1 or more`,
      scope,
    );
  }
  return { latency, pendingOperations };
}

/** Alarms of the way from the source to its replicas. */
export function watchForward(
  scope: Construct,
  source: BucketSource,
  rules: readonly SettledRule[],
  limits: AlarmLimits,
  actions: Actions,
): void {
  for (const { id, replica } of rules) {
    const isHome = replica.region === Stack.of(scope).region;
    // metrics belong to the account of the source, wherever the replica is
    const stack = isHome ? Stack.of(scope) : supportStackOf(source.home, { region: replica.region });
    watchRule(
      {
        id,
        source: {
          place: scope,
          words: source.target.id,
          name: source.name,
          nameFromAfar: isHome ? source.name : nameFromAfar(source, stack, false),
          actions: actions.alarmActions,
        },
        destination: {
          place: isHome ? scope : placeFor(source, stack),
          words: replica.name,
          name: replica.name,
          nameFromAfar: replica.name,
          actions: actions.recoveryAlarmActions ?? (isHome ? actions.alarmActions : undefined),
        },
      },
      limits,
    );
  }
}

/** Alarms of the way back from the one replica. */
export function watchReturn(
  { here, there }: { readonly here: Construct; readonly there: Construct },
  source: BucketSource,
  rules: readonly SettledRule[],
  origin: Replica,
  limits: AlarmLimits,
  actions: Actions,
): void {
  for (const { id, replica } of rules) {
    const end = { words: replica.name, name: replica.name, nameFromAfar: replica.name };
    watchRule(
      {
        id,
        source: { ...end, place: there, actions: actions.recoveryAlarmActions },
        destination: { place: here, words: source.target.id, name: source.name, nameFromAfar: origin.name, actions: actions.alarmActions },
      },
      limits,
    );
  }
}
