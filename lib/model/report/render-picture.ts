import { wrap } from './private/grid';
import { type Alike, groupsOf, namesOf } from './private/groups';
import { claimWords, copiesWords, keptWords } from './private/phrases';
import { element, escaped, lines } from './private/svg';
import type { RecoveryReportJson, ReportCopy, ReportResource } from './report-json';

const COLUMN = 270;
const GAP = 70;
const MARGIN = 20;
const HEAD = 52;
const STEP = 16;
const PAD = 10;
const BETWEEN = 12;
/** Of 12 px of a sans-serif font about so many fit into a box; those of East Asian scripts count twice. */
const CHARACTERS = 38;
/** Bold ones are wider. */
const BOLD_CHARACTERS = 32;

const STYLE = `
text{font:12px system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
.title{font-weight:600}
.place{font-size:14px;font-weight:600}
.note{fill:#59636e}
.column{fill:#f6f8fa;stroke:#d1d9e0}
.live{fill:#ddf4ff;stroke:#0969da}
.service{fill:#fff;stroke:#0969da}
.backup{fill:#dafbe1;stroke:#1a7f37}
.export{fill:#fff1e5;stroke:#bc4c00}
.way{fill:none;stroke:#59636e;stroke-width:1.5}
`;

interface Box {
  readonly column: number;
  readonly style: 'live' | ReportCopy['medium'];
  readonly title: readonly string[];
  readonly notes: readonly string[];
}

interface PlacedBox extends Box {
  readonly y: number;
}

