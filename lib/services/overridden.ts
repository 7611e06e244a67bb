import type { CfnResource } from 'aws-cdk-lib/core';

/**
 * A list of a resource as overrides of the user change it, with names as properties have them. An override names an entry by its
 * number, replaces the whole list, or takes something out by having no value.
 */
export function overriddenList(cfn: CfnResource, templateName: string, list: readonly unknown[]): readonly unknown[] {
  const { rawOverrides } = cfn as unknown as { rawOverrides?: { Properties?: Readonly<Record<string, unknown>> } };
  const override = rawOverrides?.Properties?.[templateName];
  if (Array.isArray(override)) {
    return override.map((entry) => merged({}, entry));
  }
  return isObject(override) ? list.map((entry, index) => (String(index) in override ? merged(entry, override[index]) : entry)) : list;
}

function merged(value: unknown, override: unknown): unknown {
  if (!isObject(override)) {
    return override;
  }
  const result: Record<string, unknown> = { ...(isObject(value) ? value : {}) };
  for (const [name, part] of Object.entries(override)) {
    const own = propertyName(name);
    result[own] = merged(result[own], part);
  }
  return result;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `KMSMasterKeyId` is `kmsMasterKeyId`. */
function propertyName(name: string): string {
  return name.replace(/^(?:[A-Z]+(?=[A-Z][a-z])|[A-Z])/, (head) => head.toLowerCase());
}
