import { judgeFreshness } from '../../../lib/handlers/freshness/judge-freshness';
import type { BackupJob, Database, Ports, RecoveryPoint, ReplicatedBackup, TableRecovery } from '../../../lib/handlers/freshness/ports';
import type { BackupSelection, FreshnessConfig, TaggedResource } from '../../../lib/model/freshness';
import { HOUR } from '../../../lib/model/time';

export const NOW = Date.UTC(2030, 0, 7, 12);
export const TOKYO = 'ap-northeast-1';
export const OSAKA = 'ap-northeast-3';
export const tableArn = (name: string) => `arn:aws:dynamodb:${TOKYO}:111122223333:table/${name}`;

/** What is in an account, as lists that a test fills. */
export class FakeAccount {
  public readonly plans: { readonly region?: string; readonly name: string; readonly selections: readonly BackupSelection[] }[] = [];
  public readonly tagged: TaggedResource[] = [];
  /** By `<region>/<vault>`. */
  public readonly points = new Map<string, RecoveryPoint[]>();
  public readonly databases: Database[] = [];
  /** By `<region>/<table>`. */
  public readonly tables = new Map<string, TableRecovery>();
  /** By Region. */
  public readonly replicated = new Map<string, ReplicatedBackup[]>();
  public readonly jobs: BackupJob[] = [];
  public readonly vaultCreatedMs = new Map<string, number>();
  public pageSize = 2;
  /** How long reading has taken so far; grows by `msPerPage`. */
  public elapsedMs = 0;
  public msPerPage = 0;
  /** Calls, as `<port> <what>`. */
  public readonly calls: string[] = [];
  /** The port that fails, from its nth page on. */
  public fault?: { readonly port: string; readonly page?: number; readonly region?: string; readonly error?: Error };

  /** Puts recovery points into a vault, so many milliseconds old. */
  public keep(vault: string, resourceArn: string, ageMs: number, more: Partial<RecoveryPoint> = {}): void {
    const list = this.points.get(vault) ?? [];
    this.points.set(vault, list);
    const arn = `arn:aws:backup:${TOKYO}:111122223333:recovery-point:${list.length}`;
    list.push({ arn, resourceArn, status: 'COMPLETED', createdMs: NOW - ageMs, ...more });
  }

  /** A plan with listed ARNs, whose selection stands since so long. */
  public list(name: string, resources: readonly string[], standsMs = 1000 * HOUR, region?: string): void {
    this.plans.push({ region, name, selections: [selectionOf({ resources, createdMs: NOW - standsMs })] });
  }

  public ports(lines: string[], region = TOKYO): Ports {
    const paged = <T>(port: string, where: string, what: string, items: readonly T[]) => this.pages(port, where, what, items);
    return {
      region,
      now: () => NOW + this.elapsedMs,
      write: (line) => lines.push(line),
      planIds: (where, name) => {
        const ids = this.plans.flatMap((plan, id) => (plan.name === name && (plan.region ?? TOKYO) === where ? [String(id)] : []));
        return paged('planIds', where, name, ids);
      },
      selections: (where, id) => paged('selections', where, id, this.plans[Number(id)].selections),
      taggedResources: (where, filters, tags) =>
        paged(
          'taggedResources',
          where,
          [...filters, ...tags.map(({ key, value }) => `${key}=${value}`)].join(),
          this.tagged.filter((resource) => tags.every(({ key, value }) => resource.tags[key] === value)),
        ),
      recoveryPoints: (vault, { resourceArn, resourceType, createdAfterMs, createdBeforeMs }) =>
        paged(
          'recoveryPoints',
          vault.region,
          [vault.name, resourceArn, resourceType].filter(Boolean).join(' '),
          (this.points.get(`${vault.region}/${vault.name}`) ?? []).filter(
            (point) =>
              (resourceArn === undefined || point.resourceArn === resourceArn) &&
              (resourceType === undefined || point.resourceArn.includes(`:${resourceType.toLowerCase()}:`)) &&
              (createdAfterMs === undefined || point.createdMs > createdAfterMs) &&
              (createdBeforeMs === undefined || point.createdMs < createdBeforeMs),
          ),
        ),
      databases: (where) => paged('databases', where, '', this.databases),
      tableRecovery: async (where, name) => {
        this.note('tableRecovery', where, name, 0);
        return this.tables.get(`${where}/${name}`);
      },
      replicatedBackups: (where) => paged('replicatedBackups', where, '', this.replicated.get(where) ?? []),
      backupJobs: (where, state, createdAfterMs) =>
        paged(
          'backupJobs',
          where,
          state,
          this.jobs.filter((job) => job.state === state && job.createdMs > createdAfterMs),
        ),
      vaultCreatedMs: async ({ region: where, name }) => {
        this.note('vaultCreatedMs', where, name, 0);
        return this.vaultCreatedMs.get(`${where}/${name}`);
      },
    };
  }

