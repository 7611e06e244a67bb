/** How many of something run. */
export interface RecoverableCountOptions {
  /** How many run where the site has the traffic: whole, 1 or more. */
  readonly count: number;
  /**
   * The most that scaling may make of them; it is raised to `count` in a failover, where it is less.
   * @default - as the template says it, or else `count`
   */
  readonly max?: number;
}

/** How much of a function is kept ready. */
export interface RecoverableConcurrencyOptions {
  /** Executions that are kept ready where the site has the traffic: whole, 1 or more. */
  readonly provisioned: number;
}

/** When compute is scaled. */
export interface SiteComputeOptions {
  /**
   * Compute of a lower number is scaled first, that of one number together: 0 to 99.
   * @default 0
   */
  readonly order?: number;
}
