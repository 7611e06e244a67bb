import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import type { RestoreVerificationProps } from '../restore-verification-props';

/** Refuses settings of restores of which AWS would tell only in the middle of the first test, or one of which nobody would use. */
export function requireSettings(scope: IConstruct, { metadata = [], clusterInstanceClass }: RestoreVerificationProps): void {
  // those of clusters are for RDS, too, and may stand beside those of instances
  const kinds = metadata.map(({ types }) => types.join(' and '));
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (twice !== undefined) {
    throw new ConfigurationError('MetadataTwice', `'metadata' is given twice for ${twice}: put all of it into one RestoreMetadata`, scope);
  }
  const name = known(clusterInstanceClass);
  if (name !== undefined && !/^db\.[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name)) {
    throw new ConfigurationError(
      'InvalidInstanceClass',
      `'clusterInstanceClass' is '${name}', but classes of databases read like db.t4g.medium: give one of those`,
      scope,
    );
  }
}
