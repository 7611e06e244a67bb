import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Reference, Stage, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { CopyFact } from '../../model/facts';

/** Metrics that are published of live copies only. */
const LAGS = /ReplicationLatency|ReplicaLag|AuroraGlobalDBRPOLag|AuroraGlobalDBReplicationLag|TimeSinceLastSync/;

/** An alarm as far as it tells what it is about. */
interface Subject {
  readonly path: string;
  /** Its metrics as text. */
  readonly text: string;
  /** Paths of what its metrics refer to. */
  readonly refersTo: readonly string[];
}

/**
 * Answers for each copy whether an alarm of the stage tells how old it is: one that whoever makes the copy has made, or one on the lag
 * of the resource or of its replica. The construct that makes a copy and its alarm may be in different stacks.
 */
export function alarmsOnCopies(scope: IConstruct): (copy: CopyFact) => boolean {
  const stage: IConstruct = Stage.of(scope) ?? scope.node.root;
  const subjects = stage.node
    .findAll()
    .filter((node) => node instanceof CfnAlarm)
    .map(subjectOf);
  return ({ by, resource, medium, place: { region, container } }) =>
    subjects.some(({ path, text, refersTo }) => {
      const isMade = by !== resource && isBelow(path, by);
      if (isMade || medium === 'export' || !LAGS.test(text)) {
        return isMade;
      }
      const toElsewhere = text.includes('ReceivingRegion') && region !== undefined && !text.includes(`"${region}"`);
      const isAbout = refersTo.some((target) => isBelow(target, resource)) || (container !== undefined && namesIn(text).has(container));
      return isAbout && !toElsewhere;
    });
}

function subjectOf(alarm: CfnAlarm): Subject {
  const { metricName, dimensions, metrics } = alarm;
  const raw = JSON.stringify({ metricName, dimensions, metrics });
  const { tokens } = Tokenization.reverseString(raw);
  return {
    path: alarm.node.path,
    text: raw,
    refersTo: tokens.flatMap((token) => (Reference.isReference(token) ? [token.target.node.path] : [])),
  };
}

function namesIn(text: string): ReadonlySet<string> {
  return new Set(text.split(/["'\\]/));
}

function isBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}
