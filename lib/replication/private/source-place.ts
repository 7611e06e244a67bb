import type { IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import type { Place } from '../../model/facts';
import { checkDatabaseIdentifier } from '../../model/limits/databases';
import type { Target } from '../../services/service';
import { textOf } from '../../services/settings';

/** Where the source of a copy is, as the stack of the copy names it. */
export interface SourcePlace {
  readonly region: string;
  readonly account: string;
}

/** A source as the props of its copy name it. */
export interface NamedSource {
  /** Of the copy: `source`, `globalDatabase`. */
  readonly property: string;
  readonly id: string;
  readonly place: Place;
}

/** The place of a source that is to be copied into the stack of `scope`: another Region of the same account, known by name. */
export function requireSourcePlace(scope: IConstruct, { property, id, place: { region, account } }: NamedSource): SourcePlace {
  const here = Stack.of(scope);
  if (region === undefined) {
    throw new ConfigurationError(
      'SourcePlaceUnknown',
      `'${property}' is '${id}', whose Region is only known at deploy time, but another Region names it by its ARN: set 'env' of its stack`,
      scope,
    );
  }
  if (region === here.region) {
    throw new ConfigurationError(
      'CopyInOwnRegion',
      `'${property}' is '${id}' in ${region}, the Region of the copy itself, so that both would be lost together: make the copy in a stack of another Region`,
      scope,
    );
  }
  const own = known(here.account);
  if (account !== undefined && own !== undefined && account !== own) {
    throw new ConfigurationError(
      'SourceInOtherAccount',
      `'${property}' is '${id}' of account ${account}, but a copy of a database follows one of its own account, ${own}: copy recovery points to the other account instead`,
      scope,
    );
  }
  return { region, account: account ?? here.account };
}

/** How a database is named. */
export interface NameOptions {
  /** The property of the L1. */
  readonly setting: 'dbInstanceIdentifier' | 'dbClusterIdentifier';
  /** The property of the L2. */
  readonly property: 'instanceIdentifier' | 'clusterIdentifier';
  /** What the user says it is. */
  readonly given?: string;
}

/** The name of a database as plain text in lower case, as RDS keeps it. */
export function requireName(scope: IConstruct, target: Target, { setting, property, given }: NameOptions): string {
  const { cfn, id } = target;
  const own = cfn ? textOf(cfn, setting) : known(nameOfImport(target));
  const name = given ?? own;
  if (name === undefined || Token.isUnresolved(name)) {
    throw new ConfigurationError(
      'SourceNameUnknown',
      `'${property}' of '${id}' is only known once it is deployed, but another Region names it by it: set '${property}', or, where the database exists and must not be replaced, give the name that it has as 'sourceIdentifier'`,
      scope,
    );
  }
  if (own !== undefined && own.toLowerCase() !== name.toLowerCase()) {
    throw new ConfigurationError(
      'SourceNamedTwice',
      `'sourceIdentifier' is '${name}', but '${property}' of '${id}' is '${own}': leave 'sourceIdentifier' out`,
      scope,
    );
  }
  insist(scope, checkDatabaseIdentifier(given === undefined ? property : 'sourceIdentifier', name));
  return name.toLowerCase();
}

/** What a database says its name is, the L2 or what merely refers to one. */
function nameOfImport({ construct }: Target): string | undefined {
  const { instanceIdentifier, clusterIdentifier, dbInstanceRef, dbClusterRef } = construct as Partial<IDatabaseInstance & IDatabaseCluster>;
  return instanceIdentifier ?? clusterIdentifier ?? dbInstanceRef?.dbInstanceIdentifier ?? dbClusterRef?.dbClusterIdentifier;
}
