import { documented } from './limit';
import { error, type Problem } from './problem';

/** What a recovery has room for. */
export const RECOVERY_LIMITS = {
  configSize: documented(
    200_000,
    'characters of the configuration of a site, of the 262,144 bytes that Step Functions passes from state to state',
    'Step Functions quotas',
  ),
} as const;

/** Checks how much the state machine of a site has to know. */
export function checkRecoverySize(recovery: string, size: number): Problem | undefined {
  const { value } = RECOVERY_LIMITS.configSize;
  return size <= value
    ? undefined
    : error(
        'RecoveryTooLarge',
        `the configuration of '${recovery}' takes ${size} characters, but a state of its machine has room for ${value}: divide its items among several recoveries`,
      );
}
