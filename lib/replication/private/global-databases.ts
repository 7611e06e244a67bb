import {
  AuroraMysqlEngineVersion,
  AuroraPostgresEngineVersion,
  DatabaseClusterEngine,
  type IClusterEngine,
  type IDatabaseCluster,
} from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import type { Place } from '../../model/facts';
import type { Target } from '../../services/service';
import { textOf } from '../../services/settings';
import type { IAuroraGlobalDatabase } from '../iaurora-global-database';

/** What clusters in other Regions have to know about a global database that they join. */
export interface GlobalDatabase {
  readonly id: string;
  readonly place: Place;
  /** The engine with its full version; left out where nobody says it as plain text. */
  readonly engine?: IClusterEngine;
  readonly encrypted?: boolean;
  /** The primary cluster, where it is known to this app. */
  readonly primary?: Target;
  /** Its secondary clusters in this app, in the order of their making. */
  readonly secondaries: { readonly region: string; readonly cluster: IConstruct }[];
}

const told = new WeakMap<IAuroraGlobalDatabase, GlobalDatabase>();

export function tellGlobalDatabase(database: IAuroraGlobalDatabase, knowledge: GlobalDatabase): void {
  told.set(database, knowledge);
}

/** What was told about a global database; only those of this library are known. */
export function requireGlobalDatabase(scope: IConstruct, database: IAuroraGlobalDatabase): GlobalDatabase {
  const found = told.get(database);
  if (found === undefined) {
    throw new ConfigurationError(
      'GlobalDatabaseUnknown',
      `'globalDatabase' is '${database.node.path}', about which nothing is known: give an AuroraGlobalDatabase, or import one with AuroraGlobalDatabase.fromAuroraGlobalDatabaseAttributes()`,
      scope,
    );
  }
  return found;
}

/** The engine of a cluster with its full version: that of the L2, or the one that the text of an L1 names. */
export function engineOfCluster({ construct, cfn }: Target): IClusterEngine | undefined {
  const { engine } = construct as Partial<IDatabaseCluster>;
  if (typeof engine === 'object') {
    return engine.engineVersion === undefined ? undefined : engine;
  }
  const version = cfn && textOf(cfn, 'engineVersion');
  if (version === undefined) {
    return undefined;
  }
  switch (textOf(cfn!, 'engine')) {
    case 'aurora-postgresql':
      return DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.of(version, version.split('.')[0]) });
    case 'aurora-mysql':
      return DatabaseClusterEngine.auroraMysql({
        version: AuroraMysqlEngineVersion.of(version, version.split('.').slice(0, 2).join('.')),
      });
    default:
      return undefined;
  }
}
