/** How the site that waits looks at the active one. */
export interface SiteWatchOptions {
  /**
   * What is asked of each site while the other one waits, by its Region: an address of that site which is reached from the internet and answers 200,
   * and not the name that is switched. A site without one is not watched.
   * @default - the first Probe.http() of each site whose address is plain text
   */
  readonly addresses?: { [region: string]: string };
  /**
   * An address elsewhere that has to answer 200 for the silence of the active site to mean anything: in a third place it tells best whether the site that
   * waits is the one that is cut off.
   * @default - the first Probe.http() of the site that waits; has to be given where the strategy runs nothing there
   */
  readonly control?: string;
  /**
   * How many looks in a row fail before the alarm rings, one a minute: 2 to 60. With one minute more it is the time until the failover is started, part
   * of the recovery time.
   * @default 3
   */
  readonly failures?: number;
}
