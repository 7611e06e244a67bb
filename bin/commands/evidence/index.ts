import type { From } from '../../../lib/model/evidence';
import { bucketPlace } from './bucket-place';
import { folderPlace } from './folder-place';
import { type JudgedChain, readChains } from './read-chains';

export { EVIDENCE_FORMATS, faultsOf, formatChains } from './format-chains';

/** The chains of a bucket, named as `s3://bucket/prefix`, or of a folder; of those that have lost their beginning, `from` a place or moment on. */
export function evidenceIn(place: string, progress: (read: number, of: number) => void, from: From = {}): Promise<JudgedChain[]> {
  return readChains(/^s3:\/\//i.test(place) ? bucketPlace(place) : folderPlace(place), progress, from);
}
