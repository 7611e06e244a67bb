/** An identifier as SQL takes it, whatever is in it and whatever mode the server is in. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A name with its database, as SQL takes it. */
export function qualified(schema: string, name: string): string {
  return `${identifier(schema)}.${identifier(name)}`;
}

/** A literal of text as SQL takes it: no mode of the server changes what hexadecimal digits mean. */
export function literal(text: string): string {
  return text === '' ? "_utf8mb4 ''" : `_utf8mb4 x'${Buffer.from(text, 'utf8').toString('hex')}'`;
}
