import type { CfnResource } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import type { ConcernFact } from '../../model/facts';
import { membersOf, standingConcerns } from '../../services/database-checks';
import { concern } from '../../services/facts';
import type { Target } from '../../services/service';
import { numberOf, settingOf, textOf } from '../../services/settings';
import { managedPassword } from './replica-concerns';

/** What stands against a cluster as the primary of a global database, as its properties are once the app is complete. */
export function primaryConcerns(by: string, primary: Target): readonly ConcernFact[] {
  const { cfn, id } = primary;
  if (!cfn) {
    return [];
  }
  const joined = settingOf(cfn, 'globalClusterIdentifier');
  const found = [
    managedPassword(primary),
    (numberOf(cfn, 'backtrackWindow') ?? 0) > 0 &&
      concern(
        primary,
        'error',
        'BacktrackNotGlobal',
        `'backtrackWindow' of '${id}' is set, but a global database has no backtrack: leave it out`,
      ),
    textOf(cfn, 'engineMode') === 'serverless' &&
      concern(
        primary,
        'error',
        'ServerlessNotGlobal',
        `'engineMode' of '${id}' is serverless, but Aurora Serverless v1 has no global databases: move to Serverless v2, whose instances are of class db.serverless`,
      ),
    joined !== undefined &&
      joined !== '' &&
      concern(
        primary,
        'error',
        'PrimaryJoinsGlobalDatabase',
        `'globalClusterIdentifier' of '${id}' is set, which makes a secondary of it, but AuroraGlobalDatabase names it as its primary: leave it out`,
      ),
    ...burstable(primary, membersOf(primary)),
  ];
  return [...standingConcerns(primary), ...found.filter((one) => one !== false).map((one) => ({ ...one, by }))];
}

/** Instances of a class that a global database does not run on; the L2 takes one where none is given. */
export function burstable(primary: Target, instances: readonly CfnResource[]): readonly ConcernFact[] {
  return instances.flatMap((instance) => {
    const name: unknown = Stack.of(instance).resolve(settingOf(instance, 'dbInstanceClass'));
    return typeof name === 'string' && name.startsWith('db.t')
      ? [
          concern(
            primary,
            'error',
            'BurstableNotGlobal',
            `'instanceType' of '${instance.node.path}' is ${name}, but the instances of a global database are memory-optimized or of Serverless v2: give such a type, as r7g.large`,
          ),
        ]
      : [];
  });
}
