import type { DataPort } from '../../../../lib/handlers/recover/ports';
import type { Write } from './site-world';
import { type Copies, change, copy, done, pending, promotionMs, type Stage } from './stage';

/**
 * A global database of any number of sites, of which the service knows the one that writes. One that is cut off goes on writing until the service
 * reaches it, and gives up then what nobody else has.
 */
export class GlobalDatabase implements Copies {
  private writer: string;
  /** What the last failover to a site has left behind. */
  private readonly left = new Map<string, readonly Write[]>();

  constructor(
    private readonly stage: Stage,
    writer: string,
  ) {
    this.writer = writer;
  }

  public get source(): string {
    return this.writer;
  }

  public replicate(): void {
    const { regions } = this.stage;
    const source = regions[this.writer];
    for (const own of Object.values(regions)) {
      if (own !== source && this.stage.reachable(own.name, source.name)) {
        if (own.database.role === 'source') {
          own.database.role = 'replica';
          own.database.writes = new Set([...own.database.writes].filter((write) => source.database.writes.has(write)));
        }
        copy(this.stage, source, own);
      }
    }
  }

  public lost(site: string): readonly Write[] {
    return this.left.get(site) ?? [];
  }

  public isStray(site: string): boolean {
    return site !== this.writer;
  }

  public port(site: string): DataPort {
    const { stage } = this;
    const { database } = stage.regions[site];
    const on = <T>(act: () => T): Promise<T> => stage.effect(site, act);
    const isWriter = () => this.writer === site && database.role === 'source';
    return {
      ready: () => on(() => done('ready')),
      lag: () => on(() => ({ lagMs: isWriter() ? 0 : stage.time.now() - database.appliedMs, words: '' })),
      arrived: () => on(() => done('the switchover waits by itself')),
      promote: (_, { lossless, from }) =>
        on(() => {
          this.left.delete(site);
          if (isWriter()) {
            return done('writer');
          }
          if (this.writer !== from && this.writer !== site) {
            return done('another site writes, and goes on doing so');
          }
          const former = stage.regions[this.writer];
          if (lossless && !stage.reachable(site, former.name)) {
            return pending('the writer cannot be reached');
          }
          return change(stage, site, promotionMs(stage), () => {
            const { writes } = former.database;
            if (lossless) {
              database.writes = new Set(writes);
            }
            this.left.set(
              site,
              [...writes].filter((write) => !database.writes.has(write) && !write.stray),
            );
            this.writer = site;
            database.role = 'source';
          });
        }),
      close: () => on(() => done('one writer')),
      open: () => on(() => done('one writer')),
      describe: () => on(() => ({ arn: site })),
      follow: (_, { region }) =>
        on(() => {
          if (database.role === 'replica') {
            return done('follows');
          }
          const active = stage.regions[region].database;
          return this.writer !== site || !stage.reachable(site, region)
            ? pending('it is not added again yet')
            : change(stage, site, promotionMs(stage), () => {
                active.writes = new Set(database.writes);
                active.role = 'source';
                this.writer = region;
                database.role = 'replica';
              });
        }),
      rehearse: async () => done('rehearsed'),
      tidy: async () => done('tidy'),
    };
  }
}
