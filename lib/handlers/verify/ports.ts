import type { ComparedRecord, ConcludedTest, EvidenceRecord, Verdict } from '../../model/evidence';

/** A restore job, as far as a test depends on it. */
export interface RestoreJob {
  readonly id: string;
  readonly status: string;
  readonly message?: string;
  /** Left out where no restore testing plan has started it. */
  readonly planArn?: string;
  readonly resourceType: string;
  readonly sourceArn: string;
  readonly recoveryPointArn: string;
  readonly vaultArn: string;
  readonly recoveryPointMs: number;
  readonly createdMs: number;
  readonly completedMs?: number;
  readonly createdArn?: string;
  /** `VALIDATING`, or a final one. */
  readonly validation?: string;
  /** `FAILED` where AWS Backup could not delete what it had restored. */
  readonly deletion?: string;
}

/** A restored resource as its service shows it. */
export interface Restored {
  /** `usable`: now; `coming`: later; `lost`: never. */
  readonly state: 'usable' | 'coming' | 'lost';
  /** The status in the words of the service. */
  readonly words: string;
  readonly engine?: string;
  readonly endpoint?: { readonly host: string; readonly port: number };
  /** Private address of an instance. */
  readonly address?: string;
}

/** A restored cluster. */
export interface RestoredCluster extends Restored {
  readonly members: readonly string[];
  /** It scales by itself, so its instances have no class of their own. */
  readonly serverless: boolean;
}

/** An instance of a cluster. */
export interface MadeInstance extends Restored {
  readonly cluster?: string;
  /** The restore job that it was made for; left out where nobody says so. */
  readonly madeFor?: string;
  readonly deleting: boolean;
}

/** An instance to be made. */
export interface InstanceRequest {
  readonly name: string;
  readonly cluster: string;
  readonly engine: string;
  readonly instanceClass: string;
  readonly restoreJobId: string;
}

/** What lets a function mount a restored file system; AWS Backup deletes none that has mount targets. */
export interface MadeMount {
  readonly kind: 'access point' | 'mount target';
  readonly id: string;
  /** The status in the words of the service. */
  readonly words: string;
  /** Whether it can be removed now: it is neither being made nor being deleted. */
  readonly removable: boolean;
  /** The restore job that an access point was made for; mount targets bear no tags. */
  readonly madeFor?: string;
}

/** Where evidence lies. */
export interface EvidencePlace {
  readonly bucket: string;
  readonly prefix: string;
  readonly verification: string;
}

/** Keeps what tests have shown. */
export interface EvidencePort {
  /** Keeps a test; one that is kept already for the same restore job stays as it is. Answers what is kept. */
  append(concluded: ConcludedTest): Promise<KeptTest>;
  /** What the last successful test of a resource left for the next, by name of the check, and its record. */
  lastVerified(
    resource: string,
    sourceArn: string,
  ): Promise<{ readonly baselines: Readonly<Record<string, unknown>>; readonly comparedWith?: ComparedRecord }>;
  /** What is kept of a restore job. */
  find(restoreJobId: string): Promise<KeptTest | undefined>;
}

/** A test as it is kept, as far as the workflow depends on it. */
export type KeptTest = Pick<EvidenceRecord, 'verdict' | 'achieved' | 'cleanUp' | 'concludedMs'>;

/** Restored resources of one service, by their ARN; undefined where there is no such resource. */
export type Describe = (arn: string) => Promise<Restored | undefined>;

/** What the steps need from AWS. Whoever cannot answer throws: nothing is guessed from half an answer. */
export interface StepPorts {
  readonly region: string;
  now(): number;
  restoreJob(id: string): Promise<RestoreJob | undefined>;
  /** How each type is looked at that has nothing to be made first. */
  readonly describe: Readonly<Record<string, Describe>>;
  cluster(name: string): Promise<RestoredCluster | undefined>;
  instance(name: string): Promise<MadeInstance | undefined>;
  /** One that is there already stays as it is. */
  makeInstance(request: InstanceRequest): Promise<void>;
  deleteInstance(name: string): Promise<void>;
  /** Access points and mount targets of a file system. */
  mounts(fileSystemId: string): Promise<readonly MadeMount[]>;
  removeMount(mount: MadeMount): Promise<void>;
  evidence(place: EvidencePlace): EvidencePort;
  /** Tells AWS Backup; false where it takes no verdict any more, or none at all. */
  report(restoreJobId: string, status: Verdict['status'], message: string): Promise<boolean>;
  /** Writes one line to the log. */
  write(line: string): void;
}

/** What it takes to start executions and to see that there are some. */
export interface WatchPorts {
  now(): number;
  /** Starts an execution; false where there is, or was, one of that name. */
  startExecution(machineArn: string, name: string, input: object): Promise<boolean>;
  /** The definition of the machine, and when it was made. */
  machine(machineArn: string): Promise<{ readonly definition: string; readonly createdMs: number }>;
  /** Jobs of a restore testing plan that were created after a moment, page by page. */
  restoreJobs(planArn: string, createdAfterMs: number): AsyncIterable<readonly RestoreJob[]>;
  /** When the oldest recovery point of a resource that is still there was made. */
  oldestPointMs(resourceArn: string): Promise<number | undefined>;
  evidence(place: EvidencePlace): EvidencePort;
  write(line: string): void;
}
