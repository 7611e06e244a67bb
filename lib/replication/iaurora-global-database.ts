import type { IConstruct } from 'constructs';

/** A global database of Aurora, defined in this app or imported. */
export interface IAuroraGlobalDatabase extends IConstruct {
  /** The name of the global database, as plain text: its clusters in other Regions join it by this name. */
  readonly globalClusterIdentifier: string;
}
