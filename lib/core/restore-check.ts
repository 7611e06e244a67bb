import type { Construct } from 'constructs';

/** What restored data is held to; `DataCheck` makes them. */
export abstract class RestoreCheck {
  /** What results and evidence call it; unique for a resource. */
  public abstract readonly checkName: string;

  /**
   * Sees to it that somebody tests the restores of what a Protection protects: the check brings along who runs it.
   * @internal
   */
  public abstract _arrange(protection: Construct): void;
}
