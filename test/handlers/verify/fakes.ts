import type {
  EvidencePort,
  KeptTest,
  MadeInstance,
  MadeMount,
  RestoredCluster,
  RestoreJob,
  StepPorts,
  WatchPorts,
} from '../../../lib/handlers/verify/ports';
import { achievedOf, type ConcludedTest, verdictOf } from '../../../lib/model/evidence';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import type { RestoreTest, WorkflowConfig } from '../../../lib/model/verification';

export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const MACHINE = 'arn:aws:states:ap-northeast-1:111122223333:stateMachine:tests';
export const PLAN = 'arn:aws:backup:ap-northeast-1:111122223333:restore-testing-plan:weekly-1';
export const TABLE = 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders';
export const RESTORED = 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/awsbackup-restore-test-1';
export const CLUSTER = 'arn:aws:rds:ap-northeast-1:111122223333:cluster:awsbackup-restore-test-1';
export const FILES = 'arn:aws:elasticfilesystem:ap-northeast-1:111122223333:file-system/fs-1';
export const CHECKER = 'arn:aws:lambda:ap-northeast-1:111122223333:function:checker';

/** The record of what was verified last, where there are baselines. */
export const COMPARED = { sequence: 7, sha256: 'a'.repeat(64) };

export const job: RestoreJob = {
  id: 'job-1',
  status: 'COMPLETED',
  planArn: PLAN,
  resourceType: 'DynamoDB',
  sourceArn: TABLE,
  recoveryPointArn: 'arn:aws:backup:ap-northeast-1:111122223333:recovery-point:1',
  vaultArn: 'arn:aws:backup:ap-northeast-1:111122223333:backup-vault:orders',
  recoveryPointMs: NOW - 2 * HOUR,
  createdMs: NOW - HOUR,
  completedMs: NOW - 10 * MINUTE,
  createdArn: RESTORED,
  validation: 'VALIDATING',
};

export const restoreTest: RestoreTest = {
  restoreJobId: 'job-1',
  planArn: PLAN,
  resourceType: 'DynamoDB',
  sourceArn: TABLE,
  recoveryPointArn: job.recoveryPointArn,
  vaultArn: job.vaultArn,
  account: '111122223333',
  region: 'ap-northeast-1',
  recoveryPointMs: job.recoveryPointMs,
  startedMs: job.createdMs,
  restoredMs: job.completedMs,
  createdArn: RESTORED,
};

export const config: WorkflowConfig = {
  verification: 'Shop/Tests',
  evidence: { bucket: 'evidence', prefix: 'tests/' },
  planArns: [PLAN],
  latestPlanArns: [],
  patienceMs: 2 * HOUR,
  instanceClass: 'db.t4g.medium',
  resources: [
    {
      id: 'Shop/Orders',
      resourceType: 'DynamoDB',
      arn: TABLE,
      rpoMs: 4 * HOUR,
      rtoMs: 4 * HOUR,
      dueMs: 8 * DAY,
      checks: [{ name: 'items', kind: 'items', sample: 10, atLeast: 1 }],
      checkers: { resource: CHECKER },
    },
  ],
};

/** Evidence in memory. */
export class Evidence {
  public readonly kept = new Map<string, KeptTest & { readonly concluded: ConcludedTest }>();
  public baselines: Readonly<Record<string, unknown>> = {};
  public refusal?: Error;

  public async append(concluded: ConcludedTest): Promise<KeptTest> {
    if (this.refusal) {
      throw this.refusal;
    }
    const id = concluded.test.restoreJobId;
    const { cleanUp, concludedMs } = concluded;
    const kept = this.kept.get(id) ?? { verdict: verdictOf(concluded), achieved: achievedOf(concluded), cleanUp, concludedMs, concluded };
    this.kept.set(id, kept);
    return kept;
  }

  public async lastVerified(): ReturnType<EvidencePort['lastVerified']> {
    return { baselines: this.baselines, ...(Object.keys(this.baselines).length > 0 ? { comparedWith: COMPARED } : {}) };
  }

  public async find(id: string): Promise<KeptTest | undefined> {
    return this.kept.get(id);
  }
}

/** AWS as a test wants it to be. */
export class Aws {
  public nowMs = NOW;
  public readonly evidence = new Evidence();
  public readonly jobs: RestoreJob[] = [job];
  public readonly lines: string[] = [];
  public readonly calls: string[] = [];
  public readonly started: { readonly name: string; readonly input: object }[] = [];
  public described: Awaited<ReturnType<StepPorts['describe'][string]>> = { state: 'usable', words: 'ACTIVE' };
  public cluster?: RestoredCluster;
  public readonly instances = new Map<string, MadeInstance>();
  public mounts: readonly MadeMount[] = [];
  public reported: [id: string, status: string, message: string][] = [];
  public takesVerdicts = true;
  public machineCreatedMs = NOW - 30 * DAY;
  public definition: string = JSON.stringify({ States: { 'Read configuration': { Type: 'Pass', Result: config } } });
  public oldestPoint?: number;

  public get steps(): StepPorts {
    return {
      region: 'ap-northeast-1',
      now: () => this.nowMs,
      restoreJob: async (id) => this.jobs.find((one) => one.id === id),
      describe: { DynamoDB: async () => this.described },
      cluster: async () => this.cluster,
      instance: async (name) => this.instances.get(name),
      makeInstance: async ({ name, cluster, restoreJobId, instanceClass }) => {
        this.calls.push(`make ${name} ${instanceClass}`);
        const made: MadeInstance = { state: 'coming', words: 'creating', cluster, madeFor: restoreJobId, deleting: false };
        this.instances.set(name, made);
        this.cluster = this.cluster && { ...this.cluster, members: [name] };
      },
      deleteInstance: async (name) => {
        this.calls.push(`delete ${name}`);
      },
      mounts: async () => this.mounts,
      removeMount: async ({ id }) => {
        this.calls.push(`delete ${id}`);
      },
      evidence: () => this.evidence,
      report: async (id, status, message) => {
        this.reported.push([id, status, message]);
        return this.takesVerdicts;
      },
      write: (line) => this.lines.push(line),
    };
  }

  public get watch(): WatchPorts {
    const { jobs } = this;
    return {
      now: () => this.nowMs,
      startExecution: async (_machine, name, input) => {
        if (this.started.some((one) => one.name === name)) {
          return false;
        }
        this.started.push({ name, input });
        return true;
      },
      machine: async () => ({ definition: this.definition, createdMs: this.machineCreatedMs }),
      restoreJobs: async function* (_plan, after) {
        for (const one of jobs) {
          yield one.createdMs > after ? [one] : [];
        }
      },
      oldestPointMs: async () => this.oldestPoint,
      evidence: () => this.evidence,
      write: (line) => this.lines.push(line),
    };
  }

  /** Values of metrics that were published, by dimensions and name. */
  public get metrics(): Record<string, number> {
    return Object.fromEntries(
      this.lines
        .map((line) => JSON.parse(line))
        .filter(({ _aws }) => _aws)
        .flatMap(({ _aws, ...values }) =>
          _aws.CloudWatchMetrics[0].Metrics.map(({ Name }: { Name: string }) => [
            `${_aws.CloudWatchMetrics[0].Dimensions[0].map((dimension: string) => values[dimension]).join(' ')} ${Name}`,
            values[Name],
          ]),
        ),
    );
  }
}
