/** What a value has to be: a type, `?` where it may be left out; a list of something; an object with members, or with `each` alike. */
export type Shape = { readonly [member: string]: Part };
type Part =
  | 'string'
  | 'number'
  | 'object'
  | 'boolean'
  | 'string?'
  | 'number?'
  | Shape
  | readonly [Part]
  | readonly [Part, '?']
  | { readonly optional: Shape }
  | { readonly each: Part };

/** The shape of a `RecordLink`. */
export const LINK: Shape = { key: 'string', sha256: 'string', concludedMs: 'number?' };

/** Members that are numbers. */
export function moments(...names: readonly string[]): Shape {
  return Object.fromEntries(names.map((name) => [name, 'number']));
}

/** The first thing that is not as it has to be, in words. */
export function problemOf(value: unknown, part: Part, path = ''): string | undefined {
  const wrong = (wanted: string): string => `has no ${wanted} at '${path}'`;
  if (typeof part === 'string') {
    const [wanted] = part.split('?');
    const absent = value === undefined && part.endsWith('?');
    const fits = wanted === 'object' ? isObject(value) : wanted === 'number' ? Number.isFinite(value) : typeof value === wanted;
    return absent || fits ? undefined : wrong(wanted);
  }
  if (isList(part)) {
    const [each, mark] = part;
    if (value === undefined && mark === '?') {
      return undefined;
    }
    return Array.isArray(value) ? first(value.map((item, index) => () => problemOf(item, each, `${path}[${index}]`))) : wrong('list');
  }
  if (isOptional(part)) {
    return value === undefined ? undefined : problemOf(value, part.optional, path);
  }
  if (!isObject(value)) {
    return wrong('object');
  }
  if (isMap(part)) {
    return first(
      Object.entries(value).map(
        ([name, inner]) =>
          () =>
            problemOf(inner, part.each, `${path}.${name}`),
      ),
    );
  }
  return first(
    Object.entries(part).map(
      ([name, inner]) =>
        () =>
          problemOf(value[name], inner, path === '' ? name : `${path}.${name}`),
    ),
  );
}

function first(questions: readonly (() => string | undefined)[]): string | undefined {
  for (const ask of questions) {
    const problem = ask();
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(part: Part): part is readonly [Part] | readonly [Part, '?'] {
  return Array.isArray(part);
}

function isOptional(part: Part): part is { readonly optional: Shape } {
  return typeof part === 'object' && 'optional' in part && typeof part.optional === 'object';
}

function isMap(part: Part): part is { readonly each: Part } {
  return typeof part === 'object' && 'each' in part;
}
