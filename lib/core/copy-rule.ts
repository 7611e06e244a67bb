import type { CopyRuleFact } from '../model/facts';

/** The least that is demanded; what is left out is not demanded. */
export interface CopyRuleProps {
  /**
   * Copies of the data, the live data included.
   * @default - not demanded
   */
  readonly copies?: number;
  /**
   * Different media: the storage of the service itself, the storage of AWS Backup, exported files.
   * @default - not demanded
   */
  readonly media?: number;
  /**
   * Copies in another Region.
   * @default - not demanded
   */
  readonly offSite?: number;
  /**
   * Copies in a vault with a lock, so that nobody deletes them early: a compliance lock, an air-gapped vault, or a governance
   * lock, which an administrator can lift. Survive `Disruption.ACCOUNT_COMPROMISE` where that is not enough.
   * @default - not demanded
   */
  readonly immutable?: number;
  /**
   * No copy without a restore test.
   * @default false
   */
  readonly verified?: boolean;
}

/** How many copies there have to be: synth fails below it and says what is missing. */
export class CopyRule {
  /** Three copies on two media, one of them in another Region. */
  public static readonly THREE_TWO_ONE = CopyRule.atLeast({ copies: 3, media: 2, offSite: 1 });
  /** As `THREE_TWO_ONE`, with one copy in a locked vault and none without a restore test. */
  public static readonly THREE_TWO_ONE_ONE_ZERO = CopyRule.atLeast({ copies: 3, media: 2, offSite: 1, immutable: 1, verified: true });

  /** A demand of your own. */
  public static atLeast(props: CopyRuleProps): CopyRule {
    return new CopyRule(props);
  }

  private constructor(private readonly props: CopyRuleProps) {}

  /** @internal */
  public _fact(): CopyRuleFact {
    return { ...this.props };
  }
}
