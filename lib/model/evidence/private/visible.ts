/** Control characters, those that reorder, join or hide what stands beside them, and halves of a character. */
const HIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** A text in which nothing hides: data and names of others may not make a page read differently from what it holds. */
export function visible(value: string): string {
  return value.replace(HIDDEN, (found) => `\\u${found.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}
