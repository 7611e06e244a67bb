import type { Construct } from 'constructs';

/** How often, and from which recovery points, restores are tested; `RestoreTests` makes them. */
export abstract class RestoreTesting {
  /**
   * Sees to it that somebody tests the restores of what a Protection protects, unless nobody is to.
   * @internal
   */
  public abstract _arrange(protection: Construct): void;
}
