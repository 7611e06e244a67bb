import type { CheckInput } from '../../model/verification';

/** What the function that reads files has mounted. */
export interface Mounted {
  /** Left out where it has mounted nothing. */
  readonly accessPointArn?: string;
  /** Whether its last change is through. */
  readonly settled: boolean;
  /** Changes with every change. */
  readonly revision: string;
}

/** An access point of a file system, and where functions have to run that mount it. */
export interface Mountable {
  readonly accessPointArn: string;
  /** Each in a zone with a mount target: Lambda mounts nothing in a function that may run elsewhere, too. */
  readonly subnets: readonly string[];
}

/** What it takes to let a function see a file system. Whoever cannot answer throws `Unable`. */
export interface MountPort {
  /** How often is looked while something is waited for. */
  readonly stepMs: number;
  /** Makes an access point and the mount targets, or finds those of an earlier attempt. */
  prepare(fileSystemId: string, restoreJobId: string): Promise<Mountable>;
  /** Whether all of that can be used. */
  ready(fileSystemId: string): Promise<boolean>;
  mounted(): Promise<Mounted>;
  /** Whether an access point is there no more: who mounted it has ended before it gave it back. */
  isGone(accessPointArn: string): Promise<boolean>;
  /** Lets the function mount something, or nothing; false where it has changed since that revision. */
  mount(mountable: Mountable | undefined, revision: string): Promise<boolean>;
  /** Calls the function. */
  look(input: CheckInput): Promise<unknown>;
  /** Removes access points and mount targets; answers whether none is left. */
  remove(fileSystemId: string): Promise<boolean>;
  pause(ms: number): Promise<void>;
}
