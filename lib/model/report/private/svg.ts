/** Characters that mean something in SVG. */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

type Attributes = Readonly<Record<string, string | number>>;

/** One element; what is inside has to be SVG already. */
export function element(name: string, attributes: Attributes, inside = ''): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${typeof value === 'number' ? value : escaped(value)}"`);
  return inside === '' ? `<${name}${given.join('')}/>` : `<${name}${given.join('')}>${inside}</${name}>`;
}

/** Lines of text below each other, the first with its baseline at `y`. */
export function lines(
  texts: readonly string[],
  { x, y, step }: { readonly x: number; readonly y: number; readonly step: number },
  style: string,
): string {
  return texts.map((text, index) => element('text', { x, y: y + index * step, class: style }, escaped(text))).join('');
}
