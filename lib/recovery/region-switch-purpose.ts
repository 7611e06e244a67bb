/** What a plan of ARC Region switch has the machine of a site do. */
export enum RegionSwitchPurpose {
  /** The Region that is made active takes over from one that is lost, or about to be. */
  FAILOVER = 'FAILOVER',
  /** Traffic moves between two Regions that are well, and nothing is lost. */
  SWITCHOVER = 'SWITCHOVER',
}
