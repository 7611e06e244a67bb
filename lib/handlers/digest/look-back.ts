import {
  type DigestConfig,
  type DigestedTests,
  type DigestedWatch,
  type DigestFigures,
  JOB_METRICS,
  type JobFigures,
  type PlaceFigures,
  type TestFigures,
  type WatchFigures,
} from '../../model/digest';
import { AGE, COUNTS, HEARTBEAT, NAMESPACE, PLACE, PROTECTION, RPO_USED, WATCH } from '../../model/freshness';
import { DAY, HOUR } from '../../model/time';
import { lookAtTests } from './look-at-tests';
import type { DigestPorts, MetricQuery, Point } from './ports';

const WEEK = 7 * DAY;

interface Seen {
  readonly places: readonly PlaceFigures[];
  readonly watches: readonly WatchFigures[];
  readonly jobs: readonly JobFigures[];
  readonly tests: readonly TestFigures[];
}

const NOTHING: Seen = { places: [], watches: [], jobs: [], tests: [] };

/** Looks back on the last seven days, up to the last full hour. A Region that gives no whole answer is not looked at, and said to be so. */
export async function lookBack(config: DigestConfig, ports: DigestPorts): Promise<DigestFigures> {
  const toMs = Math.floor(ports.now() / HOUR) * HOUR;
  const span = { fromMs: toMs - WEEK, toMs };
  const regionOf = ({ region = ports.region }: { readonly region?: string }) => region;
  const regions = [...new Set([...config.watches, ...config.vaults, ...(config.tests ?? [])].map(regionOf))];
  const blind: string[] = [];
  const answers = await Promise.all(
    regions.map(async (region): Promise<readonly Seen[]> => {
      const near = (one: { readonly region?: string }) => regionOf(one) === region;
      const parts = [
        ['what the watch measured', () => measured(config.watches.filter(near), region, ports, span)],
        ['jobs', () => jobsOf(config.vaults.filter(near), region, ports, span)],
        ['restore tests', () => testsOf((config.tests ?? []).filter(near), region, ports, span)],
      ] as const;
      const seen = parts.map(([what, look]) =>
        look().catch((error: unknown): Seen => {
          blind.push(`${what} in ${region}: ${inWords(error)}`);
          return NOTHING;
        }),
      );
      return Promise.all(seen);
    }),
  );
  const all = answers.flat();
  return {
    ...span,
    places: all.flatMap(({ places }) => places),
    watches: all.flatMap(({ watches }) => watches),
    jobs: all.flatMap(({ jobs }) => jobs),
    tests: all.flatMap(({ tests }) => tests),
    blind: blind.sort(),
  };
}

type Span = Pick<DigestFigures, 'fromMs' | 'toMs'>;

async function measured(watches: readonly DigestedWatch[], region: string, ports: DigestPorts, { fromMs, toMs }: Span): Promise<Seen> {
  if (watches.length === 0) {
    return NOTHING;
  }
  const ownerOf = (name = '') => watches.find((watch) => name === watch.name || isPartOf(name, watch.name));
  const list = async (name: string, having: readonly string[]) =>
    (await ports.metrics(region, NAMESPACE, name, having)).filter(
      (dimensions) => ownerOf(dimensions[WATCH]) && Object.keys(dimensions).length === having.length,
    );
  const [places, functions] = [await list(COUNTS.stale, [WATCH, PROTECTION, PLACE]), await list(HEARTBEAT, [WATCH])];
  const ask = (dimensions: MetricQuery['dimensions'], name: string, statistic: MetricQuery['statistic']): MetricQuery => ({
    namespace: NAMESPACE,
    name,
    dimensions,
    statistic,
  });
  const ofPlace = [COUNTS.stale, COUNTS.missing, COUNTS.unknown, AGE, RPO_USED] as const;
  const points = await ports.points(
    region,
    [
      ...places.flatMap((dimensions) => ofPlace.map((name) => ask(dimensions, name, 'Maximum'))),
      ...functions.flatMap((dimensions) => [ask(dimensions, HEARTBEAT, 'SampleCount'), ask(dimensions, COUNTS.unjudged, 'Maximum')]),
    ],
    fromMs,
    toMs,
  );
  const rows = places.map((_, index) => points.slice(index * ofPlace.length, (index + 1) * ofPlace.length));
  const rest = points.slice(places.length * ofPlace.length);
  return {
    places: places.flatMap((dimensions, index) => placeOf(dimensions, rows[index])),
    watches: functions.map((dimensions, index) =>
      watchOf(dimensions[WATCH], (ownerOf(dimensions[WATCH]) as DigestedWatch).everyMs, rest[2 * index], rest[2 * index + 1], toMs),
    ),
    jobs: [],
    tests: [],
  };
}

