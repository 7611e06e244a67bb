import { Choice, Condition, Fail, type IChainable, Pass } from 'aws-cdk-lib/aws-stepfunctions';
import type { CallAwsService, CallAwsServiceJsonataProps } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../../core/private/errors';
import { requireMs } from '../../../core/private/known';
import { insist } from '../../../core/private/problems';
import type { ConcernFact } from '../../../model/facts';
import { checkSnapshotAge } from '../../../model/limits/exports';
import { HOUR, words } from '../../../model/time';
import { hasPlan } from '../../../services/database';
import { concern } from '../../../services/facts';
import type { Target } from '../../../services/service';
import { numberOf } from '../../../services/settings';
import { expression, read } from './steps';

/** Each kind is listed by itself: what AWS Backup made is in no list of the others. */
const KINDS = ['automated', 'manual', 'awsbackup'];

const NONE = { arn: '', at: '' };

/** What the search remembers from the start; the kinds are gone through in turn. */
export const SEARCH = { turn: 0, snapshot: NONE };

/** How RDS calls the snapshots of an instance, or of a Multi-AZ DB cluster. */
interface Words {
  readonly action: string;
  readonly identifier: string;
  readonly list: string;
  readonly arn: string;
  readonly resource: string;
}

const OF_INSTANCE: Words = {
  action: 'DescribeDBSnapshots',
  identifier: 'DbInstanceIdentifier',
  list: 'DbSnapshots',
  arn: 'DbSnapshotArn',
  resource: 'snapshot',
};

const OF_CLUSTER: Words = {
  action: 'DescribeDBClusterSnapshots',
  identifier: 'DbClusterIdentifier',
  list: 'DbClusterSnapshots',
  arn: 'DbClusterSnapshotArn',
  resource: 'cluster-snapshot',
};

/** A snapshot a day, whose window moves and which takes its time, with half a day to spare. */
const MAX_AGE_MS = 36 * HOUR;

/** The oldest snapshot that is exported, in ms; nothing for what is exported without one. */
export function snapshotAge(scope: Construct, { id, type }: Target, given: Duration | undefined): number | undefined {
  if (type !== 'Aurora') {
    const ms = given ? requireMs(scope, 'maxSnapshotAge', given) : MAX_AGE_MS;
    insist(scope, checkSnapshotAge(ms));
    return ms;
  }
  if (given) {
    throw new ConfigurationError(
      'ExportWithoutSnapshot',
      `'maxSnapshotAge' is given, but '${id}' is an Aurora cluster, which is exported as it is and without a snapshot: leave it out`,
      scope,
    );
  }
  return undefined;
}

/** What stands against finding any snapshot, once the tree is complete. */
export function snapshotConcerns(by: string, target: Target): readonly ConcernFact[] {
  const { cfn, id } = target;
  if (target.type === 'Aurora' || cfn === undefined || numberOf(cfn, 'backupRetentionPeriod') !== 0 || hasPlan(cfn)) {
    return [];
  }
  const message = `'backupRetention' of '${id}' is 0 days and no plan backs it up, so that RDS makes no snapshots and every export fails: keep automated backups at least 1 day, or protect it`;
  return [{ ...concern(target, 'warning', 'ExportWithoutBackups', message), by }];
}

/** The snapshots of a database: all have names of their own, so that nothing narrower than all of the account can be named. */
export function snapshotArns(scope: Construct, cluster: boolean): string {
  const { resource } = cluster ? OF_CLUSTER : OF_INSTANCE;
  return Stack.of(scope).formatArn({ service: 'rds', resource, resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** Looks through every page of every kind for the newest snapshot, and goes on with `then` unless it is too old. */
export function findSnapshot(scope: Construct, databaseArn: string, cluster: boolean, maxAgeMs: number, then: CallAwsService): IChainable {
  const page = (id: string, more: Record<string, string> = {}) => read(scope, id, pageOf(scope, databaseArn, cluster, more));
  const first = page('Find snapshots');
  const following = page('Find more snapshots', { Marker: expression('$marker') });
  const nextKind = Pass.jsonata(scope, 'Next kind', { assign: { turn: expression('$turn + 1') } });
  const none = Fail.jsonata(scope, 'No snapshot', {
    error: 'NoSnapshot',
    cause: 'the database has no snapshot that could be exported: turn on automated backups, or protect it by a plan',
  });
  const old = Fail.jsonata(scope, 'Snapshot too old', {
    error: 'SnapshotTooOld',
    cause: expression(
      `'the newest snapshot of the database was made at ' & $snapshot.at & ', more than ${words(maxAgeMs)} before this export: see why no newer one is made'`,
    ),
  });
  const judge = Choice.jsonata(scope, 'Which is the newest?')
    .when(Condition.jsonata(expression("$marker != ''")), following)
    .when(Condition.jsonata(expression(`$turn < ${KINDS.length - 1}`)), nextKind)
    .when(Condition.jsonata(expression("$snapshot.arn = ''")), none)
    .when(Condition.jsonata(expression(`$toMillis($states.context.Execution.StartTime) - $toMillis($snapshot.at) > ${maxAgeMs}`)), old)
    .otherwise(then);
  first.next(judge);
  following.next(judge);
  nextKind.next(first);
  return first;
}

function pageOf(scope: Construct, databaseArn: string, cluster: boolean, more: Record<string, string>): CallAwsServiceJsonataProps {
  const { action, identifier, list, arn } = cluster ? OF_CLUSTER : OF_INSTANCE;
  const { resourceName } = Stack.of(scope).splitArn(databaseArn, ArnFormat.COLON_RESOURCE_NAME);
  const found = `$states.result.${list}[Status = 'available'].{'arn': ${arn}, 'at': [OriginalSnapshotCreateTime, SnapshotCreateTime][0]}`;
  return {
    service: 'rds',
    action: action.charAt(0).toLowerCase() + action.slice(1),
    parameters: { [identifier]: resourceName, SnapshotType: expression(`${JSON.stringify(KINDS)}[$turn]`), ...more },
    iamAction: `rds:${action}`,
    iamResources: [databaseArn, snapshotArns(scope, cluster)],
    assign: {
      marker: expression("$states.result.Marker & ''"),
      snapshot: expression(
        `($all := $append($snapshot.arn = '' ? [] : [$snapshot], ${found}); $count($all) = 0 ? $snapshot : $sort($all, function($a, $b) {$toMillis($a.at) < $toMillis($b.at)})[0])`,
      ),
    },
  };
}
