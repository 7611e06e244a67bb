/** How requests are led to a site. */
export type TrafficConfig = LatchTraffic | RoutingControlTraffic | UnroutedTraffic;

/**
 * Records with health checks that look at two metrics, one in each Region; only their data is published in a failover, which needs neither
 * the control plane of Route 53 nor anything of the other Region. See docs/adr/0021.
 */
export interface LatchTraffic {
  readonly kind: 'latch';
  /** From publishing until every client has the new answer: health check and time to live of the records. */
  readonly settleMs: number;
}

/** Routing controls of Amazon Application Recovery Controller, by their ARNs. */
export interface RoutingControlTraffic {
  readonly kind: 'routing-control';
  /** Endpoints of the cluster, each with its Region; all are tried. */
  readonly endpoints: readonly { readonly url: string; readonly region: string }[];
  /** The control of each site. */
  readonly controls: Readonly<Record<string, string>>;
  readonly settleMs: number;
}

/** Nothing is led anywhere: somebody else does. */
export interface UnroutedTraffic {
  readonly kind: 'none';
}
