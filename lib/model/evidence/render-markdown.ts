import type { Block, Page, TableRow } from './private/page';
import { visible } from './private/visible';

/** Evidence for people, as Markdown. */
export function renderMarkdown({ title, verdict, lead, blocks }: Page): string {
  return `${[`# ${text(`${title}: ${verdict}`)}`, text(lead), ...blocks.flatMap(blockSections)].join('\n\n')}\n`;
}

function blockSections(block: Block): readonly string[] {
  const heading = `## ${block.heading}`;
  switch (block.form) {
    case 'list':
      return [heading, block.items.map((item) => `- ${text(item)}`).join('\n')];
    case 'facts':
      return [heading, table(['', ''], block.facts)];
    case 'table': {
      const details = block.rows.filter((row) => row.details.length > 0).map(detailsOf);
      return [
        heading,
        table(
          block.head,
          block.rows.map(({ cells }) => cells),
        ),
        ...details,
      ];
    }
  }
}

function detailsOf({ cells, details }: TableRow): string {
  return `${text(cells[1])}:\n\n${details.map((detail) => `- ${text(detail)}`).join('\n')}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(text)))].join('\n');
}

const MARKUP = /[&<>\\`*_~#|![\]]|\s*[\r\n]\s*/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Takes the meaning out of what Markdown and HTML would read as markup. */
function text(value: string): string {
  return visible(value).replace(MARKUP, (found) => ENTITIES[found] ?? (/^\S$/.test(found) ? `\\${found}` : ' '));
}
