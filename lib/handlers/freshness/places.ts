import { type ConfiguredCopy, type ConfiguredPlan, type ConfiguredService, type FreshnessConfig, graceMs } from '../../model/freshness';
import type { VaultAddress } from './ports';

/** Names and addresses of the vaults of a configuration. */
export class Places {
  constructor(
    private readonly config: FreshnessConfig,
    private readonly region: string,
  ) {}

  public address(vault: number): VaultAddress {
    const { name, region = this.region } = this.config.vaults[vault];
    return { region, name };
  }

  public name({ vault, continuous }: ConfiguredCopy): string {
    const { region, name } = this.address(vault);
    return `${region}/${name}${continuous ? '/continuous' : ''}`;
  }

  /** Where a service keeps what it keeps by itself: no vault has such a name. */
  public service({ region: home = this.region }: ConfiguredPlan, { type, region }: ConfiguredService): string {
    return `${region ?? home}/${type} ${isReplicated(type, region) ? 'replicated backups' : 'point-in-time recovery'}`;
  }

  /** Every place of a plan, one copy standing for all that are there. */
  public of({ promises }: ConfiguredPlan): ReadonlyMap<string, ConfiguredCopy> {
    return new Map(promises.flatMap(({ copies }) => copies.map((copy) => [this.name(copy), copy] as const)));
  }

  /** The shortest age that a plan expects in each of its vaults. */
  public expectationsOf({ promises }: ConfiguredPlan): ReadonlyMap<number, number> {
    const shortest = new Map<number, number>();
    for (const { vault, thresholdMs } of promises.flatMap(({ copies }) => copies)) {
      shortest.set(vault, Math.min(shortest.get(vault) ?? Number.POSITIVE_INFINITY, graceMs(thresholdMs)));
    }
    return shortest;
  }
}

/** RDS sends automated backups of instances to other Regions; a replica of a table has a recovery of its own. */
export function isReplicated(type: ConfiguredService['type'], region: string | undefined): boolean {
  return type === 'RDS' && region !== undefined;
}
