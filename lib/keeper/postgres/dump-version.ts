/** Why a `pg_dump` cannot dump a server: it refuses one that is newer than itself, but says so only halfway through. Undefined where it can. */
export function tooOld(tool: string, { version, server }: { readonly version: number; readonly server: string }): string | undefined {
  const major = Number(/\b(\d+)(?:\.\d+)*\b/.exec(tool)?.[1]);
  const needed = Math.floor(version / 10_000);
  return major >= needed ? undefined : `'${tool}' cannot dump ${server}: install pg_dump ${needed} or newer`;
}
