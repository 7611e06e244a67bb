import { type ConfiguredCopy, type ConfiguredPlan, type FreshnessConfig, graceMs } from '../../model/freshness';
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
