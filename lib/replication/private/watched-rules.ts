import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { supportStackOf } from '../../core/private/support-stack';
import { SERVICE_LIMITS } from '../../model/limits/services';
import type { BucketReplicationProps } from '../bucket-replication-props';
import type { BucketSource } from './bucket-source';
import { maxLagOf } from './max-lag';
import { placeFor } from './places';
import type { Replica } from './replica';
import { nameFromAfar } from './replica-names';
import { type AlarmLimits, type RuleAlarms, together, watchRule } from './replication-alarms';
import type { SettledRule } from './replication-rules';
import { requireRoom } from './room';

type Actions = Pick<BucketReplicationProps, 'alarmActions' | 'recoveryAlarmActions'>;

/** When alarms go off; by default at the lag that the report counts with. */
export function limitsOf(scope: Construct, props: Pick<BucketReplicationProps, 'maxLag' | 'maxPendingOperations'>): AlarmLimits {
  const { maxPendingOperations } = props;
  if (Token.isUnresolved(maxPendingOperations)) {
    throw new ConfigurationError(
      'AlarmThresholdUnknown',
      "'maxPendingOperations' is only known at deploy time, so that nobody can tell when its alarm goes off: give a plain number",
      scope,
    );
  }
  if (maxPendingOperations !== undefined && !(maxPendingOperations >= 1 && Number.isFinite(maxPendingOperations))) {
    throw new ConfigurationError(
      'MaxPendingOperationsOutOfRange',
      `'maxPendingOperations' is ${maxPendingOperations}, but an alarm counts whole operations from 1 on: give such a number`,
      scope,
    );
  }
  return { maxLag: Duration.millis(maxLagOf(scope, props, SERVICE_LIMITS.timedObjectReplicaLag.value)), maxPendingOperations };
}

/** Alarms of the way from the source to its replicas. */
export function watchForward(
  scope: Construct,
  source: BucketSource,
  rules: readonly SettledRule[],
  limits: AlarmLimits,
  actions: Actions,
): RuleAlarms {
  requireRoom(Stack.of(scope));
  const alarms = rules.map(({ id, replica }) => {
    const isHome = replica.region === Stack.of(scope).region;
    // metrics belong to the account of the source, wherever the replica is
    const stack = isHome ? Stack.of(scope) : supportStackOf(source.home, { region: replica.region });
    requireRoom(stack);
    return watchRule(
      {
        id,
        source: {
          place: scope,
          words: source.target.id,
          name: source.name,
          nameFromAfar: isHome ? source.name : nameFromAfar({ ...source.target, cfn: source.cfn }, stack, false),
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
  });
  return together(alarms);
}

/** Alarms of the way back from the one replica. */
export function watchReturn(
  { here, there }: { readonly here: Construct; readonly there: Construct },
  source: BucketSource,
  rules: readonly SettledRule[],
  origin: Replica,
  limits: AlarmLimits,
  actions: Actions,
): RuleAlarms {
  const alarms = rules.map(({ id, replica }) => {
    const end = { words: replica.name, name: replica.name, nameFromAfar: replica.name };
    return watchRule(
      {
        id,
        source: { ...end, place: there, actions: actions.recoveryAlarmActions },
        destination: { place: here, words: source.target.id, name: source.name, nameFromAfar: origin.name, actions: actions.alarmActions },
      },
      limits,
    );
  });
  return together(alarms);
}
