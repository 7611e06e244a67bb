/** What Route 53 answers to a query. */
export interface DnsAnswer {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly records: readonly string[];
  /** The set identifiers of the record sets that were chosen. */
  readonly sets: readonly string[];
  /** Seconds. */
  readonly ttl: number | null;
}

/** From where, and for what, a query comes. */
export interface DnsQuery {
  /** `A` by default. */
  readonly type?: string;
  /** The Region that is nearest, for latency records; Tokyo by default. */
  readonly near?: string;
}

/** A data point of a metric that AWS publishes itself. */
export interface DataPoint {
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit?: string;
  /** How long ago it was measured; now, by default. */
  readonly ageMs?: number;
}

/** What experiments of FIS disturb now. */
export interface Disruptions {
  readonly pausedReplication: readonly string[];
  readonly disruptedConnectivity: readonly { readonly region: string; readonly from: string; readonly subnets: readonly string[] }[];
}

/** The endpoints below `/emulator/` that tests of failovers need. */
export class FailoverControl {
  constructor(private readonly url: string) {}

  /** Asks for a name as a resolver does: no control plane takes part. */
  public dns(recordName: string, query: DnsQuery = {}): Promise<DnsAnswer> {
    return this.call('GET', `dns?${new URLSearchParams({ recordName, ...query })}`);
  }

  /** Whether each health check of Route 53 passes now, by id. */
  public async healthChecks(): Promise<Record<string, boolean>> {
    return (await this.call<{ healthy: Record<string, boolean> }>('GET', 'health-checks')).healthy;
  }

  /** Says how the endpoint of a health check is, or, with null, no more. */
  public tellHealthCheck(id: string, healthy: boolean | null): Promise<unknown> {
    return this.call('POST', `health-checks/${id}`, { healthy });
  }

  public putMetric(point: DataPoint): Promise<unknown> {
    return this.call('POST', 'metrics', point);
  }

  public disruptions(): Promise<Disruptions> {
    return this.call('GET', 'disruptions');
  }

  /** The states of the routing controls, by name. */
  public async routingControls(): Promise<Record<string, 'On' | 'Off'>> {
    return (await this.call<{ controls: Record<string, 'On' | 'Off'> }>('GET', 'routing-controls')).controls;
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}/emulator/${path}`, { method, body: body && JSON.stringify(body) });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${answer.error}`);
    }
    return answer;
  }
}
