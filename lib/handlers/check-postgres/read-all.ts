import type { Amcheck, NoAmcheck } from './amcheck';
import { keysOf } from './catalogue';
import { readSummedIndexes } from './index-sums';
import { readParts } from './parts';
import { Pass, type Passed } from './pass';
import type { Session } from './session';

/** What reading everything gave, and what kept from more. */
export interface ReadAll extends Passed {
  /** Why indexes were not looked at. */
  readonly lacking?: string;
}

/** What is read for. */
export interface Reason {
  /** Foreign keys. */
  readonly keys: boolean;
  /** Every value, and what amcheck looks at. */
  readonly corruption: boolean;
  readonly amcheck?: Amcheck | NoAmcheck;
}

/**
 * Reads every table once for all that is asked: foreign keys, every value, every page of tables and indexes as far as there is an
 * amcheck for it.
 */
export async function readAll(session: Session, { keys, corruption, amcheck }: Reason): Promise<ReadAll> {
  const tables = await session.survey.tables();
  const usable = amcheck && !('why' in amcheck) ? amcheck : undefined;
  const parts = corruption ? await readParts(session.main) : [];
  const summed = usable ? await readSummedIndexes(session.main) : [];
  const scope = { amcheck: usable, tables, parts, summed, keys: keys ? keysOf(tables) : [], values: corruption };
  const passed = await session.withConnections((connections) => new Pass(session, connections, scope).run());
  return amcheck && 'why' in amcheck ? { ...passed, lacking: amcheck.why } : passed;
}
