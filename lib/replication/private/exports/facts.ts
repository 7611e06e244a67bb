import type { IConstruct } from 'constructs';
import { isAttached, resourceId } from '../../../core/private/inventory';
import type { CopyFact, ExclusionFact, Fact, Term } from '../../../model/facts';
import { SERVICE_LIMITS } from '../../../model/limits/services';
import { estimateMs } from '../../../model/services';
import { term } from '../../../services/facts';
import { restoreTerms } from '../../../services/restore-terms';
import type { Target } from '../../../services/service';
import { recordLiveCopies } from '../live-copies';
import type { Rhythm } from './rhythm';
import type { ExportStore, StoreTraits } from './store';
import { type ExportTimes, START_MS } from './times';

export interface RecordedExport {
  readonly target: Target;
  readonly store: ExportStore;
  readonly rhythm: Rhythm;
  readonly times: ExportTimes;
  /** The files in words, such as `exports`. */
  readonly files: string;
  /** How old the data may be that an export shows, at its start. */
  readonly sourceAge?: Term;
  /** How the data is brought back; left out where nothing of AWS does. */
  readonly restore?: string;
  /** Further facts, once the tree is complete. */
  more?(): readonly Fact[];
}

/** Tells the record of the exports, and that the bucket made for them is itself no data to protect. */
export function recordExports(owner: IConstruct, exported: RecordedExport): void {
  const { target, store, more = () => [] } = exported;
  recordLiveCopies(owner, target, () => [...copiesOf(owner, exported), ...holders(owner, store, target), ...more()]);
}

function copiesOf(owner: IConstruct, exported: RecordedExport): readonly CopyFact[] {
  const { target, store, files } = exported;
  const staleness = stalenessOf(exported);
  const copy = (name: string, { keptMs, ...traits }: StoreTraits): CopyFact => ({
    kind: 'copy',
    resource: target.id,
    id: `exports below ${store.prefix} in ${name}`,
    by: owner.node.path,
    mechanism: `${files} in bucket ${name}`,
    form: 'points',
    medium: 'export',
    staleness,
    restore: restoreOf(exported),
    keptMs,
    shortestKeptMs: keptMs,
    ...traits,
  });
  const { offSite } = store;
  const lag = term('replication lag', SERVICE_LIMITS.objectReplicaLag);
  return [
    { ...copy(store.name, store.traits()), ...(store.isOwn && { beside: true }) },
    ...(offSite ? [{ ...copy(offSite.name, offSite.traits), staleness: [...staleness, lag] }] : []),
  ];
}

/** An export shows the data as it was when it started, and is usable when it is complete. */
function stalenessOf({ rhythm, times, sourceAge }: RecordedExport): readonly Term[] {
  return [
    { name: `longest gap between runs (${rhythm.expression})`, ms: rhythm.longestGapMs, basis: 'configured' },
    { name: 'start', ms: START_MS, basis: 'configured' },
    ...(sourceAge ? [sourceAge] : []),
    { name: 'export until complete', ms: times.exportMs, basis: times.declared ? 'declared' : 'estimated' },
  ];
}

function restoreOf({ target, times, restore }: RecordedExport): readonly Term[] {
  const { restoreMs, responseMs, sizeGib } = times;
  if (restore === undefined && restoreMs === undefined) {
    return [];
  }
  const [response] = restoreTerms(target.type, { responseMs });
  const name = restore ?? 'load of the files';
  return [
    response,
    restoreMs === undefined
      ? { name, ms: estimateMs(target.type, 'import', sizeGib), basis: 'estimated' }
      : { name, ms: restoreMs, basis: 'declared' },
  ];
}

function holders(owner: IConstruct, { isOwn, bucket }: ExportStore, target: Target): readonly ExclusionFact[] {
  return isOwn && isAttached(bucket)
    ? [{ kind: 'exclusion', implied: true, resource: resourceId(bucket), by: owner.node.path, reason: `holds the exports of ${target.id}` }]
    : [];
}
