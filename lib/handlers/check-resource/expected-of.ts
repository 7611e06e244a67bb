import { expectedCount } from '../checks/judge-count';
import { many } from '../checks/words';
import type { ResourceCheck } from './resource-check';

/** What a check expects, in words. */
export function expectedOf(check: ResourceCheck): string {
  switch (check.kind) {
    case 'objects':
      return `${expectedCount(check, 'object')}${check.prefix ? ` below ${check.prefix}` : ''}${sampled(check.sample, 'object')}`;
    case 'items':
      return `${expectedCount(check, 'item')}; key and indexes as they were${sampled(check.sample, 'item')}`;
    case 'files':
      return `${expectedCount(check, 'file')}${sampled(check.sample, 'file')}`;
    case 'volume':
      return 'a partition table and file systems that can be read';
    case 'instance':
      return `both status checks pass${check.command === undefined ? '' : ', and the command ends with 0'}`;
    case 'http':
      return `status ${check.status}${check.contains === undefined ? '' : ', with the expected text'}`;
    default:
      return 'a check that this function knows';
  }
}

function sampled(sample: number, one: string): string {
  return sample > 0 ? `; a sample of ${many(sample, one)} that can be read and is as it was` : '';
}
