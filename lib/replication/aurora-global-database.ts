import { CfnGlobalCluster, type IDBClusterRef } from 'aws-cdk-lib/aws-rds';
import { Names, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { claimName, deploymentOf } from '../core/private/claimed-names';
import { ConfigurationError } from '../core/private/errors';
import { known } from '../core/private/known';
import { insist } from '../core/private/problems';
import { checkDatabaseIdentifier, DATABASE_LIMITS } from '../model/limits/databases';
import { labelOf } from '../model/services';
import { placeOf, targetOf } from '../services';
import type { Target } from '../services/service';
import type { AuroraGlobalDatabaseAttributes } from './aurora-global-database-attributes';
import type { IAuroraGlobalDatabase } from './iaurora-global-database';
import { requireBeside } from './private/beside';
import { claimReplication } from './private/claims';
import { primaryConcerns } from './private/global-concerns';
import { engineOfCluster, tellGlobalDatabase } from './private/global-databases';
import { recordLiveCopies } from './private/live-copies';
import { encryptionOfSource } from './private/storage-key';

/** Properties of an AuroraGlobalDatabase. */
export interface AuroraGlobalDatabaseProps {
  /** The cluster that writes: an L2, an L1 or an import of the same Region and account, also one that exists for years. */
  readonly primary: IDBClusterRef;
  /**
   * The name of the global database: 1 to 63 letters, digits or hyphens. A change replaces it and so takes all clusters apart.
   * @default - from the path of the construct and its Region
   */
  readonly globalClusterIdentifier?: string;
  /**
   * Whether the global database cannot be deleted.
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/**
 * A global database of Aurora with an existing cluster as its primary, for secondary clusters in other Regions to join.
 *
 * It stands in the stack of its primary. Nothing refers to it from another Region: `AuroraSecondaryCluster` joins by its name.
 * @example
 * const orders = new AuroraGlobalDatabase(this, 'Global', { primary: cluster });
 * new AuroraSecondaryCluster(osakaStack, 'Secondary', { globalDatabase: orders, vpc });
 */
export class AuroraGlobalDatabase extends Construct implements IAuroraGlobalDatabase {
  /** References a global database that this app does not own, so that a cluster of this app can join it. */
  public static fromAuroraGlobalDatabaseAttributes(
    scope: Construct,
    id: string,
    attributes: AuroraGlobalDatabaseAttributes,
  ): IAuroraGlobalDatabase {
    class Import extends Construct implements IAuroraGlobalDatabase {
      public readonly globalClusterIdentifier = attributes.globalClusterIdentifier;
    }
    const imported = new Import(scope, id);
    requirePlainName(imported, imported.globalClusterIdentifier);
    insist(imported, checkDatabaseIdentifier('globalClusterIdentifier', imported.globalClusterIdentifier));
    tellGlobalDatabase(imported, {
      id: imported.node.path,
      place: { region: known(attributes.primaryRegion) },
      engine: attributes.engine,
      encrypted: attributes.storageEncrypted ?? true,
      secondaries: [],
    });
    return imported;
  }

  public readonly globalClusterIdentifier: string;
  /** The host name that always leads to the instance that writes, in whichever Region it is: for the application, with a DNS cache of seconds. */
  public readonly writerEndpointAddress: string;

  /**
   * Throws `GlobalDatabaseUnsupported` for what is no cluster of Aurora, `SourceElsewhere` for one of another Region or account,
   * `ReplicationAlreadySet` for the primary of another global database, and `NameTaken` for a name that another one has.
   */
  constructor(scope: Construct, id: string, props: AuroraGlobalDatabaseProps) {
    super(scope, id);
    const target = this.primaryOf(props.primary);
    claimReplication(this, `the primary '${target.id}'`, 'a cluster is in one global database only: leave one of them out');
    this.globalClusterIdentifier = this.nameOf(props.globalClusterIdentifier);
    const cluster = new CfnGlobalCluster(this, 'Resource', {
      globalClusterIdentifier: this.globalClusterIdentifier,
      sourceDbClusterIdentifier: target.arn,
      deletionProtection: props.deletionProtection ?? true,
    });
    this.writerEndpointAddress = Token.asString(cluster.getAtt('GlobalEndpoint.Address'));
    tellGlobalDatabase(this, {
      id: this.node.path,
      place: placeOf(target),
      engine: engineOfCluster(target),
      encrypted: encryptionOfSource(target).encrypted,
      primary: target,
      secondaries: [],
    });
    recordLiveCopies(this, target, () => primaryConcerns(this.node.path, target));
  }

  private primaryOf(primary: IConstruct): Target {
    const target = targetOf(this, primary);
    if (target.type !== 'Aurora') {
      throw new ConfigurationError(
        'GlobalDatabaseUnsupported',
        `'primary' is '${target.id}' (${labelOf(target.type)}), but only clusters of Aurora have global databases of this kind: ${
          target.type === 'RDS' ? 'use DatabaseReadReplica' : 'copy its recovery points'
        }`,
        this,
      );
    }
    requireBeside(this, target, { property: 'primary', otherwise: 'its global database would be made' });
    return target;
  }

  /** The name by convention; two of one app in one account would be one and the same global database, whatever their Regions. */
  private nameOf(given: string | undefined): string {
    requirePlainName(this, given);
    const stack = Stack.of(this);
    const name = (given ?? this.usualName(known(stack.region))).toLowerCase();
    insist(this, checkDatabaseIdentifier('globalClusterIdentifier', name));
    claimName(this, {
      kind: 'global database',
      name,
      acrossRegions: true,
      stack,
      for: `${deploymentOf(stack)}${this.node.path.slice(stack.node.path.length)}`,
      remedy: "give one of them another 'globalClusterIdentifier'",
    });
    return name;
  }

  /** Its ARN has no Region, so that stacks of one name in two Regions need two names. */
  private usualName(region: string | undefined): string {
    const suffix = region === undefined ? '' : `-${region}`;
    const maxLength = DATABASE_LIMITS.identifierLength.value - suffix.length;
    return `${Names.uniqueResourceName(this, { maxLength, separator: '-', allowedSpecialCharacters: '-' })}${suffix}`;
  }
}

function requirePlainName(scope: IConstruct, name: string | undefined): void {
  if (Token.isUnresolved(name)) {
    throw new ConfigurationError(
      'SourceNameUnknown',
      "'globalClusterIdentifier' is only known at deploy time, but clusters in other Regions join by it: give it as plain text",
      scope,
    );
  }
}
