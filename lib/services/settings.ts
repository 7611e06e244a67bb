import { CfnDeletionPolicy, type CfnResource, type IResolveContext, Lazy, Token, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { isAttached } from '../core/private/inventory';

const SPECIAL: Readonly<Record<string, string>> = { multiAz: 'MultiAZ', dbClusterIdentifier: 'DBClusterIdentifier' };

const defaults = new WeakMap<CfnResource, Map<string, unknown>>();

/**
 * What the template will hold at a dotted path of camel-case names; an override of the user goes before the property.
 *
 * Returns the token itself where the value, or what holds it, is only known at deploy time.
 */
export function settingOf(cfn: CfnResource, path: string): unknown {
  const names = path.split('.');
  const { rawOverrides } = cfn as unknown as { rawOverrides?: { Properties?: unknown } };
  if (rawOverrides?.Properties === undefined) {
    return walk(cfn, names);
  }
  const templateNames = names.map(templateName);
  const override = walk(rawOverrides.Properties, templateNames);
  return override ?? (isDeleted(rawOverrides.Properties, templateNames) ? undefined : walk(cfn, names));
}

/** `addPropertyDeletionOverride()` leaves the name without a value, which takes the property out of the template. */
function isDeleted(overrides: unknown, names: readonly string[]): boolean {
  let value = overrides;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !(name in value)) {
      return false;
    }
    value = (value as Record<string, unknown>)[name];
    if (value === undefined) {
      return true;
    }
  }
  return false;
}

/** What a lazy value stands for now, with the tokens inside it as they are; an intrinsic function becomes an object. */
export function unwrapped(cfn: CfnResource, value: unknown): unknown {
  const context: IResolveContext = {
    scope: cfn,
    preparing: false,
    documentPath: [],
    resolve: (inner: unknown) => inner,
    registerPostProcessor: () => undefined,
  };
  let inner = value;
  while (Tokenization.isResolvable(inner)) {
    inner = inner.resolve(context);
  }
  return inner;
}

const borrowed = new WeakMap<object, () => unknown>();

/**
 * A value that a property has for as long as its owner is in the tree: whoever takes the owner out gets back what was there
 * before, and not a reference to something that is gone.
 */
export function whileAttached<T>(owner: IConstruct, value: T, before?: T): T {
  const now = () => (isAttached(owner) ? value : lent(before));
  const lazy = Lazy.uncachedAny({ produce: now });
  borrowed.set(lazy, now);
  return lazy as T;
}

/** What this library has set for a while, as it is now; anything else is itself. */
function lent(value: unknown): unknown {
  const now = typeof value === 'object' && value !== null ? borrowed.get(value) : undefined;
  return now ? now() : value;
}

function walk(from: unknown, names: readonly string[]): unknown {
  let value = from;
  for (const name of names) {
    value = lent((value as Record<string, unknown>)[name]);
    if (value === undefined || value === null || Token.isUnresolved(value)) {
      return value ?? undefined;
    }
  }
  return value;
}

function templateName(name: string): string {
  return SPECIAL[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}

/** The setting where it is plain text. */
export function textOf(cfn: CfnResource, path: string): string | undefined {
  const value = settingOf(cfn, path);
  return typeof value === 'string' && !Token.isUnresolved(value) ? value : undefined;
}

/** The setting where it is a plain number. */
export function numberOf(cfn: CfnResource, path: string): number | undefined {
  const value = settingOf(cfn, path);
  return typeof value === 'number' && !Token.isUnresolved(value) ? value : undefined;
}

/** Sets what the user left out; remembers that it was this library. */
export function setDefault<T extends CfnResource, K extends keyof T & string>(cfn: T, name: K, value: T[K]): void {
  if (settingOf(cfn, name) === undefined) {
    cfn[name] = value;
    const own = defaults.get(cfn) ?? new Map<string, unknown>();
    defaults.set(cfn, own.set(name, value));
  }
}

/** Whether this library, and not the user, gave the setting its present value. */
export function isDefault(cfn: CfnResource, name: string): boolean {
  const own = defaults.get(cfn);
  return own?.has(name) === true && own.get(name) === settingOf(cfn, name);
}

const relied = new WeakMap<CfnResource, number>();

/**
 * The longest retention that any plan relies on: a second plan never shortens the first one's. A number that is only known at
 * deploy time cannot be compared, and stands only where nobody relies on any other.
 */
export function longestReliedOn(cfn: CfnResource, days: number): number {
  if (Token.isUnresolved(days)) {
    return relied.get(cfn) ?? days;
  }
  const longest = Math.max(days, relied.get(cfn) ?? 0);
  relied.set(cfn, longest);
  return longest;
}

/** Takes back what this library has set. */
export function unsetDefault<T extends CfnResource>(cfn: T, name: keyof T & string): void {
  if (isDefault(cfn, name)) {
    cfn[name] = undefined as T[typeof name];
    defaults.get(cfn)?.delete(name);
  }
}

/** Keeps the data when the resource leaves the template, unless the user chose otherwise. */
export function keepOnDelete(cfn: CfnResource, policy: CfnDeletionPolicy.SNAPSHOT | CfnDeletionPolicy.RETAIN): void {
  const options = cfn.cfnOptions;
  if (options.deletionPolicy === undefined) {
    options.deletionPolicy = policy;
    options.updateReplacePolicy ??= policy;
  }
}

/** The user lets the data go with the resource. */
export function isDeletedWithStack(cfn: CfnResource): boolean {
  return cfn.cfnOptions.deletionPolicy === CfnDeletionPolicy.DELETE;
}
