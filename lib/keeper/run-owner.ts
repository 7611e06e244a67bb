import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who this process is, to itself and to others of this machine: a number of a process alone is used again. */
export function runOwner(pid = process.pid): string {
  return `${hostname()} ${placeOf()} ${pid} ${startOf(pid) ?? randomUUID()}`;
}

/** Whether an owner was a process of this very machine and namespace that has ended. Of all others nothing is known. */
export function isDeadHere(owner: string): boolean {
  const [host, place, pid, start] = owner.split(' ');
  return place !== UNKNOWN && host === hostname() && place === placeOf() && startOf(Number(pid)) !== start;
}

const UNKNOWN = '-';

/** This start of the machine, and the namespace in which numbers of processes mean something. */
function placeOf(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return UNKNOWN;
  }
}

/** When a process began, in ticks; undefined where there is none. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}