/** Functions of a watch after the first add a number to its name. */
function isPartOf(name: string, watch: string): boolean {
  return name.startsWith(`${watch}-`) && /^\d+$/.test(name.slice(watch.length + 1));
}

function placeOf(
  dimensions: Readonly<Record<string, string>>,
  [stale, missing, unknown, age, rpoUsed]: readonly (readonly Point[])[],
): readonly PlaceFigures[] {
  if (stale.length === 0) {
    return [];
  }
  return [
    {
      protection: dimensions[PROTECTION],
      place: dimensions[PLACE],
      lastMs: Math.max(...stale.map(({ atMs }) => atMs)),
      stale: worst(stale) ?? 0,
      missing: worst(missing) ?? 0,
      unknown: worst(unknown) ?? 0,
      ...(age.length === 0 ? {} : { ageMs: (worst(age) ?? 0) * 1000 }),
      ...(rpoUsed.length === 0 ? {} : { rpoUsed: worst(rpoUsed) }),
    },
  ];
}

/** What is expected begins with the hour after the first look, so that a watch may be young. */
function watchOf(watch: string, everyMs: number, looks: readonly Point[], unjudged: readonly Point[], toMs: number): WatchFigures {
  const firstMs = Math.min(...looks.map(({ atMs }) => atMs), toMs) + HOUR;
  const last = [...unjudged].sort((a, b) => a.atMs - b.atMs).at(-1);
  return {
    watch,
    looks: sum(looks.filter(({ atMs }) => atMs >= firstMs)),
    expected: looks.length === 0 ? Math.floor(WEEK / everyMs) : Math.floor(Math.max(0, toMs - firstMs) / everyMs),
    unjudged: last?.value ?? 0,
  };
}

async function jobsOf(vaults: DigestConfig['vaults'], region: string, ports: DigestPorts, { fromMs, toMs }: Span): Promise<Seen> {
  const rows = vaults.flatMap(({ name, counts }) => counts.map((kind) => ({ name, kind })));
  const queries = rows.flatMap(({ name, kind }) =>
    [JOB_METRICS[kind].good, ...JOB_METRICS[kind].bad].map(
      (metric): MetricQuery => ({ namespace: 'AWS/Backup', name: metric, dimensions: { BackupVaultName: name }, statistic: 'Sum' }),
    ),
  );
  const points = queries.length === 0 ? [] : await ports.points(region, queries, fromMs, toMs);
  const count = (vault: string, metric: string): number =>
    sum(points[queries.findIndex(({ name, dimensions }) => name === metric && dimensions.BackupVaultName === vault)]);
  const jobs = rows.map(
    ({ name, kind }): JobFigures => ({
      vault: `${region}/${name}`,
      kind,
      good: count(name, JOB_METRICS[kind].good),
      bad: JOB_METRICS[kind].bad.reduce((total, metric) => total + count(name, metric), 0),
    }),
  );
  return { ...NOTHING, jobs };
}

/** Whatever looks at the tests has to come to its end as often as any watch. */
async function testsOf(all: readonly DigestedTests[], region: string, ports: DigestPorts, span: Span): Promise<Seen> {
  const { tests, looks } = await lookAtTests(all, region, ports, span);
  return { ...NOTHING, tests, watches: looks.map(([verification, points]) => watchOf(verification, HOUR, points, [], span.toMs)) };
}

function worst(points: readonly Point[]): number | undefined {
  return points.length === 0 ? undefined : Math.max(...points.map(({ value }) => value));
}

function sum(points: readonly Point[]): number {
  return points.reduce((total, { value }) => total + value, 0);
}

function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
