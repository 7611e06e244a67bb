import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { RUNBOOK } from '../../core/private/runbook-alarm';
import type { LagLine } from '../../model/dashboard';

/** Metrics that tell how far a live copy is behind. */
const LAGS = ['ReplicationLatency', 'ReplicaLag', 'AuroraGlobalDBRPOLag', 'AuroraGlobalDBReplicationLag', 'TimeSinceLastSync'];

interface MetricOfAlarm {
  readonly metricName: string;
  readonly namespace?: string;
  readonly expression?: string;
  readonly dimensions: readonly (readonly [string, string])[];
}

/** ARNs of the alarms of this library in the stack of `scope`: those of other stacks could only be referred to. */
export function alarmsNear(scope: IConstruct): readonly string[] {
  return alarmsOf(scope)
    .filter((alarm) => Stack.of(alarm) === Stack.of(scope))
    .filter((alarm) => alarm.alarmDescription?.includes(RUNBOOK) || lagsOf(alarm).length > 0)
    .map(({ attrArn }) => attrArn);
}

/**
 * How far the live copies of the stage are behind. Each copy has an alarm in the Region that publishes its lag, so these say
 * what to show, and where it is found.
 */
export function lagLinesOf(scope: IConstruct): readonly LagLine[] {
  const lines = alarmsOf(scope).flatMap((alarm): readonly LagLine[] => {
    const { region } = Stack.of(alarm);
    const same = Stack.of(alarm) === Stack.of(scope);
    if (!same && Token.isUnresolved(region)) {
      return [];
    }
    const label = alarm.node.scope?.node.scope?.node.path ?? alarm.node.path;
    const plain = (value: string): string | undefined => {
      const resolved: unknown = same ? value : Stack.of(alarm).resolve(value);
      return typeof resolved === 'string' ? resolved : undefined;
    };
    const found = new Map(lagsOf(alarm).map((metric) => [JSON.stringify(metric), metric]));
    return [...found.values()].flatMap(({ metricName, namespace, expression, dimensions }) => {
      const shown = expression === undefined ? undefined : plain(expression);
      const values = dimensions.map(([name, value]) => [name, plain(value)] as const);
      const isPlain = expression === undefined ? values.every(([, value]) => value !== undefined) : shown !== undefined;
      return isPlain ? [{ metricName, label, region, namespace, expression: shown, dimensions: values as LagLine['dimensions'] }] : [];
    });
  });
  // several alarms may look at one lag
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

function alarmsOf(scope: IConstruct): readonly CfnAlarm[] {
  const stage: IConstruct = Stage.of(scope) ?? scope.node.root;
  return stage.node.findAll().filter((node) => node instanceof CfnAlarm);
}

function lagsOf(alarm: CfnAlarm): readonly MetricOfAlarm[] {
  const queries = Array.isArray(alarm.metrics) ? (alarm.metrics as CfnAlarm.MetricDataQueryProperty[]) : [];
  const metrics = [
    { metricName: alarm.metricName, namespace: alarm.namespace, dimensions: alarm.dimensions },
    ...queries.flatMap(({ metricStat }) => (metricStat && 'metric' in metricStat ? [metricStat.metric as CfnAlarm.MetricProperty] : [])),
  ].flatMap(({ metricName, namespace, dimensions }) =>
    metricName !== undefined && LAGS.includes(metricName)
      ? [
          {
            metricName,
            namespace,
            dimensions: (dimensions as CfnAlarm.DimensionProperty[]).map(({ name, value }) => [name, value] as const),
          },
        ]
      : [],
  );
  const selects = queries.flatMap(({ expression }) => {
    const metricName = expression?.startsWith('SELECT') ? LAGS.find((name) => expression.includes(`(${name})`)) : undefined;
    return metricName === undefined ? [] : [{ metricName, expression, dimensions: [] }];
  });
  return [...metrics, ...selects];
}