/** A picture (SVG) of where the data and each of its copies lie; resources that differ by nothing but their name share a row. */
export function renderPicture(report: RecoveryReportJson): string {
  const groups = groupsOf(report.resources, true);
  const places = placesOf(report.resources);
  let y = MARGIN + HEAD;
  const rows = groups.map((alike) => {
    const row = stacked(boxesOf(alike, places), y);
    y = Math.max(y, ...row.map((box) => box.y + heightOf(box))) + 2 * BETWEEN;
    return row;
  });
  const columns = Math.max(1, places.length);
  const width = 2 * MARGIN + columns * COLUMN + (columns - 1) * GAP;
  const height = y + Math.ceil(LEGEND.length / legendColumns(width)) * LEGEND_STEP;
  const name = report.app === '' ? 'Where each copy lives' : `Where each copy of ${report.app} lives`;
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': name },
    [
      element('title', {}, escaped(name)),
      element('style', {}, STYLE),
      element('rect', { width, height, fill: '#fff' }),
      MARKER,
      ...places.map((place, index) => columnOf(place, index, y - MARGIN)),
      ...rows.map(waysOf),
      ...rows.flatMap((row) => row.map(drawn)),
      legend(y, width),
    ].join('\n'),
  )}\n`;
}

const MARKER = element(
  'defs',
  {},
  element(
    'marker',
    { id: 'to', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto' },
    element('path', { d: 'M0 0L8 4L0 8z', fill: '#59636e' }),
  ),
);

const LEGEND: readonly (readonly [style: string, words: string])[] = [
  ['live', 'live data'],
  ['service', 'copy by the service'],
  ['backup', 'recovery points'],
  ['export', 'exported files'],
];
const LEGEND_WIDTH = 150;
const LEGEND_STEP = 22;

/** How many entries of the legend stand beside each other. */
function legendColumns(width: number): number {
  return Math.max(1, Math.floor((width - MARGIN) / LEGEND_WIDTH));
}

function legend(top: number, width: number): string {
  const columns = legendColumns(width);
  return LEGEND.map(([style, words], index) => {
    const x = MARGIN + (index % columns) * LEGEND_WIDTH;
    const y = top + Math.floor(index / columns) * LEGEND_STEP;
    return (
      element('rect', { x, y: y + 2, width: 14, height: 14, rx: 3, class: style }) +
      element('text', { x: x + 20, y: y + 13, class: 'note' }, words)
    );
  }).join('');
}

interface PicturePlace {
  readonly key: string;
  readonly words: readonly [string, string];
}

/** The places of the data first, then the others, in the order of the report. */
function placesOf(resources: readonly ReportResource[]): readonly PicturePlace[] {
  const all = [...resources.map(({ place }) => place), ...resources.flatMap(({ copies }) => copies.places.map(({ place }) => place))];
  const found = new Map(all.map((place) => [keyOf(place), place]));
  return [...found].map(([key, { region, account }]) => ({
    key,
    words: [region ?? 'Region known at deploy time', account === undefined ? 'account known at deploy time' : `account ${account}`],
  }));
}

function keyOf({ region, account }: ReportResource['place']): string {
  return `${region}/${account}`;
}

function boxesOf(alike: Alike, places: readonly PicturePlace[]): readonly Box[] {
  const [resource] = alike;
  const columnOfPlace = (place: ReportResource['place']) => places.findIndex(({ key }) => key === keyOf(place));
  return [
    {
      column: columnOfPlace(resource.place),
      style: 'live',
      title: wrap(namesOf(alike), BOLD_CHARACTERS),
      notes: [resource.label, ...copiesWords(resource)].flatMap((words) => wrap(words, CHARACTERS)),
    },
    ...resource.copies.places.map((copy): Box => {
      const kept = keptWords(copy);
      const notes = [
        ...(copy.lag === undefined ? [] : [`${claimWords(copy.lag)} old at worst`]),
        ...(kept === undefined ? [] : [`kept ${kept}`]),
        ...(copy.immutable === 'no' ? [] : [`${copy.immutable} lock`]),
        ...(copy.airGapped ? ['air-gapped'] : []),
        ...(copy.keyIndependent === false ? ['key of the data'] : []),
      ];
      return {
        column: columnOfPlace(copy.place),
        style: copy.medium,
        title: wrap(copy.mechanism, BOLD_CHARACTERS),
        notes: notes.length === 0 ? [] : wrap(notes.join(', '), CHARACTERS),
      };
    }),
  ];
}

/** Boxes of one column below each other. */
function stacked(boxes: readonly Box[], top: number): readonly PlacedBox[] {
  const ends = new Map<number, number>();
  return boxes.map((box) => {
    const y = ends.get(box.column) ?? top;
    ends.set(box.column, y + heightOf(box) + BETWEEN);
    return { ...box, y };
  });
}

function heightOf({ title, notes }: Box): number {
  return 2 * PAD + (title.length + notes.length) * STEP - 4;
}

function leftOf(column: number): number {
  return MARGIN + column * (COLUMN + GAP);
}

function columnOf({ words: [region, account] }: PicturePlace, index: number, bottom: number): string {
  const x = leftOf(index) - MARGIN / 2;
  return (
    element('rect', { x, y: MARGIN / 2, width: COLUMN + MARGIN, height: bottom, rx: 8, class: 'column' }) +
    lines([region], { x: leftOf(index), y: MARGIN + 14, step: STEP }, 'place') +
    lines([account], { x: leftOf(index), y: MARGIN + 14 + STEP, step: STEP }, 'note')
  );
}

/** From the live data to each of its copies in another place. */
function waysOf([live, ...copies]: readonly PlacedBox[]): string {
  return copies
    .filter(({ column }) => column !== live.column)
    .map((copy) => {
      const forwards = copy.column > live.column;
      const [from, to] = forwards
        ? [leftOf(live.column) + COLUMN, leftOf(copy.column)]
        : [leftOf(live.column), leftOf(copy.column) + COLUMN];
      const bend = forwards ? GAP / 2 : -GAP / 2;
      const [start, end] = [live.y + heightOf(live) / 2, copy.y + heightOf(copy) / 2];
      return element('path', {
        d: `M${from} ${start}C${from + bend} ${start} ${to - bend} ${end} ${to} ${end}`,
        class: 'way',
        'marker-end': 'url(#to)',
      });
    })
    .join('');
}

function drawn(box: PlacedBox): string {
  const { column, style, title, notes, y } = box;
  const x = leftOf(column);
  return (
    element('rect', { x, y, width: COLUMN, height: heightOf(box), rx: 6, class: style }) +
    lines(title, { x: x + PAD, y: y + PAD + 10, step: STEP }, 'title') +
    lines(notes, { x: x + PAD, y: y + PAD + 10 + title.length * STEP, step: STEP }, 'note')
  );
}
