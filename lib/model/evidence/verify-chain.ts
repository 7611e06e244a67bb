import type { ChainHead } from './evidence-record';
import { HEAD_NAME, pageName, recordName, sequenceOf } from './names';
import { baselineFindings } from './private/baselines';
import { contradictionIn } from './private/contradiction';
import { gapsOf, type Places, placesOf, testimonyOf } from './private/places';
import { pointerFindings } from './private/pointers';
import { type From, firstWanted } from './private/wanted';
import type { Reading } from './read-record';
import { type AnyRecord, chainNameOf, subjectOf } from './records';

/** A chain as it was found. */
export interface StoredChain {
  /** Everything below `records/`. */
  readonly records: readonly StoredRecord[];
  /** Left out where there is none. */
  readonly head?: Reading<ChainHead>;
  /** SHA-256 of everything below `pages/`, by name. */
  readonly pages: Readonly<Record<string, string>>;
  /** Which record each object below `jobs/`, `runs/` and `verified/` names; left out where nobody has read them. */
  readonly pointers?: Readonly<Record<string, Reading<ChainHead>>>;
  /** Names below `records/` of which the bucket keeps only former versions. */
  readonly deleted?: readonly string[];
}

export interface StoredRecord {
  /** Below the folder of the chain, such as `records/00000001.json`. */
  readonly name: string;
  readonly sha256: string;
  readonly reading: Reading<AnyRecord>;
  /** Name of the pointer to the last successful record of the same resource; left out where nobody asks for it. */
  readonly verifiedName?: string;
  /** How many versions the bucket keeps of it; left out where nobody knows. */
  readonly versions?: number;
}

/** Something that is not as it was written. A note is no fault: a crash leaves it, and the next record puts it right. */
export interface ChainFinding {
  readonly severity: 'fault' | 'note';
  readonly kind: FindingKind;
  /** What it is about, below the folder of the chain. */
  readonly name: string;
  readonly message: string;
}

export type FindingKind =
  | 'changed'
  | 'missing'
  | 'reordered'
  | 'forked'
  | 'foreign'
  | 'unreadable'
  | 'repeated'
  | 'contradictory'
  | 'page'
  | 'head'
  | 'pointer'
  | 'baseline'
  | 'expired';

/**
 * Everything that was changed, removed, moved or slipped in since the records were written. Nothing before `from` has to be there any
 * more; what is there all the same is held to what was written.
 */
export function verifyChain(chain: StoredChain, from: From = {}): ChainFinding[] {
  const places = placesOf(chain);
  const first = firstWanted(places, from);
  const isWanted = (name: string): boolean => (sequenceOf(name) ?? first) >= first;
  return [
    ...missing(places, first),
    ...[...places.placed].sort(([one], [other]) => one - other).flatMap(([sequence, record]) => faultsOf(sequence, record, places)),
    ...versions({ ...chain, deleted: chain.deleted?.filter(isWanted) }),
    ...strangers(places),
    ...forks(chain.records),
    ...repetitions(places),
    ...pages(chain, places, first),
    ...headFindings(chain, places),
    ...pointerFindings(chain, places, first),
    ...baselineFindings(places, first),
  ];
}

function missing(places: Places, first: number): ChainFinding[] {
  const gaps = gapsOf(places);
  const expired = gaps.filter(([from]) => from < first).map(([from, to]) => [from, Math.min(to, first - 1)] as const);
  const wanted = gaps.filter(([, to]) => to >= first).map(([from, to]) => [Math.max(from, first), to] as const);
  return [...expired.map(([from, to]) => notWanted(from, to)), ...wanted.map(([from, to]) => gap(from, to, places))];
}

function notWanted(from: number, to: number): ChainFinding {
  const gone = from === to ? 'is not there' : `to ${recordName(to)} are not there`;
  return { severity: 'note', kind: 'expired', name: recordName(from), message: `${gone}, and nobody asked for them` };
}

function gap(from: number, to: number, places: Places): ChainFinding {
  const witness = testimonyOf(to, places);
  const moved = witness && places.byHash.get(witness.sha256);
  const gone = from === to ? 'is missing' : `to ${recordName(to)} are missing`;
  const known = witness ? `${witness.by} tells its SHA-256, ${witness.sha256}` : `the chain goes on to record ${places.last}`;
  return moved && from === to
    ? fault('reordered', recordName(from), `is not in its place, but stands in ${moved.name}`)
    : fault('missing', recordName(from), `${gone}: ${known}`);
}

