/** How a machine is, as EC2 sees it. */
export interface MachineStatus {
  /** `running`, `stopped` ... */
  readonly state: string;
  /** `ok`, `impaired`, `initializing`, `insufficient-data` or `not-applicable`. */
  readonly system: string;
  readonly instance: string;
}

/** A command that was sent. */
export interface CommandState {
  /** In the words of Systems Manager: `Pending`, `InProgress`, `Success`, `Failed` ...; undefined where nothing is known of it yet. */
  readonly status?: string;
  /** What Systems Manager adds, such as `ExecutionTimedOut`. */
  readonly details?: string;
  readonly exitCode?: number;
}

/** What a check needs from EC2 and Systems Manager. Whoever cannot answer throws `Unable`. */
export interface MachinePort {
  /** How often is looked while something is waited for. */
  readonly stepMs: number;
  /** Undefined where there is no such machine. */
  status(instanceId: string): Promise<MachineStatus | undefined>;
  /** The platform of a machine that Systems Manager can reach now. */
  managed(instanceId: string): Promise<'Linux' | 'Windows' | undefined>;
  /** Answers the id of the command. */
  send(instanceId: string, platform: 'Linux' | 'Windows', command: string, timeoutMs: number): Promise<string>;
  command(instanceId: string, commandId: string): Promise<CommandState>;
  cancel(instanceId: string, commandId: string): Promise<void>;
  pause(ms: number): Promise<void>;
}
