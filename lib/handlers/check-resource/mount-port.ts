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

/** What it takes to let a function see a file system. Whoever cannot answer throws `Unable`. */
export interface MountPort {
  /** How often is looked while something is waited for. */
  readonly stepMs: number;
  /** Makes an access point and the mount targets, or finds those of an earlier attempt; answers the ARN of the access point. */
  prepare(fileSystemId: string, restoreJobId: string): Promise<string>;
  /** Whether all of that can be used. */
  ready(fileSystemId: string): Promise<boolean>;
  mounted(): Promise<Mounted>;
  /** Whether an access point is there no more: who mounted it has ended before it gave it back. */
  isGone(accessPointArn: string): Promise<boolean>;
  /** Lets the function mount something, or nothing; false where it has changed since that revision. */
  mount(accessPointArn: string | undefined, revision: string): Promise<boolean>;
  /** Calls the function. */
  look(input: CheckInput): Promise<unknown>;
  /** Removes access points and mount targets; answers whether none is left. */
  remove(fileSystemId: string): Promise<boolean>;
  pause(ms: number): Promise<void>;
}