/** What stands in a place, held against what is said about it, and against itself. */
function faultsOf(sequence: number, { name, sha256, reading }: StoredRecord, places: Places): ChainFinding[] {
  const witness = testimonyOf(sequence, places);
  if (witness && witness.sha256 !== sha256) {
    const moved = places.byHash.get(witness.sha256);
    const before = sequence === 1 ? '' : '; what it says about the record before it proves nothing either';
    return [
      moved
        ? fault('reordered', name, `stands in the wrong place: what belongs here stands in ${moved.name}`)
        : fault('changed', name, `was changed: ${witness.by} says SHA-256 ${witness.sha256}, and it has ${sha256}${before}`),
    ];
  }
  const record = reading.value;
  if (record === undefined) {
    return [fault('unreadable', name, `${reading.problem}: nobody can tell what it said`)];
  }
  if (record.sequence !== sequence) {
    return [fault('reordered', name, `says that it is record ${record.sequence}`)];
  }
  const contradiction = contradictionIn(record);
  return [
    ...(sequence === 1 || record.previous ? [] : [fault('forked', name, 'follows no record, although there were some before it')]),
    ...(contradiction === undefined ? [] : [fault('contradictory', name, contradiction)]),
  ];
}

/** A bucket with versions tells what was written over or deleted, even where everything else was made to fit. */
function versions({ records, deleted = [] }: StoredChain): ChainFinding[] {
  return [
    ...records
      .filter((record) => (record.versions ?? 1) > 1)
      .map((record) => fault('changed', record.name, `was written ${record.versions} times: the first version is the record`)),
    ...deleted.map((name) => fault('missing', name, 'was deleted: the bucket has its former version')),
  ];
}

function strangers({ strangers: found }: Places): ChainFinding[] {
  return found.map(({ name, reading }) => {
    const claim = reading.value ? `, though it says that it is record ${reading.value.sequence} of '${chainNameOf(reading.value)}'` : '';
    return fault('foreign', name, `is no record of the chain${claim}`);
  });
}

/** Two records that follow the same one, or none. */
function forks(records: readonly StoredRecord[]): ChainFinding[] {
  const followers = new Map<string, string[]>();
  for (const { name, reading } of records.filter(({ reading }) => reading.value)) {
    const follows = reading.value?.previous?.sha256 ?? 'none';
    followers.set(follows, [...(followers.get(follows) ?? []), name]);
  }
  return [...followers]
    .filter(([, names]) => names.length > 1)
    .map(([follows, names]) => {
      const same = follows === 'none' ? 'each say that they are the first' : 'follow the same record';
      return fault('forked', names[1], `the chain forks: ${names.join(' and ')} ${same}`);
    });
}

/** One test or run in two records. */
function repetitions({ placed }: Places): ChainFinding[] {
  const seen = new Map<string, string>();
  const inOrder = [...placed].sort(([one], [other]) => one - other);
  return inOrder.flatMap(([, { name, reading }]) => {
    if (reading.value === undefined) {
      return [];
    }
    const { pointer, words } = subjectOf(reading.value);
    const before = seen.get(pointer);
    seen.set(pointer, before ?? name);
    return before === undefined ? [] : [fault('repeated', name, `is about ${words}, as ${before} is`)];
  });
}

/** Pages for people, held against what their record says, wherever that stands. Those of the newest record a crash may have prevented. */
function pages({ pages: found }: StoredChain, { claiming, newest, last }: Places, first: number): ChainFinding[] {
  const wrong = [...claiming].flatMap(([sequence, { reading }]) =>
    (['html', 'md'] as const).flatMap((format): ChainFinding[] => {
      const name = pageName(sequence, format);
      const wanted = reading.value?.pages[format];
      if (wanted === undefined || found[name] === wanted || (found[name] === undefined && sequence < first)) {
        return [];
      }
      return found[name] === undefined
        ? [{ severity: sequence === newest ? 'note' : 'fault', kind: 'page', name, message: 'is missing; its record is not' }]
        : [fault('page', name, 'was changed: its record tells another SHA-256; the record counts')];
    }),
  );
  const known = (name: string): boolean => {
    const sequence = Number.parseInt(name.slice(name.lastIndexOf('/') + 1), 10);
    return sequence >= 1 && sequence <= last && [pageName(sequence, 'html'), pageName(sequence, 'md')].includes(name);
  };
  return [
    ...wrong,
    ...Object.keys(found)
      .filter((name) => !known(name))
      .map((name) => fault('page', name, 'is the page of no record')),
  ];
}

function headFindings({ head }: StoredChain, { newest }: Places): ChainFinding[] {
  if (head?.value === undefined) {
    const why = head ? head.problem : 'is missing';
    return head || newest > 0
      ? [fault('head', HEAD_NAME, `${why}: nothing tells whether record ${newest} is the last, and as it was written`)]
      : [];
  }
  const behind = newest - head.value.sequence;
  const message = `names record ${head.value.sequence}, and the last is ${newest}`;
  if (behind <= 0) {
    return [];
  }
  return behind === 1
    ? [{ severity: 'note', kind: 'head', name: HEAD_NAME, message: `${message}: the next record puts it right` }]
    : [fault('head', HEAD_NAME, message)];
}

function fault(kind: FindingKind, name: string, message: string): ChainFinding {
  return { severity: 'fault', kind, name, message };
}
