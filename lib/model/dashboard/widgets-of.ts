import { AGE, COUNTS, NAMESPACE, PLACE, PROTECTION, WATCH } from '../freshness';
import { DASHBOARD_LIMITS } from '../limits/dashboards';
import { HOUR, SECOND } from '../time';
import { ACHIEVED, TEST_COUNTS, VERIFICATION, VERIFICATION_NAMESPACE, VERIFIED_RESOURCE, type VerifiedPlace } from '../verification';
import type { DashboardMatter, LagLine, ShownPlan, ShownVault } from './matter';

/** A widget as the body of a dashboard has it (CloudWatch API: dashboard body structure). */
export interface Widget {
  readonly type: 'text' | 'metric' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Unplaced = Omit<Widget, 'x' | 'y'>;

/** Seconds: watches publish every quarter of an hour. */
const PERIOD = 900;
const WHOLE = 24;
const HALF = 12;
const GRAPH_HEIGHT = 6;
/** More graphs of one kind than this become one, so that a dashboard stays far below what CloudWatch takes. */
const MOST_GRAPHS = 60;
/** Lines that can still be told apart. */
const MOST_LINES = 100;
const MOST_LAGS = 1_000;
const MOST_ALARMS = 100;
/** Each has three widgets. */
const MOST_VERIFIED = 20;

/** The widgets of a dashboard from top to bottom. Their number grows with plans and vaults up to a bound, never with resources. */
export function widgetsOf(matter: DashboardMatter): readonly Widget[] {
  const { region, watches, promises, alarms } = matter;
  return placed([
    text(['# Promised', ...promises]),
    ...chunks(alarms, MOST_ALARMS).map((some) => alarmStatus(some)),
    ...(watches.length > 0 ? [counts(region, watches)] : []),
    text(['# Age of recovery points']),
    ...ages(matter),
    text(['# Jobs, by vault']),
    ...jobs(matter.vaults),
    ...restoreTests(matter.verified),
    ...lags(matter.lags),
  ]);
}

/** Two halves stand side by side. */
function placed(widgets: readonly Unplaced[]): readonly Widget[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.slice(0, DASHBOARD_LIMITS.widgets.value).map((widget) => {
    if (x + widget.width > WHOLE) {
      [x, y, rowHeight] = [0, y + rowHeight, 0];
    }
    const at = { ...widget, x, y };
    x += widget.width;
    rowHeight = Math.max(rowHeight, widget.height);
    return at;
  });
}

function text(lines: readonly string[]): Unplaced {
  return { type: 'text', width: WHOLE, height: Math.min(1 + lines.length, 20), properties: { markdown: lines.join('\n') } };
}

function alarmStatus(alarms: readonly string[]): Unplaced {
  return {
    type: 'alarm',
    width: WHOLE,
    height: 2 + Math.ceil(alarms.length / 6),
    properties: { title: 'Alarms', alarms },
  };
}

function counts(region: string, watches: readonly string[]): Unplaced {
  const metrics = watches.flatMap((watch) =>
    [COUNTS.missing, COUNTS.stale, COUNTS.unknown, COUNTS.unjudged, COUNTS.awaited, COUNTS.fresh].map((name) => [
      NAMESPACE,
      name,
      WATCH,
      watch,
    ]),
  );
  return metric('Resources and places, by verdict', region, metrics, {
    view: 'singleValue',
    stat: 'Maximum',
    width: WHOLE,
    height: 3,
  });
}

function ages({ region, watches, plans }: DashboardMatter): readonly Unplaced[] {
  if (watches.length === 0) {
    return [text(['Nothing measures how old recovery points are: add a RecoveryWatch to the stage.'])];
  }
  if (plans.length > MOST_GRAPHS) {
    return [
      metric('Oldest newest recovery point of each plan and place', region, [search(ageOf(watches), 'Maximum', PERIOD)], { width: WHOLE }),
    ];
  }
  return plans.map((plan) =>
    metric(plan.label, region, [search(`${ageOf(watches)} ${PROTECTION}="${plan.label}"`, 'Maximum', PERIOD)], { lines: linesOf(plan) }),
  );
}

function ageOf(watches: readonly string[]): string {
  return `{${NAMESPACE},${WATCH},${PROTECTION},${PLACE}} MetricName="${AGE}" ${WATCH}=(${watches.map((watch) => `"${watch}"`).join(' OR ')})`;
}

/** In seconds, like the ages. */
function linesOf({ rpoMs, explainedMs }: ShownPlan): readonly { readonly label: string; readonly value: number }[] {
  return [
    ...(rpoMs === undefined ? [] : [{ label: 'promised RPO', value: rpoMs / SECOND }]),
    ...(explainedMs === undefined ? [] : [{ label: 'stale', value: explainedMs / SECOND }]),
  ];
}

/** AWS Backup publishes no zeros, and copies under the vault that they go to. */
function jobs(vaults: readonly ShownVault[]): readonly Unplaced[] {
  const regions = [...new Set(vaults.map(({ region }) => region))];
  const few = vaults.length * 2 <= MOST_GRAPHS;
  const shown = few ? vaults : regions.map((region) => ({ name: undefined, region }));
  return shown.flatMap(({ name, region }) => {
    const where = name === undefined ? '' : ` BackupVaultName="${name}"`;
    const graph = (kind: string, outcomes: readonly string[]) =>
      metric(
        `${kind} jobs ${name === undefined ? `of all vaults in ${region}` : `into ${name}, ${region}`}`,
        region,
        outcomes.map((outcome) =>
          search(`{AWS/Backup,BackupVaultName} MetricName="NumberOf${kind}Jobs${outcome}"${where}`, 'Sum', HOUR / SECOND, outcome),
        ),
        { stat: 'Sum' },
      );
    return [graph('Backup', ['Completed', 'Failed', 'Aborted', 'Expired']), graph('Copy', ['Completed', 'Failed'])];
  });
}

/** What tests have found wrong, and what was achieved beside what is promised: a line for each resource that was restored. */
function restoreTests(places: readonly VerifiedPlace[]): readonly Unplaced[] {
  const shown = places.slice(0, MOST_VERIFIED).flatMap((place) => {
    const { verification, region, rpoMs, rtoMs } = place;
    const found = Object.values(TEST_COUNTS).map((name) => [VERIFICATION_NAMESPACE, name, VERIFICATION, verification]);
    const achieved = (title: string, name: string, promised: string, ms: number | undefined) =>
      metric(
        `${title}, ${verification}, ${region}`,
        region,
        [
          search(
            `{${VERIFICATION_NAMESPACE},${VERIFICATION},${VERIFIED_RESOURCE}} MetricName="${name}" ${VERIFICATION}="${verification}"`,
            'Maximum',
            HOUR / SECOND,
          ),
        ],
        { lines: ms === undefined ? [] : [{ label: promised, value: ms / SECOND }] },
      );
    return [
      metric(`Restore tests that were not well, ${verification}, ${region}`, region, found, {
        view: 'singleValue',
        width: WHOLE,
        height: 3,
      }),
      achieved('Recovery time achieved', ACHIEVED.recoveryTime, 'promised RTO', rtoMs),
      achieved('Recovery point achieved', ACHIEVED.recoveryPoint, 'promised RPO', rpoMs),
    ];
  });
  const more =
    places.length > MOST_VERIFIED ? [text([`${places.length - MOST_VERIFIED} more places of restore tests are not shown.`])] : [];
  return shown.length === 0 ? [] : [text(['# Restore tests']), ...shown, ...more];
}

function lags(lines: readonly LagLine[]): readonly Unplaced[] {
  const shown = lines.slice(0, MOST_LAGS);
  const names = [...new Set(shown.map(({ metricName }) => metricName))].sort();
  const graphs = names.flatMap((name) =>
    chunks(
      shown.filter(({ metricName }) => metricName === name),
      MOST_LINES,
    ).map((some) => metric(name, some[0].region, some.map(lagLine), { stat: 'Maximum' })),
  );
  const more = lines.length > MOST_LAGS ? [text([`${lines.length - MOST_LAGS} more live copies are not shown.`])] : [];
  return lines.length === 0 ? [] : [text(['# Lag of live copies']), ...graphs, ...more];
}

function lagLine({ label, region, expression, namespace, metricName, dimensions = [] }: LagLine): unknown[] {
  return expression === undefined ? [namespace, metricName, ...dimensions.flat(), { label, region }] : [{ expression, label, region }];
}

function search(terms: string, stat: string, period: number, label = ''): unknown[] {
  return [{ expression: `SEARCH('${terms}', '${stat}', ${period})`, label }];
}

function metric(
  title: string,
  region: string,
  metrics: readonly unknown[],
  look: {
    readonly view?: 'timeSeries' | 'singleValue';
    readonly stat?: string;
    readonly period?: number;
    readonly width?: number;
    readonly height?: number;
    readonly lines?: readonly { readonly label: string; readonly value: number }[];
  },
): Unplaced {
  const { view = 'timeSeries', stat = 'Maximum', period = PERIOD, width = HALF, height = GRAPH_HEIGHT, lines = [] } = look;
  return {
    type: 'metric',
    width,
    height,
    properties: {
      title,
      region,
      view,
      stat,
      period,
      metrics,
      ...(lines.length > 0 ? { annotations: { horizontal: lines } } : {}),
    },
  };
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
