import type { Block, Page, TableBlock, TableRow } from './private/page';
import { visible } from './private/visible';

/** Evidence for people, as one page that needs nothing else and runs nothing. */
export function renderHtml({ title, verdict, good, lead, blocks }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(`${title}: ${verdict}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header class="${good ? 'good' : 'bad'}">
<p class="verdict">${text(verdict)}</p>
<h1>${text(title)}</h1>
<p>${text(lead)}</p>
</header>
<main>
${blocks.map(section).join('\n')}
</main>
</body>
</html>
`;
}

function section(block: Block): string {
  return `<section>\n<h2>${text(block.heading)}</h2>\n${body(block)}\n</section>`;
}

function body(block: Block): string {
  switch (block.form) {
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${text(item)}</li>`).join('\n')}\n</ul>`;
    case 'facts':
      return `<dl>\n${block.facts.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`).join('\n')}\n</dl>`;
    case 'table':
      return table(block);
  }
}

function table({ head, rows }: TableBlock): string {
  const names = head.map((name) => `<th scope="col">${text(name)}</th>`).join('');
  return `<div class="wide"><table>\n<thead><tr>${names}</tr></thead>\n<tbody>\n${rows.map(row).join('\n')}\n</tbody>\n</table></div>`;
}

function row({ tone, cells, details }: TableRow): string {
  const told = details.map((detail) => `<li>${text(detail)}</li>`).join('');
  const below = told === '' ? '' : `\n<tr class="details"><td></td><td colspan="${cells.length - 1}"><ul>${told}</ul></td></tr>`;
  return `<tr class="${tone}">${cells.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>${below}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function text(value: string): string {
  return visible(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

const STYLE = `
:root { color-scheme: light dark; --good: #1a7f37; --bad: #c62828; --line: #8886; --quiet: #8881 }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
header { padding: 1.5rem max(1rem, calc(50% - 34rem)); color: #fff }
header.good { background: var(--good) }
header.bad { background: var(--bad) }
header p { margin: .25rem 0 0 }
.verdict { font-weight: 700; letter-spacing: .08em }
h1 { margin: .25rem 0; font-size: 1.6rem; line-height: 1.25 }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem }
main { padding: 0 max(1rem, calc(50% - 34rem)) 3rem }
ul { margin: 0; padding-left: 1.25rem }
.wide { overflow-x: auto }
table { width: 100%; border-collapse: collapse; overflow-wrap: break-word }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th { font-weight: 600; white-space: nowrap }
tbody td:first-child { padding-left: .75rem; border-left: 4px solid transparent; white-space: nowrap }
thead th:first-child { padding-left: calc(.75rem + 4px) }
tr.good td:first-child { border-left-color: var(--good) }
tr.bad td:first-child { border-left-color: var(--bad); font-weight: 700 }
tr.details { background: var(--quiet); font-size: .9em }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 0 }
dt { font-weight: 600 }
dd { margin: 0 }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } }
@media print { header { color: #000; background: none !important; border-bottom: 2px solid } }
`;
