import type { DigestedTests, TestedFigures, TestFigures } from '../../model/digest';
import { DAY, SECOND } from '../../model/time';
import {
  ACHIEVED,
  SUCCESSFUL_TEST,
  TEST_COUNTS,
  VERIFICATION,
  VERIFICATION_HEARTBEAT,
  VERIFICATION_NAMESPACE,
  VERIFIED_RESOURCE,
} from '../../model/verification';
import type { DigestPorts, MetricQuery, Point } from './ports';

/** CloudWatch keeps hours for so long (CloudWatch User Guide: metrics retention). */
const LONGEST_MS = 455 * DAY;

/** What was seen of the restore tests of a Region. */
export interface SeenTests {
  readonly tests: readonly TestFigures[];
  /** The looks of each watch that came to their end. */
  readonly looks: readonly (readonly [verification: string, looks: readonly Point[]])[];
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Looks at the restore tests of a Region: at the week, and for successes as far back as the rarest test is due. */
export async function lookAtTests(all: readonly DigestedTests[], region: string, ports: DigestPorts, span: Span): Promise<SeenTests> {
  if (all.length === 0) {
    return { tests: [], looks: [] };
  }
  const { fromMs, toMs } = span;
  const resources = all.flatMap((tests) =>
    tests.resources.map(({ id }) => ({ [VERIFICATION]: tests.verification, [VERIFIED_RESOURCE]: id })),
  );
  const dueMs = Math.max(...all.flatMap((tests) => tests.resources.map((resource) => resource.dueMs)), toMs - fromMs);
  const lookedBackMs = Math.min(LONGEST_MS, dueMs);
  const counts = Object.values(TEST_COUNTS);
  const week = await ports.points(
    region,
    [
      ...all.flatMap(({ verification }) => [
        ask({ [VERIFICATION]: verification }, VERIFICATION_HEARTBEAT, 'SampleCount'),
        ...counts.map((name) => ask({ [VERIFICATION]: verification }, name, 'Maximum')),
      ]),
      ...resources.map((dimensions) => ask(dimensions, ACHIEVED.recoveryTime, 'Maximum')),
    ],
    fromMs,
    toMs,
  );
  const long = await ports.points(
    region,
    resources.flatMap((dimensions) => [ask(dimensions, SUCCESSFUL_TEST, 'SampleCount'), ask(dimensions, SUCCESSFUL_TEST, 'Sum')]),
    toMs - lookedBackMs,
    toMs,
  );
  const size = 1 + counts.length;
  const times = week.slice(all.length * size);
  let place = 0;
  const tests = all.map(({ label, resources: own, ...rest }, index): TestFigures => {
    const [looks, ...found] = week.slice(index * size, (index + 1) * size);
    const most = (name: (typeof counts)[number]): number => Math.max(0, ...found[counts.indexOf(name)].map(({ value }) => value));
    const seen = own.map((resource): TestedFigures => {
      const at = place++;
      return testedOf(resource, { times: times[at], ended: long[2 * at], successes: long[2 * at + 1] }, { fromMs, lookedBackMs });
    });
    return {
      label,
      region: rest.region ?? region,
      ...(looks.length === 0 ? {} : { lastMs: Math.max(...looks.map(({ atMs }) => atMs)) }),
      failed: most(TEST_COUNTS.failed),
      missing: most(TEST_COUNTS.missing),
      slow: most(TEST_COUNTS.slow),
      old: most(TEST_COUNTS.old),
      remains: most(TEST_COUNTS.remains),
      resources: seen,
    };
  });
  return { tests, looks: all.map(({ verification }, index) => [verification, week[index * size]] as const) };
}

function testedOf(
  { id, rtoMs }: DigestedTests['resources'][number],
  { times, ended, successes }: { readonly times: readonly Point[]; readonly ended: readonly Point[]; readonly successes: readonly Point[] },
  { fromMs, lookedBackMs }: { readonly fromMs: number; readonly lookedBackMs: number },
): TestedFigures {
  const inWeek = (points: readonly Point[]): number =>
    points.filter(({ atMs }) => atMs >= fromMs).reduce((total, { value }) => total + value, 0);
  const good = successes.filter(({ value }) => value > 0).map(({ atMs }) => atMs);
  return {
    id,
    ...(rtoMs === undefined ? {} : { rtoMs }),
    tests: inWeek(ended),
    successful: inWeek(successes),
    ...(times.length === 0 ? {} : { slowestMs: Math.max(...times.map(({ value }) => value)) * SECOND }),
    ...(good.length === 0 ? {} : { verifiedMs: Math.max(...good) }),
    lookedBackMs,
  };
}

function ask(dimensions: MetricQuery['dimensions'], name: string, statistic: MetricQuery['statistic']): MetricQuery {
  return { namespace: VERIFICATION_NAMESPACE, name, dimensions, statistic };
}
