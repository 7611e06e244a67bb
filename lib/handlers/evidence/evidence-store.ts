import {
  type AnyRecord,
  type ComparedRecord,
  type ConcludedTest,
  chainFolder,
  type EvidenceRecord,
  isRun,
  jobName,
  testPage,
  toRecord,
  verifiedName,
} from '../../model/evidence';
import { Chain, type RecordForm } from './chain';
import type { ObjectStore } from './object-store';
import { sha256 } from './pointers';

/** Which chain, and where. */
export interface EvidencePlace {
  /** Left out: the whole bucket. */
  readonly prefix?: string;
  readonly verification: string;
}

/** What a test compares with. */
export interface Verified {
  /** What the last successful test left, by name of the check. */
  readonly baselines: Readonly<Record<string, unknown>>;
  /** Its record; left out where there was none. */
  readonly comparedWith?: ComparedRecord;
}

/** The evidence of a verification: the chain of its restore tests. */
export class EvidenceStore {
  private readonly chain: Chain<EvidenceRecord>;

  constructor(
    objects: ObjectStore,
    private readonly place: EvidencePlace,
  ) {
    this.chain = new Chain(objects, chainFolder(place.prefix ?? '', place.verification), TESTS);
  }

  /** Keeps a test. One that is kept already for the same restore job stays as it is, and is answered. */
  public append(concluded: ConcludedTest): Promise<EvidenceRecord> {
    const { verification } = this.place;
    return this.chain.append(jobName(concluded.test.restoreJobId), (place) => toRecord(concluded, { verification, ...place }));
  }

  /** What the last successful test of a resource left for the next, and where it stands; no baselines where there was none. */
  public async lastVerified(resource: string, sourceArn: string): Promise<Verified> {
    const { beyondHead } = await this.chain.end();
    const meant = (record: AnyRecord | undefined): record is EvidenceRecord =>
      record !== undefined &&
      !isRun(record) &&
      record.resource === resource &&
      record.test.sourceArn === sourceArn &&
      record.verdict.status === 'SUCCESSFUL';
    const fresh = beyondHead.filter(({ record }) => meant(record)).at(-1);
    const found = fresh ?? (await this.chain.pointedAt(verifiedOf(resource, sourceArn), meant));
    return meant(found?.record)
      ? { baselines: found.record.baselines, comparedWith: { sequence: found.sequence, sha256: found.sha256 } }
      : { baselines: {} };
  }

  /** What is kept of a restore job. */
  public find(restoreJobId: string): Promise<EvidenceRecord | undefined> {
    return this.chain.find(jobName(restoreJobId));
  }
}

const TESTS: RecordForm<EvidenceRecord> = {
  owns: (record): record is EvidenceRecord => !isRun(record),
  page: testPage,
  movedBy: ({ resource, test, verdict }) => (verdict.status === 'SUCCESSFUL' ? verifiedOf(resource, test.sourceArn) : undefined),
};

function verifiedOf(resource: string, sourceArn: string): string {
  return verifiedName(sha256(`${resource}\n${sourceArn}`));
}
