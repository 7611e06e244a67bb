import { createHash } from 'node:crypto';

/** An attribute value as the API of DynamoDB gives it, such as `{ S: 'text' }`. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A hash of attributes, whatever order they, or the members of sets, come in. */
export function hashOf(attributes: Attributes, salt = ''): string {
  return createHash('sha256').update(salt).update(canonical(attributes)).digest('base64url').slice(0, 22);
}

/** The same text for the same attributes. */
export function canonical(value: unknown): string {
  if (value instanceof Uint8Array) {
    return `b${Buffer.from(value).toString('base64')}`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join()}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(
        ([name, member]) => `${JSON.stringify(name)}:${/^[SNB]S$/.test(name) && Array.isArray(member) ? set(member) : canonical(member)}`,
      );
    return `{${members.sort().join()}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

function set(members: readonly unknown[]): string {
  return `[${members.map(canonical).sort().join()}]`;
}
