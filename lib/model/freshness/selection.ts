/** A tag with one value. */
export interface TagValue {
  readonly key: string;
  readonly value: string;
}

/** A condition on tags, under the name that AWS Backup has for it. */
export interface SelectionCondition extends TagValue {
  readonly operator: 'StringEquals' | 'StringNotEquals' | 'StringLike' | 'StringNotLike';
}

/** A backup selection as AWS Backup keeps it: the promise itself, whoever wrote it. */
export interface BackupSelection {
  readonly name: string;
  /** A changed selection of CloudFormation is a new one, so this is also since when its list stands. */
  readonly createdMs?: number;
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly listOfTags: readonly TagValue[];
  readonly conditions: readonly SelectionCondition[];
}

/** A resource as the tagging API shows it. */
export interface TaggedResource {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What restore testing makes carries this tag, and no plan takes it. */
const RESTORE_TEST = 'awsbackup-restore-test';

/** The ARNs that a selection promises by listing them: nothing has to be searched for them. */
export function listedArns({ resources, notResources, conditions }: BackupSelection): readonly string[] {
  return conditions.length > 0 ? [] : resources.filter((arn) => !arn.includes('*') && !notResources.some((no) => fits(no, arn)));
}

/** Whether a selection has more than the resources that it lists. */
export function searches({ resources, listOfTags, conditions }: BackupSelection): boolean {
  return conditions.length > 0 || listOfTags.length > 0 || resources.length === 0 || resources.some((arn) => arn.includes('*'));
}

/**
 * Whether a selection has a resource: `Resources` and `ListOfTags` are joined by OR, `Conditions` narrow them and are joined
 * by AND. A condition with NOT holds without the tag too.
 */
export function selected(selection: BackupSelection, { arn, tags }: TaggedResource): boolean {
  const { resources, notResources, listOfTags, conditions } = selection;
  if (RESTORE_TEST in tags || notResources.some((pattern) => fits(pattern, arn))) {
    return false;
  }
  const named =
    (resources.length === 0 && listOfTags.length === 0) ||
    resources.some((pattern) => fits(pattern, arn)) ||
    listOfTags.some(({ key, value }) => tags[key] === value);
  return named && conditions.every((condition) => holds(condition, tags[condition.key]));
}

/**
 * Searches by tag that together find everything that a selection may have: one search for each tag that alone is enough,
 * otherwise one by all tags that are needed. An empty search finds whatever has a tag.
 */
export function searchesOf(selection: BackupSelection): readonly (readonly TagValue[])[] {
  const { resources, listOfTags, conditions } = selection;
  const needed = conditions.filter(({ operator }) => operator === 'StringEquals').map(({ key, value }) => ({ key, value }));
  const tagsAlone = resources.length === 0 || (conditions.length === 0 && resources.every((arn) => !arn.includes('*')));
  return listOfTags.length > 0 && tagsAlone ? listOfTags.map((tag) => distinct([tag, ...needed])) : [distinct(needed)];
}

/** The tagging API takes a key once; what it finds is asked for the others afterwards. */
function distinct(tags: readonly TagValue[]): readonly TagValue[] {
  return [...new Map(tags.map((tag) => [tag.key, tag])).values()];
}

function holds({ operator, value }: SelectionCondition, actual: string | undefined): boolean {
  switch (operator) {
    case 'StringEquals':
      return actual === value;
    case 'StringNotEquals':
      return actual !== value;
    case 'StringLike':
      return actual !== undefined && fits(value, actual);
    case 'StringNotLike':
      return actual === undefined || !fits(value, actual);
  }
}

/** A star stands for any text, also for none. */
function fits(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) {
    return pattern === text;
  }
  const [first, ...rest] = pattern.split('*');
  const last = rest.pop() as string;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) {
    return false;
  }
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) {
      return false;
    }
    from = at + part.length;
  }
  return from <= text.length - last.length;
}
