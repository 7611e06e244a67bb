/** What may happen to data or to the place where it lives. */
export enum Disruption {
  /** Somebody or something deletes or damages the data, and every replica follows. */
  OPERATOR_ERROR = 'OPERATOR_ERROR',
  /** One Availability Zone is lost. */
  ZONE_LOSS = 'ZONE_LOSS',
  /** A whole Region is lost or out of reach. */
  REGION_LOSS = 'REGION_LOSS',
  /** Somebody else has administrator rights in the account of the data. */
  ACCOUNT_COMPROMISE = 'ACCOUNT_COMPROMISE',
}

/** Every disruption, in the order in which reports list them. */
export const DISRUPTIONS: readonly Disruption[] = Object.values(Disruption);
