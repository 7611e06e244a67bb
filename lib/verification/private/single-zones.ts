import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { known } from '../../core/private/known';
import { settingOf } from '../../services/settings';
import type { TestedResource } from './tested-resources';

/**
 * Zones of file systems that lie in one only, as far as they are zones of the Region of the scope. Those that only deployment tells are
 * left out in another stack, which would depend on that of the file system.
 */
export function zonesOf(scope: IConstruct, resources: readonly TestedResource[]): readonly string[] {
  const here = Stack.of(scope);
  const region = known(here.region) ?? '';
  const zones = resources.flatMap(({ target: { cfn } }) => {
    const zone = cfn && settingOf(cfn, 'availabilityZoneName');
    if (cfn === undefined || typeof zone !== 'string') {
      return [];
    }
    return (known(zone) === undefined ? Stack.of(cfn) === here : zone.startsWith(region)) ? [zone] : [];
  });
  return [...new Set(zones)];
}
