import type { DataPort } from '../../../../lib/handlers/recover/ports';
import { MINUTE, SECOND } from '../../../../lib/model/time';
import type { Write } from './site-world';
import { type Copies, change, copy, done, pending, promotionMs, type Stage } from './stage';

/** An instance at one of two sites and its replica at the other. */
export class Stream implements Copies {
  constructor(private readonly stage: Stage) {}

  public replicate(): void {
    for (const own of Object.values(this.stage.regions)) {
      const source = this.other(own.name);
      if (own.database.role === 'replica' && source.database.role === 'source' && this.stage.reachable(own.name, source.name)) {
        copy(this.stage, source, own);
      }
    }
  }

  public lost(site: string, from: string): readonly Write[] {
    const { regions } = this.stage;
    return [...regions[from].database.writes].filter((write) => !regions[site].database.writes.has(write) && !write.stray);
  }

  public isStray(): boolean {
    return false;
  }

  public port(site: string): DataPort {
    const { stage } = this;
    const { database } = stage.regions[site];
    const on = <T>(act: () => T): Promise<T> => stage.effect(site, act);
    return {
      ready: () => on(() => done('ready')),
      lag: () => on(() => ({ lagMs: database.role === 'replica' ? stage.time.now() - database.appliedMs : 0, words: '' })),
      arrived: (_, sinceMs) => on(() => (database.role === 'source' || database.appliedMs >= sinceMs ? done('all') : pending('behind'))),
      promote: () =>
        on(() =>
          database.role === 'source'
            ? done('source')
            : change(stage, site, promotionMs(stage), () => {
                database.role = 'source';
              }),
        ),
      close: () =>
        on(() =>
          database.role !== 'source' || database.closed
            ? done('closed')
            : change(stage, site, 40 * SECOND, () => {
                database.closed = true;
              }),
        ),
      open: () =>
        on(() =>
          database.closed
            ? change(stage, site, 20 * SECOND, () => {
                database.closed = false;
              })
            : done('open'),
        ),
      describe: () => on(() => ({ arn: site })),
      follow: () =>
        on(() => {
          const source = this.other(site);
          if (database.role === 'replica') {
            return done('follows');
          }
          if (!stage.reachable(site, source.name) || source.database.role !== 'source') {
            return pending('no source');
          }
          return change(stage, site, 10 * MINUTE, () => {
            database.role = 'replica';
            database.closed = false;
            database.writes = new Set(source.database.writes);
            database.appliedMs = stage.time.now();
          });
        }),
      rehearse: async () => done('rehearsed'),
      tidy: async () => done('tidy'),
    };
  }

  private other(site: string) {
    return Object.values(this.stage.regions).find(({ name }) => name !== site)!;
  }
}
