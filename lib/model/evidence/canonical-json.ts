/**
 * JSON with one spelling: members sorted by the UTF-16 units of their names, two spaces of indentation, a line feed at the end. Whoever
 * writes the same record gets the same bytes, so that `sha256sum` of the file is what the next record says.
 */
export function canonicalJson(value: unknown): string {
  return `${spelled(value, '\n')}\n`;
}

function spelled(value: unknown, newline: string): string {
  const inner = `${newline}  `;
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[${value.map((each) => `${inner}${spelled(each ?? null, inner)}`).join(',')}${newline}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, each]) => each !== undefined);
    members.sort(([one], [other]) => (one < other ? -1 : 1));
    const lines = members.map(([name, each]) => `${inner}${JSON.stringify(name)}: ${spelled(each, inner)}`);
    return lines.length === 0 ? '{}' : `{${lines.join(',')}${newline}}`;
  }
  if (value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)) {
    return JSON.stringify(value);
  }
  throw new TypeError(`'${String(value)}' has no form in JSON`);
}
