import { CfnDeletionPolicy } from 'aws-cdk-lib/core';
import { namedKey } from '../core/private/keys';
import { known } from '../core/private/known';
import type { CopyFact } from '../model/facts';
import { SERVICE_LIMITS } from '../model/limits/services';
import { zonesOf } from '../model/services';
import { concern, describeTarget, outOfReach, placeOf, serviceCopy, storageKey, TAKEOVER, term } from './facts';
import { replicaKnowledge } from './replica-knowledge';
import type { ServiceAdapter, Target } from './service';
import { isDeletedWithStack, keepOnDelete, settingOf, textOf } from './settings';

/** EFS file systems, regional or in one zone. */
export const EFS: ServiceAdapter = {
  types: ['EFS'],
  describe: (target) =>
    describeTarget(target, {
      key: storageKey(target, 'service-managed', 'encrypted'),
      zones: target.cfn && zonesOf('EFS', { AvailabilityZoneName: settingOf(target.cfn, 'availabilityZoneName') }),
    }),
  copies: replicas,
  prepare: (target) => {
    const { cfn } = target;
    if (!cfn) {
      return () => outOfReach(target, ['turn automatic backups off, which would double its recovery points']);
    }
    const deleted = isDeletedWithStack(cfn);
    keepOnDelete(cfn, CfnDeletionPolicy.RETAIN);
    return () => [
      ...(settingOf(cfn, 'backupPolicy.status') === 'ENABLED'
        ? [
            concern(
              target,
              'warning',
              'BackedUpTwice',
              "'enableAutomaticBackups' is true, so a plan of AWS beside yours makes and keeps daily recovery points of its own: set it to false",
            ),
          ]
        : []),
      ...(deleted
        ? [concern(target, 'warning', 'DeletedWithStack', "'removalPolicy' is DESTROY, so the data goes with the stack: set RETAIN")]
        : []),
    ];
  },
};

/** The file system that EFS replicates to, which lies in another account where its ARN says so. */
function replicas(target: Target): readonly CopyFact[] {
  const { cfn, id } = target;
  const destinations = cfn && settingOf(cfn, 'replicationConfiguration.destinations');
  if (!cfn || !Array.isArray(destinations) || destinations.length === 0) {
    return [];
  }
  const path = 'replicationConfiguration.destinations.0';
  const existing = settingOf(cfn, `${path}.fileSystemId`);
  const key = settingOf(cfn, `${path}.kmsKeyId`);
  const told = replicaKnowledge(cfn, existing ?? settingOf(cfn, `${path}.region`));
  const [, , , arnRegion, arnAccount] = typeof existing === 'string' ? existing.split(':') : [];
  const region = textOf(cfn, `${path}.region`) ?? known(arnRegion);
  return [
    serviceCopy({
      resource: id,
      id: 'replica',
      by: id,
      mechanism: `EFS replica in ${region ?? 'another place'}`,
      form: 'replica',
      place: { region, account: arnAccount === undefined ? placeOf(target).account : known(arnAccount) },
      staleness: [term('replication lag', SERVICE_LIMITS.fileReplicaLag)],
      restore: TAKEOVER,
      key: told.key ?? (typeof key === 'string' ? namedKey(key) : { kind: existing === undefined ? 'service-managed' : 'unknown' }),
    }),
  ];
}
