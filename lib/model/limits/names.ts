import { LIMITS } from './limits';
import { error, type Problem } from './problem';
import { SERVICE_LIMITS } from './services';

const PATTERNS = {
  'backup plan': LIMITS.planName,
  rule: LIMITS.ruleName,
  selection: LIMITS.selectionName,
  vault: LIMITS.vaultName,
  'restore testing plan': LIMITS.restoreTestingName,
  'restore testing selection': LIMITS.restoreTestingName,
  framework: LIMITS.frameworkName,
  'report plan': LIMITS.frameworkName,
  'Region switch plan': SERVICE_LIMITS.regionSwitchName,
} as const;

/** What AWS Backup, or Region switch, gives a name to. */
export type NamedThing = keyof typeof PATTERNS;

/** What can do without a name of the user's. */
const NAMELESS: ReadonlySet<NamedThing> = new Set(['backup plan', 'rule', 'selection', 'vault', 'framework', 'report plan']);

/** Checks a name against the pattern of AWS, which CloudFormation only notices while it deploys. */
export function checkName(thing: NamedThing, property: string, name: string | undefined): Problem | undefined {
  const { value, unit } = PATTERNS[thing];
  return name === undefined || value.test(name)
    ? undefined
    : error(
        'InvalidName',
        `'${property}' is '${name}', but the name of a ${thing} is ${unit}: choose another name${NAMELESS.has(thing) ? ' or leave it out' : ''}`,
      );
}

/** Checks a tag against what AWS takes; tags of `aws:` are its own. */
export function checkTag(property: string, key: string | undefined, value: string | undefined): Problem | undefined {
  const { tagKeyLength, tagValueLength } = LIMITS;
  const { min, max } = tagKeyLength.value;
  const refuse = (what: string, remedy: string) => error('InvalidTag', `'${property}' has ${what}: ${remedy}`);
  if (key !== undefined && (key.trim().length < min || key.length > max)) {
    return refuse(`key '${key}' of ${key.length} characters`, `give ${min} to ${max}, not blanks only`);
  }
  if (key !== undefined && /^aws:/i.test(key)) {
    return refuse(`key '${key}', but AWS keeps 'aws:' for itself`, 'choose another key');
  }
  return value !== undefined && value.length > tagValueLength.value
    ? refuse(`a value of ${value.length} characters under '${key}'`, `give at most ${tagValueLength.value}`)
    : undefined;
}
