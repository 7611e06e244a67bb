import { runsOf } from './private/runs';
import { overlapped } from './private/swallowing';
import type { RuleModel } from './rule-model';

/** Two rules of a plan whose start windows overlap, so that only one of them backs up. */
export interface Overlap {
  /** The rule with the longer retention; of a tie, the one listed first. */
  readonly winner: string;
  readonly loser: string;
  /** Part of the loser's runs that are swallowed, above 0 up to 1. */
  readonly share: number;
  /** Both keep equally long: AWS Backup does not document which of them backs up. */
  readonly tie: boolean;
}

/**
 * The pairs of rules that swallow each other's runs. Where start windows overlap AWS Backup takes one backup, for the
 * rule with the longer retention (Developer Guide, backup plan options).
 * @throws ScheduleError for an expression or time zone that AWS Backup would refuse
 */
export function overlapsOf(rules: readonly RuleModel[]): readonly Overlap[] {
  const all = runsOf(rules);
  return all.flatMap((winner, w) =>
    all.flatMap((loser, l) => {
      const tie = winner.kept === loser.kept;
      if (winner.kept < loser.kept || (tie && w >= l)) {
        return [];
      }
      const flags = overlapped(loser, [winner]);
      const swallowed = flags.filter((flag) => flag === 1).length;
      return swallowed === 0 ? [] : [{ winner: winner.rule.name, loser: loser.rule.name, share: swallowed / flags.length, tie }];
    }),
  );
}
