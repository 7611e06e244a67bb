import { type CfnResource, Stack, Token } from 'aws-cdk-lib/core';

/** Properties as templates spell them. */
export type Properties = Readonly<Record<string, unknown>>;

/** Whether a property is set or overridden: asked first, because almost no resource has what is judged. */
export function gives(cfn: CfnResource, name: string): boolean {
  return settingsOf(cfn, name).length > 0;
}

/** Whether a property contains one of the words, whoever set it. */
export function mentions(cfn: CfnResource, name: string, words: readonly string[]): boolean {
  return settingsOf(cfn, name).some((value) => {
    const plain = typeof value === 'string' && !Token.isUnresolved(value) ? value : JSON.stringify(Stack.of(cfn).resolve(value));
    return words.some((word) => plain?.includes(word));
  });
}

function settingsOf(cfn: CfnResource, name: string): readonly unknown[] {
  const { _cfnProperties, rawOverrides } = cfn as unknown as {
    readonly _cfnProperties?: Properties;
    readonly rawOverrides?: { readonly Properties?: Properties };
  };
  const typed = (cfn as unknown as Properties)[name.charAt(0).toLowerCase() + name.slice(1)];
  return [typed, _cfnProperties?.[name], rawOverrides?.Properties?.[name]].filter((value) => value !== undefined);
}

/**
 * The properties that the template will hold, overrides included; what only deployment tells is an intrinsic function.
 *
 * Empty where the resource cannot be rendered: the CDK says why, at the right place.
 */
export function templateOf(cfn: CfnResource): Properties {
  try {
    const rendered = Stack.of(cfn).resolve(cfn._toCloudFormation());
    // typed properties come with every name, most of them undefined, which a template does not hold
    const { Resources = {} } = JSON.parse(JSON.stringify(rendered)) as { Resources?: Record<string, { Properties?: Properties }> };
    return Object.values(Resources)[0]?.Properties ?? {};
  } catch {
    return {};
  }
}

/** The text, unless only deployment tells it. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && !value.includes('{{resolve:') ? value : undefined;
}

/** The number, also where the template has it as text. */
export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** The entries of a list; none where it is left out, or only deployment tells it. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The object, unless it is an intrinsic function. */
export function partIn(value: unknown): Properties | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isIntrinsic(value) ? (value as Properties) : undefined;
}

/** What `read` finds in an object: `false` where that is left out, nothing where only deployment tells. */
export function within<T>(value: unknown, read: (part: Properties) => T): T | false | undefined {
  const part = partIn(value);
  return value === undefined ? false : part && read(part);
}

/** Whether nothing in a value waits for deployment. */
export function isPlain(value: unknown): boolean {
  if (typeof value === 'string') {
    return textIn(value) !== undefined;
  }
  return typeof value !== 'object' || value === null || (!isIntrinsic(value) && Object.values(value).every(isPlain));
}

function isIntrinsic(value: object): boolean {
  const [name = '', ...more] = Object.keys(value);
  return more.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}
