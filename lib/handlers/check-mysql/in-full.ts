import type { Column } from './catalogue';
import { identifier } from './identifiers';

/** Values that may be as long as a packet: they are hashed one by one. */
const LONG = /text|blob|json|geometry|point|linestring|polygon|collection|vector|binary/;

/** Hexadecimal digits. MySQL has no MD5 and no SHA1 any more, unless somebody installs them (since 9.6). */
export function hashOf(sql: string): string {
  return `sha2(${sql}, 256)`;
}

/** A value as bytes with its length in front, so that no two lists of values look alike; none is told apart from an empty one. */
export function inFull({ name, type }: Pick<Column, 'name' | 'type'>): string {
  const column = identifier(name);
  // a float counts by the six digits that dumps have of it, too
  const value = LONG.test(type) ? hashOf(column) : `cast(${column} as binary)`;
  return `coalesce(concat(length(${value}), ':', ${value}), '-')`;
}
