import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { type DataConfig, keptName, type ReplicaInstanceConfig, rehearsalName } from '../../model/recovery';
import { labelOf, type ResourceType } from '../../model/services';
import { placeOf, targetOf } from '../../services';
import type { Target } from '../../services/service';

/** Where data are an item of a recovery. */
export interface DataPlace {
  /** Name of the item. */
  readonly name: string;
  readonly order: number;
  /** Region of the site. */
  readonly region: string;
  /** Name of the recovery. */
  readonly recovery: string;
  /** Whoever says that it is an item: errors are shown there. */
  readonly by: IConstruct;
}

/** Data as a site treats them. */
export interface BoundData {
  readonly kind: DataConfig['kind'];
  /** Type of what holds the data. */
  readonly type: ResourceType;
  /** What facts are about; nothing where there are only recovery points. */
  readonly target?: Target;
  /** Whether what is written elsewhere gets here without anything being made anew. */
  readonly comesBack?: boolean;
  /** What the other site may call it by; left out where only deployment names it. */
  readonly name?: string;
  /** For how long its own backups are kept, as far as its template says it. */
  readonly backups?: ReplicaInstanceConfig['backups'];
  /** What a restore calls it, where there are only recovery points. */
  readonly restoredName?: string;
  /** Whether the agent of the other site has to tell what was backed up. */
  readonly learnsSource?: boolean;
  /** Asked once the tree is complete. */
  config(at: AgentPlace): DataConfig;
  /** What the agent of the site may do with it besides what concerns no data. */
  statements(at: AgentPlace): readonly PolicyStatement[];
}

/** Where an agent is. */
export interface AgentPlace {
  readonly stack: Stack;
  /** The same item at the other sites, by its name where that is known. */
  readonly others: readonly { readonly region: string; readonly name?: string; readonly backups?: ReplicaInstanceConfig['backups'] }[];
}

/** How data become an item: asked where a site is told of them. */
export type DataBinding = (place: DataPlace) => BoundData;

/** A name that another Region may know. */
export function plainName(name: string): string | undefined {
  return Token.isUnresolved(name) ? undefined : name;
}

/** What RDS does with a key for who makes an instance. */
export function useKey(stack: Stack, keyArn: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKeyWithoutPlaintext'],
    resources: [keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `rds.${stack.region}.${stack.urlSuffix}` } },
  });
}

/** RDS looks at the network of what it makes as whoever makes it (RDS User Guide: identity-based policy examples). */
export function lookAtNetwork(): PolicyStatement {
  return new PolicyStatement({
    actions: [
      'ec2:DescribeAccountAttributes',
      'ec2:DescribeAvailabilityZones',
      'ec2:DescribeInternetGateways',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcAttribute',
      'ec2:DescribeVpcs',
    ],
    resources: ['*'],
  });
}

/** Names under which an agent keeps or restores something. A name that only deployment knows may be cut: all that end so are meant. */
export function derivedNames(name: string): { readonly kept: string; readonly rehearsed: string } {
  const known = plainName(name) ?? '*';
  return { kept: keptName(known, '*'), rehearsed: rehearsalName(known) };
}

/** What a user hands over as data of a type, at its own site. */
export function targetAt({ by, name, region }: DataPlace, construct: IConstruct, types: readonly ResourceType[]): Target {
  const target = targetOf(construct, construct);
  if (!types.includes(target.type)) {
    throw new ConfigurationError(
      'DataOfOtherType',
      `'${name}' is '${target.id}' (${labelOf(target.type)}), but ${types.map((type) => labelOf(type)).join(' or ')} was asked for: take the factory of RecoverableData for it`,
      by,
    );
  }
  const there = placeOf(target).region;
  if (there !== region) {
    throw new ConfigurationError(
      'SiteElsewhere',
      `'${name}' is '${target.id}' in ${there ?? 'a Region that is only known at deploy time'}, but the site is in ${region}: make what belongs to a site in a stack with 'env: site.env', and import there what exists`,
      by,
    );
  }
  return target;
}

/** Data that have one source and one copy: where they are recovered to, nothing would lead a third to the new source. */
const OF_TWO_SITES: Readonly<Partial<Record<DataConfig['kind'], string>>> = {
  'rds-replica': 'a database instance and its replica',
  efs: 'a file system and its replica',
  'recovery-points': 'a source and its recovery points',
};

/** Refuses data that more sites than two cannot share. */
export function requireTwoSites({ by, name }: DataPlace, { kind }: BoundData, sites: number): void {
  const words = OF_TWO_SITES[kind];
  if (words !== undefined && sites > 2) {
    throw new ConfigurationError(
      'DataOfTwoSites',
      `'${name}' is ${words}, which is of two sites, but there are ${sites}: take a global table, an Aurora global database or replicated buckets, or leave 'furtherRegions' out`,
      by,
    );
  }
}
