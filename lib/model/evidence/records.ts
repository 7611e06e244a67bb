import type { EvidenceRecord } from './evidence-record';
import { jobName, runName } from './names';
import type { RunEvidence } from './run-evidence';

/** Whatever a chain is made of: restore tests, or the runs of a recovery. */
export type AnyRecord = EvidenceRecord | RunEvidence;

export function isRun(record: AnyRecord): record is RunEvidence {
  return 'kind' in record;
}

/** What a record is about, of which there must be no second one: its pointer, and its name in words. */
export function subjectOf(record: AnyRecord): { readonly pointer: string; readonly words: string } {
  if (isRun(record)) {
    const { input, begunMs } = record.run;
    return { pointer: runName({ id: input.id, begunMs }), words: `run ${input.id}` };
  }
  const { restoreJobId } = record.test;
  return { pointer: jobName(restoreJobId), words: `restore job ${restoreJobId}` };
}

/** Whose chain a record is part of. */
export function chainNameOf(record: Pick<EvidenceRecord, 'verification'> | Pick<RunEvidence, 'recovery' | 'site'>): string {
  return 'verification' in record ? record.verification : `${record.recovery} at ${record.site}`;
}
