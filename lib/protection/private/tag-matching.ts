import { type TagCondition, TagOperator } from '../tag-condition';

/** Whether tags meet a condition as AWS Backup reads it; the negated ones pass where the tag is missing. */
export function meets(tags: Readonly<Record<string, string>>, { key, value, operator }: TagCondition): boolean {
  const actual = Object.hasOwn(tags, key) ? tags[key] : undefined;
  switch (operator) {
    case TagOperator.EQUALS:
      return actual === value;
    case TagOperator.NOT_EQUALS:
      return actual !== value;
    case TagOperator.LIKE:
      return actual !== undefined && matches(actual, value);
    case TagOperator.NOT_LIKE:
      return actual === undefined || !matches(actual, value);
  }
}

/** Whether a condition holds only because its tag is missing, for which the documentation gives no promise. */
export function meetsByAbsence(tags: Readonly<Record<string, string>>, { key, operator }: TagCondition): boolean {
  return (operator === TagOperator.NOT_EQUALS || operator === TagOperator.NOT_LIKE) && !Object.hasOwn(tags, key);
}

/** Whether a value matches a pattern in which `*` stands for any characters and everything else for itself. */
export function matches(value: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const last = parts.pop() as string;
  const [first, ...middle] = parts;
  if (first === undefined) {
    return value === last;
  }
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) {
    return false;
  }
  const end = value.length - last.length;
  let from = first.length;
  for (const part of middle) {
    const at = value.indexOf(part, from);
    if (at < 0 || at + part.length > end) {
      return false;
    }
    from = at + part.length;
  }
  return true;
}
