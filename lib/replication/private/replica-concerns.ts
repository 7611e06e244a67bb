import type { ConcernFact } from '../../model/facts';
import { standingConcerns } from '../../services/database-checks';
import { concern } from '../../services/facts';
import type { Target } from '../../services/service';
import { numberOf, settingOf } from '../../services/settings';

/** What is known of a replica when its source is judged. */
export interface ReplicaTraits {
  readonly engine?: string;
  /** Whether the replica has parameters of its own. */
  readonly ownParameters: boolean;
}

/** What stands against a read replica, as the properties of its source are once the app is complete. */
export function replicaConcerns(by: string, source: Target, { engine = '', ownParameters }: ReplicaTraits): readonly ConcernFact[] {
  const { cfn, id } = source;
  const found = [
    cfn !== undefined &&
      numberOf(cfn, 'backupRetentionPeriod') === 0 &&
      concern(
        source,
        'error',
        'ReplicaSourceWithoutBackups',
        `'backupRetention' of '${id}' is 0 days, but RDS makes read replicas of databases with automated backups only: keep them at least 1 day, or leave it out`,
      ),
    !engine.startsWith('sqlserver') && managedPassword(source),
    cfn !== undefined && !ownParameters && parametersLeft(source, settingOf(cfn, 'dbParameterGroupName')),
    /^(sqlserver-(se|ex|web)|oracle-se)/.test(engine) &&
      concern(
        source,
        'warning',
        'ReplicaEditionDoubtful',
        `'engine' of '${id}' is ${engine}, but read replicas in other Regions are known of the Enterprise Edition only: check it, or replicate automated backups instead`,
      ),
  ];
  return [...standingConcerns(source), ...found.filter((one) => one !== false).map((one) => ({ ...one, by }))];
}

/** A password that RDS manages belongs to one database in one Region. */
export function managedPassword(source: Target): ConcernFact | false {
  const { cfn, id } = source;
  return (
    cfn !== undefined &&
    settingOf(cfn, 'manageMasterUserPassword') === true &&
    concern(
      source,
      'error',
      'ManagedPasswordNotReplicated',
      `'manageMasterUserPassword' of '${id}' is true, but RDS makes no copy in another Region of a database whose password it manages: use Credentials.fromGeneratedSecret() with 'replicaRegions'`,
    )
  );
}

/** Every engine has a default parameter group of the same name in each Region. */
export function parametersLeft(source: Target, group: unknown): ConcernFact | false {
  return (
    group !== undefined &&
    !(typeof group === 'string' && group.startsWith('default.')) &&
    concern(
      source,
      'warning',
      'ParametersNotReplicated',
      `'${source.id}' has a parameter group, but parameter groups stay in their Region and the copy runs with the default one: give it 'parameters' or 'parameterGroup'`,
    )
  );
}
