/** Kinds of planted faults; the README says what each does. */
export type FaultKind =
  | 'throttle'
  | 'accessDenied'
  | 'internalError'
  | 'unavailable'
  | 'delay'
  | 'hang'
  | 'truncatePage'
  | 'dropEvent'
  | 'duplicateEvent'
  | 'delayEvent'
  | 'jobFailed'
  | 'jobAborted'
  | 'jobExpired'
  | 'jobPartial'
  | 'jobCompletedWithIssues'
  | 'invocationLost'
  | 'answerLost'
  | 'invocationTwice'
  | 'killBeforeCall'
  | 'killAfterCall'
  | 'abortExecution';

/** A fault to plant: what happens, and which requests, events or jobs it may strike. */
export interface FaultOptions {
  readonly kind: FaultKind;
  /** How many strikes, 1 by default. */
  readonly times?: number;
  /** Milliseconds: of real time for requests, of the emulator's clock for events. */
  readonly delayMs?: number;
  /** The message of the error, or of the job. */
  readonly message?: string;
  /** The error code, in place of the usual one. */
  readonly code?: string;
  /** API faults: the botocore name of a service, such as `backup`. */
  readonly service?: string;
  /** API faults: such as `StartBackupJob`. */
  readonly operation?: string;
  readonly region?: string;
  /** Event faults: such as `Backup Job State Change`. */
  readonly detailType?: string;
  /** Event faults: the state or status in the detail; faults of executions: the name of a state. */
  readonly state?: string;
  /** Job faults. */
  readonly jobKind?: 'backup' | 'copy' | 'restore' | 'export';
  readonly resourceType?: string;
  readonly resourceArn?: string;
  readonly vaultName?: string;
  /** Faults of invocations, and of calls that a function makes: the name of the function; `*` stands for any text. */
  readonly function?: string;
  /** Faults of invocations: what the function is called with, as JSON without spaces; `*` stands for any text. */
  readonly payload?: string;
  /** Faults of executions: the name of the machine, beside `state` for the name of its state, and when to strike. */
  readonly machine?: string;
  readonly moment?: 'entered' | 'done';
}

/** A planted fault as the emulator reports it. */
export interface PlantedFault extends FaultOptions {
  readonly id: string;
  /** How often it has struck. */
  readonly struck: number;
}

/** The emulator's clock. */
export interface ClockState {
  readonly nowMs: number;
  readonly frozen: boolean;
  readonly offsetMs: number;
  /** How much work waits for a moment of the future. */
  readonly waiting: number;
}

/** What a test may turn. */
export interface Settings {
  /** Keys `backup`, `copy`, `restore`, `export`, `batch`, `failover`, or one with a resource type: `backup:RDS`. Milliseconds of the emulator's clock. */
  readonly jobDurationsMs?: Record<string, number>;
  /** How long a job waits before it tries to start. */
  readonly jobStartDelayMs?: number;
  readonly s3ReplicationLagMs?: number;
  readonly dynamodbReplicationLagMs?: number;
  /** How far the replica of a file system stays behind. */
  readonly efsReplicationLagMs?: number;
  /** Factor for Wait states and retry pauses of Step Functions. */
  readonly waitScale?: number;
  /** By Region: how many tasks of a service, or instances of a group, there is room for. */
  readonly capacityLimits?: Record<string, number>;
  /** Factor for the time-outs of machines, and of tasks that wait for a token. */
  readonly timeoutScale?: number;
  /** Whether alarms look at their metrics; SetAlarmState alone moves them by default. */
  readonly alarmsFollowMetrics?: boolean;
  /** Whether RDS instances of engine postgres are real servers. */
  readonly realPostgres?: boolean;
}

/** A request that the emulator received. */
export interface ReceivedRequest {
  readonly timeMs: number;
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** Made by the emulator itself, for a stack, a job or a state machine. */
  readonly internal: boolean;
  readonly status: number;
  readonly params: Record<string, unknown>;
  readonly error?: string;
  readonly fault?: string;
}

/** A resource of a stack that is deployed now. */
export interface DeployedResource {
  readonly account: string;
  readonly region: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties: Record<string, unknown>;
}

/** An object, a delete marker or a change on its way by one replication rule. */
export interface ReplicationAttempt {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** `OBJECT_PUT`, `OBJECT_DELETE`, `OBJECT_TAGGING`, `OBJECT_ACL` or `OBJECT_LOCK`. */
  readonly operation: string;
  readonly rule: string;
  /** The name of the destination bucket. */
  readonly destination: string;
  readonly status: 'PENDING' | 'COMPLETED' | 'FAILED';
  /** As the S3 User Guide lists them, such as `DstPutObjectNotPermitted`. */
  readonly failureReason: string | null;
  readonly sinceMs: number;
}

/** A pair of an action and a resource in a policy of a role, as the policy writes them. */
export interface Permission {
  readonly policy: string;
  readonly action: string;
  readonly resource: string;
}

/** What a role was seen to need. */
export interface PermissionReport {
  readonly used: readonly (Permission & { readonly calls: readonly string[] })[];
  /** Granted, and never needed so far. */
  readonly unused: readonly Permission[];
  /** Needed, and not granted: action and resource. */
  readonly refused: readonly string[];
}

/** Content of a volume or a snapshot. */
export interface BlockContent {
  readonly region: string;
  /** Blocks of 512 KiB by index; the others are zeros, and left out of snapshots. */
  readonly blocks: Readonly<Record<number, Uint8Array>>;
  /** Indexes of blocks that do not arrive as they were stored. */
  readonly damaged?: readonly number[];
}

