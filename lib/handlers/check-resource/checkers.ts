import { Unable } from '../checks/finding';
import type { ResourcePorts } from './aws-ports';
import { checkFiles } from './check-files';
import { checkHttp } from './check-http';
import { checkInstance } from './check-instance';
import { checkItems } from './check-items';
import { checkMounted } from './check-mounted';
import { checkObjects } from './check-objects';
import { checkVolume } from './check-volume';
import type { CheckOf } from './resource-check';
import type { Checker, Checkers } from './run-resource-checks';

/** Who looks, by kind of check. */
export function checkersOf(ports: ResourcePorts): Checkers {
  return {
    objects: (check, context) => checkObjects(ports.objects, check, context),
    items: (check, context) => checkItems(ports.tables, check, context),
    volume: (check, context) => checkVolume(ports.snapshots, check, context),
    instance: (check, context) => checkInstance(ports.machines, check, context),
    files: oneByOne(filesChecker(ports)),
    http: (check, context) => checkHttp(check, context),
  };
}

/** Files can only be read by whoever has mounted the file system. */
function filesChecker({ filesRoot, mounts }: ResourcePorts): Checker<CheckOf<'files'>> {
  return async (check, context) => {
    if (filesRoot) {
      return checkFiles(filesRoot, check, context);
    }
    if (!mounts) {
      throw new Unable(
        'files can only be read by a function that mounts the restored file system, and there is none: give an isolated network',
      );
    }
    return checkMounted(mounts, check, context);
  };
}

/** The function that mounts file systems has one at a time. */
function oneByOne(checker: Checker<CheckOf<'files'>>): Checker<CheckOf<'files'>> {
  let last: Promise<unknown> = Promise.resolve();
  return (check, context) => {
    const next = last.then(() => checker(check, context));
    last = next.catch(() => {});
    return next;
  };
}
