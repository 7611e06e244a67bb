import type { DatabaseAccess, Looked, RestoredTarget, RestoreTest, TestedResource, WorkflowState } from '../../model/verification';
import { MADE_SUFFIX, RESTORED_PREFIX } from '../../model/verification';
import type { Restored, StepPorts } from './ports';

/** Longest identifier of a database instance (RDS API Reference: CreateDBInstance). */
const MAX_IDENTIFIER = 63;

/** Engines whose clusters come without instances; those of PostgreSQL and MySQL bring three. */
const BARE_ENGINES = /^(aurora.*|docdb|neptune)$/;

/** Sees whether what was restored can really be used, and makes what it lacks. */
export async function look(state: WorkflowState, ports: StepPorts): Promise<Looked> {
  const { test, resource, lookUntilMs } = state;
  if (!test?.createdArn || lookUntilMs === undefined) {
    throw new Error('there is nothing to look at');
  }
  const arn = test.createdArn;
  const found = isCluster(arn) ? await lookAtCluster(state, test, ports) : await describe(test.resourceType, arn, ports);
  if (!found) {
    return { status: 'unusable', reason: `${arn} is not there any more` };
  }
  const target = { ...targetOf(test, arn, found), ...databaseOf(resource) };
  switch (found.state) {
    case 'usable':
      return { status: 'usable', target, usableMs: ports.now() };
    case 'lost':
      return { status: 'unusable', reason: `${arn} is ${found.words}` };
    default: {
      const reason = `${arn} is ${found.words}`;
      return ports.now() < lookUntilMs
        ? { status: 'waiting', reason }
        : { status: 'unusable', reason: `${reason}, and was awaited for as long as it may take` };
    }
  }
}

function describe(resourceType: string, arn: string, ports: StepPorts): Promise<Restored | undefined> {
  if (!Object.hasOwn(ports.describe, resourceType)) {
    throw new Error(`nobody here knows how to look at a restored ${resourceType}`);
  }
  return ports.describe[resourceType](arn);
}

/**
 * Clusters of Aurora, DocumentDB and Neptune are restored without any instance, so that nothing answers (AWS Backup Developer Guide: restoring
 * Aurora; RestoreDBClusterFromSnapshot in the API References of DocumentDB and Neptune).
 */
async function lookAtCluster(state: WorkflowState, test: RestoreTest, ports: StepPorts): Promise<Restored | undefined> {
  const cluster = nameOf(test.createdArn as string);
  const found = await ports.cluster(cluster);
  if (found?.state !== 'usable' || !found.engine || !BARE_ENGINES.test(found.engine)) {
    return found;
  }
  if (found.members.length === 0) {
    if (!cluster.startsWith(RESTORED_PREFIX)) {
      throw new Error(`${cluster} is no cluster of a restore test, so it is given no instance`);
    }
    await ports.makeInstance({
      name: instanceNameOf(cluster),
      cluster,
      engine: found.engine,
      instanceClass: found.serverless ? 'db.serverless' : (state.instanceClass ?? ''),
      restoreJobId: test.restoreJobId,
    });
    return { ...found, state: 'coming', words: 'without an instance: one is being made' };
  }
  const instance = await ports.instance(found.members[0]);
  const { state: instanceState, words } = instance ?? { state: 'coming', words: 'not to be seen' };
  return { ...found, state: instanceState, words: `available, its instance ${found.members[0]} is ${words}` };
}

/** Name of the instance that a cluster is given: known without asking anybody, so that it is always found again. */
export function instanceNameOf(cluster: string): string {
  return `${cluster.slice(0, MAX_IDENTIFIER - MADE_SUFFIX.length)}${MADE_SUFFIX}`;
}

/** Whether an ARN is that of a database cluster. */
export function isCluster(arn: string): boolean {
  return /^arn:[^:]+:rds:[^:]*:[^:]*:cluster:/.test(arn);
}

/** Name or id of a resource in its service: what stands last in its ARN. */
export function nameOf(arn: string): string {
  return arn.split(/[:/]/).at(-1) as string;
}

function targetOf({ resourceType }: RestoreTest, arn: string, { engine, endpoint, address }: Restored): RestoredTarget {
  return {
    resourceType,
    arn,
    name: nameOf(arn),
    ...(engine ? { engine } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(address ? { address } : {}),
  };
}

function databaseOf(resource: TestedResource | undefined): { database?: DatabaseAccess } {
  return resource?.database ? { database: resource.database } : {};
}
