import { type Duration, Token } from 'aws-cdk-lib/core';
import { ConfigurationError } from '../../core/private/errors';
import { type CountExpectation, tableNameIn } from '../../model/verification';

/** Longer ones crowd out what they are to name, in messages of AWS Backup and in evidence. */
const MAX_NAME = 256;

/** A check is refused where it is made, before it belongs to any construct. */
function refuse(message: string): never {
  throw new ConfigurationError('InvalidCheck', message);
}

/** Text that says something; a token is left to deploy time. */
export function requireText(check: string, property: string, value: string): string {
  return typeof value !== 'string' || value.trim() === ''
    ? refuse(`'${property}' of the check '${check}' is empty: say what is to be checked`)
    : value;
}

/** The name of a check, as results, evidence and messages have it: one line. */
export function requireName(kind: string, name: string): string {
  requireText(kind, 'name', name);
  return !Token.isUnresolved(name) && (name.length > MAX_NAME || /\p{Cc}/u.test(name))
    ? refuse(
        `'name' of a check of kind '${kind}' is ${JSON.stringify(name.slice(0, 40))}${name.length > 40 ? '...' : ''}, of ${name.length} characters, but has to be one line of ${MAX_NAME} at most: give a shorter 'name'`,
      )
    : name;
}

/** The name of a table, and of its schema where that is given. */
export function requireTable(check: string, property: string, value: string): string {
  requireText(check, property, value);
  return Token.isUnresolved(value) || tableNameIn(value)
    ? value
    : refuse(
        `'${property}' of the check '${check}' is '${value}', which is no name of a table: write orders, sales.orders, or "my.schema"."my.table" where names have points in them`,
      );
}

/** Names of tables, one or more; a list that only deployment tells could be empty. */
export function requireTables(check: string, property: string, values: readonly string[]): readonly string[] {
  if (Token.isUnresolved(values)) {
    refuse(`'${property}' of the check '${check}' are only known at deploy time, so that nobody can judge them: list them`);
  }
  requireNumber(check, property, values.length, { min: 1 });
  return values.map((value) => requireTable(check, property, value));
}

/** Texts, each of which says something. */
export function requireTexts(check: string, property: string, values: readonly string[]): readonly string[] {
  return values.map((value) => requireText(check, property, value));
}

/** A whole number that can be judged. */
export function requireNumber(
  check: string,
  property: string,
  value: number,
  range: { readonly min: number; readonly max?: number },
): number {
  const { min, max = Number.MAX_SAFE_INTEGER } = range;
  requirePlain(check, property, value);
  return Number.isInteger(value) && value >= min && value <= max
    ? value
    : refuse(
        `'${property}' of the check '${check}' is ${value}, but has to be a whole number ${range.max === undefined ? `from ${min} on` : `from ${min} to ${max}`}: correct it`,
      );
}

/** How many there have to be, without contradictions; refuses what anything passes, unless something else is looked at. */
export function requireCount(check: string, { atLeast, exactly, tolerance }: CountExpectation, looksElsewhere = false): CountExpectation {
  if (atLeast === undefined && exactly === undefined && tolerance === undefined && !looksElsewhere) {
    return refuse(`the check '${check}' expects nothing, so that it would always pass: give 'atLeast', 'exactly' or 'tolerance'`);
  }
  if (atLeast !== undefined) {
    requireNumber(check, 'atLeast', atLeast, { min: 1 });
  }
  if (exactly !== undefined) {
    requireNumber(check, 'exactly', exactly, { min: 0 });
  }
  if (atLeast !== undefined && exactly !== undefined) {
    refuse(`'exactly' ${exactly} and 'atLeast' ${atLeast} of the check '${check}' are both given: leave one of them out`);
  }
  if (tolerance !== undefined) {
    requirePlain(check, 'tolerance', tolerance);
    if (!(tolerance >= 0 && tolerance <= 1)) {
      refuse(`'tolerance' of the check '${check}' is ${tolerance}, but is a share from 0 to 1: write 0.05 for five percent`);
    }
    if (exactly !== undefined) {
      refuse(
        `'exactly' and 'tolerance' of the check '${check}' are both given, but an exact number leaves no tolerance: leave one of them out`,
      );
    }
  }
  return {
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(exactly === undefined ? {} : { exactly }),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

/** A span longer than nothing, in ms. */
export function requireSpan(check: string, property: string, value: Duration): number {
  const ms = value.isUnresolved() ? Number.NaN : value.toMilliseconds({ integral: false });
  return Number.isFinite(ms) && ms > 0
    ? ms
    : refuse(
        `'${property}' of the check '${check}' is ${value.isUnresolved() ? 'only known at deploy time' : value.toHumanString()}: give a plain Duration longer than 0`,
      );
}

/** An address with TLS, unless it may do without. */
export function requireAddress(url: string, allowPlainHttp: boolean): string {
  if (Token.isUnresolved(url)) {
    return url;
  }
  let address: URL;
  try {
    address = new URL(url.replace('{host}', 'host').replace('{port}', '443'));
  } catch {
    return refuse(`'url' is '${url}', which is no address: give one such as https://{host}:{port}/health`);
  }
  const { protocol, username, password } = address;
  if (username !== '' || password !== '') {
    refuse(
      `'url' of a check of ${address.host} holds a user or a password, which evidence would tell: take it out, and look by a function of your own`,
    );
  }
  if (protocol !== 'https:' && !(protocol === 'http:' && allowPlainHttp)) {
    refuse(`'url' is '${url}', but whoever listens could answer without TLS: use https, or say 'allowPlainHttp'`);
  }
  return url;
}

/** A query that only reads: a restored copy is not to be changed by what looks at it. */
export function requireQuery(check: string, sql: string): string {
  requireText(check, 'sql', sql);
  const [word] = /^[a-z]+/i.exec(sql.replace(/^(\s|\(|--.*\n|\/\*[\s\S]*?\*\/)+/, '')) ?? [''];
  const reads = ['select', 'with', 'show', 'table', 'values', 'explain'];
  return Token.isUnresolved(sql) || reads.includes(word.toLowerCase())
    ? sql
    : refuse(`'sql' of the check '${check}' begins with '${word}', which does not read: give a query such as SELECT`);
}

function requirePlain(check: string, property: string, value: number): void {
  if (Token.isUnresolved(value)) {
    refuse(`'${property}' of the check '${check}' is only known at deploy time, so that nobody can judge it: give a plain number`);
  }
}
