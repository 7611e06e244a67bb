import type { IConstruct } from 'constructs';
import type { CopyRuleFact } from '../model/facts';
import { ConfigurationError } from './private/errors';

/** The least that is demanded, each a whole number from 1 on; what is left out is not demanded. */
export interface CopyRuleProps {
  /**
   * Copies of the data, the live data included.
   * @default - not demanded
   */
  readonly copies?: number;
  /**
   * Different media, 3 at most: the storage of the service itself, the storage of AWS Backup, exported files. Replicas are on
   * the medium of the service.
   * @default - not demanded
   */
  readonly media?: number;
  /**
   * Copies in another Region, under a key that is not lost with the Region of the data.
   * @default - not demanded
   */
  readonly offSite?: number;
  /**
   * Copies in another account, in whatever Region, under a key that does not belong to the account of the data.
   * @default - not demanded
   */
  readonly otherAccount?: number;
  /**
   * Copies in a vault with a lock, so that nobody deletes them early: a compliance lock, an air-gapped vault, or a governance
   * lock, which an administrator can lift. Survive `Disruption.ACCOUNT_COMPROMISE` where that is not enough.
   * @default - not demanded
   */
  readonly immutable?: number;
  /**
   * Copies in a logically air-gapped vault.
   * @default - not demanded
   */
  readonly airGapped?: number;
  /**
   * No copy without a restore test.
   * @default false
   */
  readonly verified?: boolean;
}

/** There are no more kinds of storage than these. */
const MOST: Readonly<Record<string, number>> = { media: 3 };

/** How many copies there have to be: synth fails below it and says what is missing. */
export class CopyRule {
  /** Three copies on two media, one of them in another Region. */
  public static readonly THREE_TWO_ONE = CopyRule.atLeast({ copies: 3, media: 2, offSite: 1 });
  /** As `THREE_TWO_ONE`, with one copy in a locked vault and none without a restore test. */
  public static readonly THREE_TWO_ONE_ONE_ZERO = CopyRule.atLeast({ copies: 3, media: 2, offSite: 1, immutable: 1, verified: true });

  /** A demand of your own; whoever is given it fails for numbers that are not whole or less than 1. */
  public static atLeast(props: CopyRuleProps): CopyRule {
    return new CopyRule(props);
  }

  private constructor(private readonly props: CopyRuleProps) {}

  /** @internal */
  public _fact(scope?: IConstruct): CopyRuleFact {
    for (const [part, value] of Object.entries(this.props)) {
      if (typeof value === 'number' && !(Number.isInteger(value) && value >= 1 && value <= (MOST[part] ?? value))) {
        const range = MOST[part] === undefined ? 'from 1 on' : `from 1 to ${MOST[part]}`;
        const message = `'${part}' of the copy rule is ${value}: give a whole number ${range}, or leave it out`;
        throw new ConfigurationError('InvalidCopyRule', message, scope);
      }
    }
    return { ...this.props };
  }
}
