import { LIMITS } from './limits';
import { error, type Problem } from './problem';

const PATTERNS = {
  'backup plan': LIMITS.planName,
  rule: LIMITS.ruleName,
  selection: LIMITS.selectionName,
  vault: LIMITS.vaultName,
} as const;

/** What AWS Backup gives a name to. */
export type NamedThing = keyof typeof PATTERNS;

/** Checks a name against the pattern of AWS Backup, which CloudFormation only notices while it deploys. */
export function checkName(thing: NamedThing, property: string, name: string | undefined): Problem | undefined {
  const { value, unit } = PATTERNS[thing];
  return name === undefined || value.test(name)
    ? undefined
    : error('InvalidName', `'${property}' is '${name}', but the name of a ${thing} is ${unit}: choose another name or leave it out`);
}
