import type { Database, Ports } from './ports';

/** The databases of the Regions that are asked for, each Region read once. A Region that cannot be read fails for everybody who asks. */
export class Databases {
  private readonly byRegion = new Map<string, Promise<ReadonlyMap<string, Database>>>();

  constructor(private readonly ports: Ports) {}

  /** By ARN. */
  public in(region: string): Promise<ReadonlyMap<string, Database>> {
    const found = this.byRegion.get(region) ?? this.read(region);
    this.byRegion.set(region, found);
    return found;
  }

  private async read(region: string): Promise<ReadonlyMap<string, Database>> {
    const databases = new Map<string, Database>();
    for await (const page of this.ports.databases(region)) {
      for (const database of page) {
        databases.set(database.arn, database);
      }
    }
    return databases;
  }
}
