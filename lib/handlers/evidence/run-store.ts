import { type ConcludedRun, isRun, type RunEvidence, runName, runPage, toRunRecord } from '../../model/evidence';
import { Chain, type RecordForm } from './chain';
import type { ObjectStore } from './object-store';

/** The evidence of a recovery at one site: the chain of its runs. */
export class RunStore {
  private readonly chain: Chain<RunEvidence>;

  /** `folder` ends with a slash. */
  constructor(objects: ObjectStore, folder: string) {
    this.chain = new Chain(objects, folder, RUNS);
  }

  /** Keeps a run. One that is kept already stays as it is, and is answered. */
  public append(concluded: ConcludedRun): Promise<RunEvidence> {
    return this.chain.append(pointerOf(concluded.run), (place) => toRunRecord(concluded, place));
  }

  /** What is kept of a run. */
  public find(run: ConcludedRun['run']): Promise<RunEvidence | undefined> {
    return this.chain.find(pointerOf(run));
  }
}

const RUNS: RecordForm<RunEvidence> = { owns: isRun, page: runPage, movedBy: () => undefined };

function pointerOf({ input: { id }, begunMs }: ConcludedRun['run']): string {
  return runName({ id, begunMs });
}
