/** A row: short words of the report itself first, then a text of any length and script. */
export type Row = readonly [...heads: string[], text: string];

/** Rows in columns: the heads are padded to their widths, the text goes on below itself where it is too long. */
export function grid(rows: readonly Row[], headWidths: readonly number[], width: number): string {
  const indent = headWidths.reduce((sum, each) => sum + each, 0);
  return rows.flatMap((row) => rowLines(row, headWidths, width - indent)).join('\n');
}

/** Parts of a text on one line, or on one line each where that is too long. */
export function joined(parts: readonly string[], width: number): string {
  const line = parts.join('; ');
  return columns(line) <= width ? line : parts.join('\n');
}

function rowLines(row: Row, headWidths: readonly number[], width: number): readonly string[] {
  const heads = headWidths.map((each, index) => row[index].padEnd(each)).join('');
  const lines = row[row.length - 1].split('\n').flatMap((text) => wrap(text, width));
  return lines.map((line, index) => (index === 0 ? heads : ' '.repeat(heads.length)) + line);
}

/** Lines of at most `width` columns, broken between words. */
export function wrap(text: string, width: number): readonly string[] {
  if (columns(text) <= width) {
    return [text];
  }
  const words = text.split(' ').flatMap((word) => pieces(word, width));
  const lines: string[] = [];
  let room = -1;
  for (const word of words) {
    const taken = columns(word) + 1;
    if (taken <= room) {
      lines[lines.length - 1] += ` ${word}`;
      room -= taken;
    } else {
      lines.push(word);
      room = width - taken + 1;
    }
  }
  return lines;
}

/** A word as it is, or cut where it is wider than a line, such as a construct path or a sentence without spaces. */
function pieces(word: string, width: number): readonly string[] {
  if (columns(word) <= width) {
    return [word];
  }
  const found = [''];
  let room = width;
  for (const character of word) {
    room -= columns(character);
    if (room < 0) {
      found.push('');
      room = width - columns(character);
    }
    found[found.length - 1] += character;
  }
  return found;
}

/** Columns of the terminal that a text takes: characters of East Asian scripts and pictographs take two. */
function columns(text: string): number {
  let sum = 0;
  for (const character of text) {
    sum += character > '\u2e80' ? 2 : 1;
  }
  return sum;
}
