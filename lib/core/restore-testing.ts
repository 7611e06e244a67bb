import type { Construct } from 'constructs';

/** How often, and from which recovery points, restores are tested; `RestoreTests` makes them. */
export abstract class RestoreTesting {
  /**
   * Restores are not tested, and somebody has said why.
   * @internal
   */
  public abstract readonly _isNever: boolean;

  /**
   * Sees to it that somebody tests the restores of what a Protection protects, unless nobody is to.
   * @internal
   */
  public abstract _arrange(protection: Construct): void;
}
