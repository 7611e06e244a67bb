import type { InstanceCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, failed, passed, Unable } from '../checks/finding';
import { span } from '../checks/words';
import type { CommandState, MachinePort, MachineStatus } from './machine-port';

/** How long the agent of a machine that has just started may take to report. */
const AGENT_MS = 5 * 60_000;
/** How long a command may take, unless the time of the function ends before. */
const COMMAND_MS = 10 * 60_000;
/** What is kept of the time to cancel and to answer. */
const RESERVE_MS = 15_000;
const RUNNING: ReadonlySet<string | undefined> = new Set([undefined, 'Pending', 'InProgress', 'Delayed', 'Cancelling']);

/** Waits for both status checks of EC2, then for the end of a command on the machine. What the command prints is not looked at. */
export async function checkInstance(port: MachinePort, { command }: InstanceCheckSpec, context: CheckContext): Promise<Finding> {
  const { name } = context.input.target;
  const status = await settled(port, name, context);
  const found = `${status.state}, with the status checks ${status.system} (system) and ${status.instance} (instance)`;
  if (status.state !== 'running' || status.system !== 'ok' || status.instance !== 'ok') {
    return failed(found);
  }
  if (command === undefined) {
    return passed(found);
  }
  const platform = await reached(port, name, context);
  const timeoutMs = Math.min(COMMAND_MS, context.leftMs() - RESERVE_MS);
  if (!(timeoutMs >= port.stepMs)) {
    throw new Unable('no time is left for the command');
  }
  const id = await port.send(name, platform, command, timeoutMs);
  const ended = await end(port, name, id, timeoutMs);
  return judge(found, ended, timeoutMs);
}

async function settled(port: MachinePort, name: string, context: CheckContext): Promise<MachineStatus> {
  for (;;) {
    const status = await port.status(name);
    if (!status) {
      throw new Unable('there is no such instance');
    }
    const waiting =
      status.state === 'pending' || [status.system, status.instance].some((check) => /^(initializing|insufficient)/.test(check));
    if (!waiting || status.state === 'stopped') {
      return status;
    }
    if (context.leftMs() < port.stepMs + RESERVE_MS) {
      throw new Unable(`the status checks have no result yet: ${status.system} (system) and ${status.instance} (instance)`);
    }
    await port.pause(port.stepMs);
  }
}

async function reached(port: MachinePort, name: string, context: CheckContext): Promise<'Linux' | 'Windows'> {
  const patienceMs = Math.min(AGENT_MS, context.leftMs() / 2);
  for (let waitedMs = 0; ; waitedMs += port.stepMs) {
    const platform = await port.managed(name);
    if (platform) {
      return platform;
    }
    if (waitedMs + port.stepMs > patienceMs) {
      throw new Unable(
        `the instance is not managed by Systems Manager after ${span(waitedMs)}: it needs the agent, an instance profile with ` +
          "AmazonSSMManagedInstanceCore ('iamInstanceProfileName': 'UseBackedUpValue'), and a way to ssm, ssmmessages and ec2messages, such as endpoints in its network",
      );
    }
    await port.pause(port.stepMs);
  }
}

async function end(port: MachinePort, name: string, id: string, timeoutMs: number): Promise<CommandState> {
  for (let waitedMs = 0; ; waitedMs += port.stepMs) {
    const state = await port.command(name, id);
    if (!RUNNING.has(state.status)) {
      return state;
    }
    if (waitedMs >= timeoutMs) {
      await port.cancel(name, id).catch(() => {});
      return { status: 'TimedOut', details: 'Execution Timed Out' };
    }
    await port.pause(port.stepMs);
  }
}

function judge(found: string, { status, details = '', exitCode }: CommandState, timeoutMs: number): Finding {
  if (status === 'Success' && exitCode === 0) {
    return passed(`${found}; the command ended with 0`);
  }
  if (status === 'TimedOut' && !/delivery/i.test(details)) {
    return failed(`the command has not ended within ${span(timeoutMs)}; the instance is ${found}`);
  }
  if ((status === 'Failed' || status === 'Success') && exitCode !== undefined && exitCode >= 0) {
    return failed(`the command ended with ${exitCode}; the instance is ${found}`);
  }
  throw new Unable(`the command was not run to its end: ${status}${details ? ` (${details})` : ''}`);
}
