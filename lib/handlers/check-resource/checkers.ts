import type { ResourcePorts } from './aws-ports';
import { checkFiles } from './check-files';
import { checkHttp } from './check-http';
import { checkInstance } from './check-instance';
import { checkItems } from './check-items';
import { checkObjects } from './check-objects';
import { checkVolume } from './check-volume';
import type { Checkers } from './run-resource-checks';

/** Who looks, by kind of check. */
export function checkersOf(ports: ResourcePorts): Checkers {
  return {
    objects: (check, context) => checkObjects(ports.objects, check, context),
    items: (check, context) => checkItems(ports.tables, check, context),
    volume: (check, context) => checkVolume(ports.snapshots, check, context),
    instance: (check, context) => checkInstance(ports.machines, check, context),
    files: checkFiles,
    http: (check, context) => checkHttp(check, context),
  };
}
