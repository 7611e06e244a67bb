import type { WorkflowInput } from '../../model/verification';
import type { WatchPorts } from './ports';

/** An event of EventBridge, as far as it is read; whether it is one, nobody knows. */
export interface ReceivedEvent {
  readonly source?: unknown;
  readonly 'detail-type'?: unknown;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Starts the test of a restore that has come to its end. The same event again starts nothing. */
export async function start({ detail }: ReceivedEvent, machineArn: string, ports: WatchPorts): Promise<void> {
  const restoreJobId = detail?.restoreJobId;
  if (typeof restoreJobId !== 'string' || !NAME.test(restoreJobId)) {
    throw new Error('the event names no restore job');
  }
  const input: WorkflowInput = { restoreJobId };
  await ports.startExecution(machineArn, restoreJobId, input);
}

/** What executions may be called, without what ends the name of a sweep. */
const NAME = /^[A-Za-z0-9_-]{1,70}$/;

const BROKEN_OFF: ReadonlySet<unknown> = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

/** How often an execution that only cleans up is tried after one that did not come to its end. */
const SWEEPS = 3;

/** Starts an execution that cleans up after one that did not come to its end, and says so in the evidence. */
export async function sweep({ detail }: ReceivedEvent, machineArn: string, ports: WatchPorts): Promise<void> {
  const { name, status, stateMachineArn } = detail ?? {};
  if (typeof name !== 'string' || !BROKEN_OFF.has(status) || stateMachineArn !== machineArn) {
    throw new Error('the event names no execution of this state machine that was broken off');
  }
  const [, restoreJobId, , count = '0'] = /^(.+?)(_sweep-(\d))?$/.exec(name) ?? [];
  const next = Number(count) + 1;
  if (next > SWEEPS) {
    throw new Error(`${SWEEPS} executions have tried in vain to clean up after restore job ${restoreJobId}`);
  }
  const input: WorkflowInput = { restoreJobId, cause: `the verification came to no good end: it is ${status}` };
  await ports.startExecution(machineArn, sweepName(restoreJobId, next), input);
}

/** The name of an execution that only cleans up. */
export function sweepName(restoreJobId: string, count: number): string {
  return `${restoreJobId}_sweep-${count}`;
}
