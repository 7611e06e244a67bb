import { DAY, HOUR, words } from '../time';
import type { DigestConfig, JobKind } from './config';
import type { DigestFigures, JobFigures, PlaceFigures } from './figures';
import { type Line, testLines } from './test-lines';

/** Whether everything that was judged is well, something is not, or something could not be looked at. */
export type DigestVerdict = 'good' | 'bad' | 'blind';

/** A week in words. */
export interface Digest {
  readonly verdict: DigestVerdict;
  /** What could not be looked at, or what nobody has measured. */
  readonly blind: readonly string[];
  /** What somebody should look into. */
  readonly bad: readonly string[];
  readonly good: readonly string[];
  /** What is neither. */
  readonly notes: readonly string[];
}

/** Schedules do not keep the second, and a deployment takes a run away. */
const SILENCE_ALLOWED = { share: 0.02, looks: 2 } as const;
const JOBS: Readonly<Record<JobKind, readonly [one: string, many: string]>> = {
  backup: ['backup', 'backups'],
  copy: ['copy', 'copies'],
  restore: ['restore', 'restores'],
};

/** Judges a week. What is not among the figures is not well: it was not measured. */
export function digestOf(config: DigestConfig, figures: DigestFigures): Digest {
  const lines = [
    ...figures.blind.map((text): Line => ['blind', text]),
    ...(config.plans.length === 0 ? [['blind', 'nothing is promised: no plan was found when the app was synthesised'] as const] : []),
    ...config.plans.flatMap(({ label, elsewhere = [] }) => [
      ...planLines(label, config, figures),
      ...elsewhere.map((place): Line => ['notes', `${label}: what is in ${place} is in another account, and not looked at from here`]),
    ]),
    ...watchLines(figures),
    ...jobLines(figures.jobs),
    ...testLines(figures.tests, figures.toMs),
  ];
  const of = (kind: Line[0]) => lines.filter(([one]) => one === kind).map(([, text]) => text);
  const [blind, bad] = [of('blind'), of('bad')];
  return { verdict: blind.length > 0 ? 'blind' : bad.length > 0 ? 'bad' : 'good', blind, bad, good: of('good'), notes: of('notes') };
}

function planLines(label: string, { watches }: DigestConfig, { places, toMs }: DigestFigures): readonly Line[] {
  const own = places.filter(({ protection }) => protection === label);
  const latest = own.filter(({ lastMs }) => lastMs >= toMs - DAY);
  if (latest.length === 0) {
    const why =
      watches.length === 0
        ? 'no RecoveryWatch measures it'
        : own.length === 0
          ? 'not measured in the whole week'
          : `not measured since ${dateOf(Math.max(...own.map(({ lastMs }) => lastMs)))}`;
    return [['blind', `${label}: ${why}`]];
  }
  const wrong = own.flatMap((place) => wrongWith(place).map((text): Line => ['bad', `${label}: ${text} in ${place.place}`]));
  return wrong.length > 0 ? wrong : [['good', `${label}: ${worstOf(latest)}`]];
}

function wrongWith({ stale, missing, unknown, rpoUsed = 0 }: PlaceFigures): readonly string[] {
  return [
    ...(missing > 0 ? [`up to ${missing} without any recovery point`] : []),
    ...(stale > 0 ? [`up to ${stale} stale`] : []),
    ...(rpoUsed > 100 ? [`older than the promised RPO, at worst ${rpoUsed} % of it`] : []),
    ...(unknown > 0 ? [`up to ${unknown} that the watch could not look at`] : []),
  ];
}

function worstOf(places: readonly PlaceFigures[]): string {
  const aged = places.filter(({ ageMs }) => ageMs !== undefined).sort((a, b) => (b.ageMs ?? 0) - (a.ageMs ?? 0));
  const used = places.flatMap(({ rpoUsed }) => (rpoUsed === undefined ? [] : [rpoUsed]));
  const share = used.length === 0 ? 'no RPO relies on it' : `at worst ${Math.max(...used)} % of the promised RPO`;
  return aged.length === 0
    ? 'nothing stale or missing, and no age is known'
    : `at worst ${words(aged[0].ageMs ?? 0)} old in ${aged[0].place}, ${share}`;
}

function watchLines({ watches, toMs, fromMs }: DigestFigures): readonly Line[] {
  return watches.flatMap(({ watch, looks, expected, unjudged }): readonly Line[] => {
    const missed = expected - looks;
    return [
      ...(missed > Math.max(SILENCE_ALLOWED.looks, expected * SILENCE_ALLOWED.share)
        ? [['bad', `the watch ${watch} did not come to its end ${missed} of ${expected} times`] as const]
        : []),
      ...(expected > 0 && looks === 0 ? [['blind', `the watch ${watch} was silent in the last ${words(toMs - fromMs)}`] as const] : []),
      ...(unjudged > 0 ? [['notes', `${unjudged} not judged by ${watch}: nothing tells how old they are or may be`] as const] : []),
    ];
  });
}

function jobLines(jobs: readonly JobFigures[]): readonly Line[] {
  return jobs.map(({ vault, kind, good, bad }): Line => {
    const done = `${good} ${JOBS[kind][good === 1 ? 0 : 1]} completed`;
    return bad > 0
      ? ['bad', `${vault}: ${bad} ${JOBS[kind][bad === 1 ? 0 : 1]} failed, ${done}`]
      : [good > 0 ? 'good' : 'notes', `${vault}: ${good > 0 ? done : `no ${JOBS[kind][0]} ran`}`];
  });
}

/** To the hour, in UTC. */
export function dateOf(ms: number): string {
  return `${new Date(Math.floor(ms / HOUR) * HOUR).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