/** How an instance is, and how commands on it end. */
export interface MachineSettings {
  readonly region: string;
  /** Whether Systems Manager knows it; not by default. */
  readonly managed?: boolean;
  readonly platform?: 'Linux' | 'Windows';
  readonly pingStatus?: 'Online' | 'ConnectionLost' | 'Inactive';
  /** `ok`, `impaired`, `initializing` or `insufficient-data`. */
  readonly systemStatus?: string;
  readonly instanceStatus?: string;
  readonly exitCode?: number;
  /** How long commands take; null: they never end. */
  readonly commandTakesMs?: number | null;
}

/** Fields to filter by. */
export type Filter = Record<string, string>;

/** A typed client of the endpoints below `/emulator/`. */
export class EmulatorControl {
  constructor(private readonly url: string) {}

  public clock(): Promise<ClockState> {
    return this.call('GET', 'clock');
  }

  /** Stops the clock, now or at a moment. */
  public freezeClock(at?: Date): Promise<ClockState> {
    return this.call('POST', 'clock/freeze', at && { atMs: at.getTime() });
  }

  /** Moves the clock forwards and runs, in order of time, everything that was waiting for a moment in between. */
  public advanceClock(byMs: number): Promise<ClockState & { readonly ran: number }> {
    return this.call('POST', 'clock/advance', { byMs });
  }

  /** Lets a stopped clock run on. */
  public resumeClock(): Promise<ClockState> {
    return this.call('POST', 'clock/resume');
  }

  public settings(changes: Settings): Promise<Required<Settings>> {
    return this.call('POST', 'settings', changes);
  }

  public plantFault(fault: FaultOptions): Promise<PlantedFault> {
    return this.call('POST', 'faults', fault);
  }

  public async faults(): Promise<PlantedFault[]> {
    return (await this.call<{ faults: PlantedFault[] }>('GET', 'faults')).faults;
  }

  /** Removes one fault, or all. */
  public healFaults(id?: string): Promise<unknown> {
    return this.call('DELETE', 'faults', id === undefined ? undefined : { id });
  }

  /** The requests whose fields have the wanted values, oldest first. */
  public async requests(filter: Filter = {}): Promise<ReceivedRequest[]> {
    return (await this.call<{ requests: ReceivedRequest[] }>('GET', `requests?${new URLSearchParams(filter)}`)).requests;
  }

  public forgetRequests(): Promise<unknown> {
    return this.call('DELETE', 'requests');
  }

  /** The resources of all stacks whose fields have the wanted values. */
  public async deployed(filter: Filter = {}): Promise<DeployedResource[]> {
    return (await this.call<{ resources: DeployedResource[] }>('GET', `deployed?${new URLSearchParams(filter)}`)).resources;
  }

  /** Loses a Region - nobody reaches it, and nothing happens in it - or brings it back. Answers the Regions that are lost. */
  public async loseRegion(region: string, lost = true): Promise<string[]> {
    return (await this.call<{ lost: string[] }>('POST', `regions/${region}`, { lost })).lost;
  }

  /** What S3 replication tried, oldest first, where the fields have the wanted values. */
  public async replication(filter: Filter = {}): Promise<ReplicationAttempt[]> {
    return (await this.call<{ attempts: ReplicationAttempt[] }>('GET', `replication?${new URLSearchParams(filter)}`)).attempts;
  }

  /** Which permissions of a role that the emulator checks (replication, batch jobs, exports) were used, and which not. */
  public replicationPermissions(role: string): Promise<PermissionReport> {
    return this.call('GET', `replication-permissions?${new URLSearchParams({ role })}`);
  }

  /** Gives a volume or a snapshot its content. */
  public fillBlocks(id: string, { region, blocks, damaged = [] }: BlockContent): Promise<unknown> {
    const encoded = Object.fromEntries(Object.entries(blocks).map(([index, bytes]) => [index, Buffer.from(bytes).toString('base64')]));
    return this.call('POST', `blocks/${id}`, { region, blocks: encoded, damaged });
  }

  /** Says how an instance is; what is left out stays as it is. */
  public setMachine(instanceId: string, settings: MachineSettings): Promise<unknown> {
    return this.call('POST', `machines/${instanceId}`, settings);
  }

  /** Says which folder of this machine has the files of a file system, for functions that mount it. */
  public fillFileSystem(
    id: string,
    settings: { readonly region: string; readonly folder: string; readonly restoredMounts?: 'works' | 'timesOut' | 'silent' },
  ): Promise<unknown> {
    return this.call('POST', `file-systems/${id}`, settings);
  }

  /** Which folder of this machine has the files of a file system now; undefined where nobody has named one. */
  public async filesOf(id: string, region: string): Promise<string | undefined> {
    return (await this.call<{ folder: string | null }>('GET', `file-systems/${id}?${new URLSearchParams({ region })}`)).folder ?? undefined;
  }

  /** The authority that vouches for the certificates of PostgreSQL servers, in PEM. */
  public async certificateAuthority(): Promise<string> {
    return (await this.call<{ pem: string }>('GET', 'certificate-authority')).pem;
  }

  /** Runs a restore testing plan now, whatever its schedule says; for one of its resources only, where that is given. */
  public async runRestoreTesting(plan: string, region: string, resourceArn?: string): Promise<string[]> {
    return (await this.call<{ restoreJobIds: string[] }>('POST', 'restore-testing/run', { plan, region, resourceArn })).restoreJobIds;
  }

  /** Forgets everything that was made, in all accounts, and goes back to real time. */
  public reset(): Promise<unknown> {
    return this.call('POST', 'reset');
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}/emulator/${path}`, { method, body: body && JSON.stringify(body) });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) {
      throw new Error(`${method} /emulator/${path}: ${answer.error}`);
    }
    return answer;
  }
}
