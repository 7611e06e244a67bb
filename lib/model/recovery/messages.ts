import { words } from '../time';
import { hasRebuilt } from './ended-runs';
import type { Asked } from './fencing';
import { goOnCommand } from './go-on';
import type { Measured, RecoveryVerdict } from './measured';
import type { RunRecord } from './register';
import type { RunInput, RunOutcome } from './run';
import type { SiteConfig } from './site-config';

/** A message of a topic. */
export interface Message {
  readonly subject: string;
  readonly text: string;
}

/** With what error a person says no. */
export const REFUSED = 'Refused';

/** Longest subject of a message (SNS API Reference: Publish). */
const MAX_SUBJECT = 100;

/** Asks a person whether a run may go on, with the commands that say so. */
export function approvalMessage(config: SiteConfig, run: RunInput, from: string, token: string, seen: readonly string[]): Message {
  const answer = (output: string): string =>
    `aws stepfunctions send-task-success --region ${config.site} --task-token '${token}' --task-output '${output}'`;
  return {
    subject: cut(`Approve? ${run.kind} of ${config.recovery} from ${from} to ${config.site}`),
    text: [
      `${run.by} asks for a ${run.kind} of ${config.recovery}: traffic and data go from ${from} to ${config.site}. Run '${run.id}'.`,
      ...(seen.length > 0 ? [`Seen just now: ${seen.join('; ')}.`] : []),
      `Nothing has been changed yet. Without an answer nothing will be, and the run ends in ${words(config.approval.timeoutMs)}.`,
      'Yes (your name goes on record):',
      answer('{"by":"<your name>"}'),
      `Yes, and I have seen that nothing writes in ${from} any more (needed only where it cannot be reached):`,
      answer('{"by":"<your name>","otherSiteIsDown":true}'),
      `The same although the Region of ${from} answers, because its agent was deleted or may not be called:`,
      answer('{"by":"<your name>","otherSiteIsDown":true,"otherAgentIsBroken":true}'),
      'No:',
      `aws stepfunctions send-task-failure --region ${config.site} --task-token '${token}' --error ${REFUSED}`,
    ].join('\n\n'),
  };
}

/** What a person does after each end; docs/runbook.md says more. */
const NEXT: Readonly<Record<RunOutcome, string>> = {
  completed: '',
  refused: 'Nothing was changed.',
  aborted: 'Nothing was changed.',
  'rolled-back': 'What was changed has been put back; where the other site could not be reached for that, its guard does so.',
  halted:
    'It cannot be put back. Remove the cause and start the machine again with the same id in its input, under another name: it goes on where it stopped.',
  superseded: 'Another site has taken over in the meantime; look which one is active.',
  failed: 'A recovery would have failed in the same way: it has to be put right before one is needed.',
};

/** What was rebuilt before is not put back. */
const FOLLOWS = 'This site was made a standby of the active one and stays one; the traffic was not moved.';

function nextAfter(run: RunRecord, outcome: RunOutcome): readonly string[] {
  const isPutBack = outcome === 'aborted' || outcome === 'rolled-back';
  const follows = hasRebuilt(run) || (isPutBack && run.steps.join?.facts?.joined === true);
  if (!follows || outcome === 'completed') {
    return NEXT[outcome] ? [NEXT[outcome]] : [];
  }
  return outcome === 'aborted' ? [FOLLOWS] : [FOLLOWS, NEXT[outcome]];
}

/** Tells how a run has ended. */
export function outcomeMessage(config: SiteConfig, run: RunRecord, outcome: RunOutcome, measured: Measured, problem?: string): Message {
  const { recoveryTime, recoveryPoint } = measured;
  const what = `${run.input.drill ? 'Drill: ' : ''}${run.input.kind} of ${config.recovery} at ${config.site}`;
  return {
    subject: cut(`${outcome.toUpperCase()}: ${what}`),
    text: [
      `${what}, run '${run.input.id}' started by ${run.input.by}: ${outcome}.`,
      ...(problem ? [`Why: ${problem}`] : []),
      ...nextAfter(run, outcome),
      ...(outcome === 'halted' ? [goOnCommand(config, run.input)] : []),
      ...(outcome === 'completed'
        ? [
            `Recovery time: ${figure(recoveryTime.ms)}${held(recoveryTime)}`,
            `Data lost at most: ${figure(recoveryPoint.ms)}${held(recoveryPoint)}${recoveryPoint.unknown.length > 0 ? `; not measured: ${recoveryPoint.unknown.join(', ')}` : ''}`,
          ]
        : []),
    ].join('\n\n'),
  };
}

/** Tells of an alarm that has started nothing although it was to. */
export function alarmMessage(config: SiteConfig, alarm: string, why: string): Message {
  return {
    subject: cut(`NOT STARTED: failover of ${config.recovery} to ${config.site}`),
    text: `Alarm '${alarm}' was to start a failover to ${config.site}, and started nothing: ${why}. Look whether users are served, and act by hand if they are not.`,
  };
}

/** Tells that a site has gone on until now although another one had taken over. */
export function lateMessage(config: SiteConfig, { by, nowMs, sinceMs }: Pick<Asked, 'by' | 'nowMs' | 'sinceMs'>): Message {
  const until = new Date(nowMs).toISOString();
  const since = sinceMs === undefined ? 'it had taken over' : new Date(sinceMs).toISOString();
  return {
    subject: cut(`LATE: ${config.recovery} at ${config.site} was still active`),
    text:
      `${config.site} has learned at ${until} that ${by} is active, and keeps writers out from now on. What was written here since ${since} is not at ${by} and in no ` +
      `loss that was measured there; the record of the rebuild counts it. Look through it before you delete what a rebuild keeps. A Region that comes back learns of it within a minute.`,
  };
}

/** Tells of a run that nobody takes further. */
export function stalledMessage(config: SiteConfig, run: RunInput, goOn: boolean): Message {
  return {
    subject: cut(`STALLED: ${run.kind} of ${config.recovery} at ${config.site}`),
    text: `Run '${run.id}' has stopped in the middle. ${goOn ? 'It is started again.' : `${NEXT.halted}\n\n${goOnCommand(config, run)}`}`,
  };
}

function figure(ms: number | undefined): string {
  return ms === undefined ? 'not measured' : words(ms);
}

function held({ verdict, promisedMs }: { readonly verdict: RecoveryVerdict; readonly promisedMs?: number }): string {
  return promisedMs === undefined ? '' : `, promised ${words(promisedMs)}: ${verdict === 'unknown' ? 'not known' : verdict}`;
}

function cut(subject: string): string {
  return subject.length > MAX_SUBJECT ? `${subject.slice(0, MAX_SUBJECT - 3)}...` : subject;
}