  private async *pages<T>(port: string, region: string, what: string, items: readonly T[]): AsyncGenerator<readonly T[]> {
    for (let from = 0; from === 0 || from < items.length; from += this.pageSize) {
      this.note(port, region, what, from / this.pageSize);
      yield items.slice(from, from + this.pageSize);
    }
  }

  private note(port: string, region: string, what: string, page: number): void {
    this.calls.push(`${port} ${region} ${what}`.trim());
    this.elapsedMs += this.msPerPage;
    const { fault } = this;
    if (fault?.port === port && page >= (fault.page ?? 0) && (fault.region ?? region) === region) {
      throw fault.error ?? new Error('Rate exceeded');
    }
  }
}

export function selectionOf(more: Partial<BackupSelection>): BackupSelection {
  return { name: 'selection', resources: [], notResources: [], listOfTags: [], conditions: [], ...more };
}

/** Everything a run published. */
export interface Outcome {
  /** Counts of the whole watch; nothing where it published none. */
  readonly totals: Readonly<Record<string, number>>;
  /** Metrics by protection and place. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** `<verdict> <place> <resource>` of whatever is not fresh. */
  readonly told: readonly string[];
  readonly reasons: readonly string[];
  readonly error?: Error;
}

type Line = Readonly<Record<string, unknown>>;

/** Reads what a run wrote as CloudWatch would. */
export function outcomeOf(lines: readonly string[], error?: Error): Outcome {
  const parsed = lines.map((line): Line => JSON.parse(line));
  const metrics = parsed.filter((line) => '_aws' in line);
  const details = parsed.filter((line) => 'resource' in line);
  const total = metrics.find((line) => !('Place' in line)) ?? {};
  return {
    totals: numbersOf(total),
    groups: Object.fromEntries(
      metrics.filter((line) => 'Place' in line).map((line) => [`${line.Protection} ${line.Place}`, numbersOf(line)]),
    ),
    told: details.map(({ verdict, place, resource }) => `${verdict} ${place} ${resource}`),
    reasons: details.map(({ reason }) => String(reason)),
    error,
  };
}

function numbersOf(line: Line): Record<string, number> {
  return Object.fromEntries(Object.entries(line).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** Runs the judgement over an account. */
export async function run(account: FakeAccount, config: FreshnessConfig, region = TOKYO): Promise<Outcome> {
  const lines: string[] = [];
  const error = await judgeFreshness(config, account.ports(lines, region)).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return outcomeOf(lines, error);
}

/** One plan for tables in one vault, unless told otherwise. */
export function configOf(more: Partial<FreshnessConfig> = {}): FreshnessConfig {
  return {
    watch: 'orders',
    plans: [{ name: 'plan', label: 'Orders/Plan', promises: [{ types: ['DynamoDB'], copies: [{ vault: 0, thresholdMs: 3 * HOUR }] }] }],
    vaults: [{ name: 'main' }],
    ...more,
  };
}
