import type { RestoredConfig } from './data-config';
import type { SiteRegister } from './register';
import type { SiteConfig } from './site-config';
import { type Transition, to } from './transition';

/** Data of which this site has recovery points, and learns from the other one of what. */
export function learning({ data }: Pick<SiteConfig, 'data'>): readonly RestoredConfig[] {
  return data.filter((item): item is RestoredConfig => item.kind === 'recovery-points' && item.learnsSource === true);
}

/** A site that knows what it was told. */
export function withSources(config: SiteConfig, { sources = {} }: SiteRegister): SiteConfig {
  const learn = learning(config);
  return {
    ...config,
    data: config.data.map((item) => {
      const sourceArn = sources[item.name];
      return sourceArn !== undefined && learn.some(({ name }) => name === item.name) ? ({ ...item, sourceArn } as RestoredConfig) : item;
    }),
  };
}

/** Remembers what was backed up, for the day on which nobody can be asked. */
export function sourceTold(register: SiteRegister, name: string, arn: string): Transition {
  return to(register.sources?.[name] === arn ? register : { ...register, sources: { ...register.sources, [name]: arn } });
}
