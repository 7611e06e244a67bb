import { DOMParser, type Element } from '@xmldom/xmldom';
import * as fc from 'fast-check';
import { assess } from '../../../lib/model/assessor';
import type { Fact } from '../../../lib/model/facts';
import { renderPicture, toReport } from '../../../lib/model/report';
import { facts as arbitraryFacts } from '../arbitrary-facts';
import { copied, database, objective, points } from '../facts';

const ID = database({}).id;

function picture(facts: readonly Fact[], app = 'Orders'): string {
  return renderPicture(toReport(assess(facts, [], { unprotected: 'warn' }), app));
}

function parsed(svg: string): Element {
  return new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(svg, 'image/svg+xml').documentElement as Element;
}

function all(svg: string, name: string, style?: string): Element[] {
  return [...parsed(svg).getElementsByTagName(name)].filter((one) => style === undefined || one.getAttribute('class') === style);
}

const number = (one: Element, name: string) => Number(one.getAttribute(name));
const textOf = (svg: string) => all(svg, 'text').map(({ textContent }) => textContent);

describe('where the copies are', () => {
  const svg = picture([database({}), objective({}), points({}), copied({})]);

  test('each place has a column, the place of the data first', () => {
    expect(all(svg, 'text', 'place').map(({ textContent }) => textContent)).toEqual(['ap-northeast-1', 'ap-northeast-3']);
    expect(all(svg, 'rect', 'column')).toHaveLength(2);
  });

  test('the data and each copy have a box in the column of their place', () => {
    const [home, away] = all(svg, 'rect', 'column').map((column) => number(column, 'x'));
    const [live] = all(svg, 'rect', 'live');
    const [near, far] = all(svg, 'rect', 'backup');
    expect([live, near, far].map((box) => number(box, 'x') - (box === far ? away : home))).toEqual([10, 10, 10]);
  });

  test('a way leads to each copy that is elsewhere', () => {
    expect(all(svg, 'path', 'way')).toHaveLength(1);
  });

  test('says what the picture shows to those who do not see it', () => {
    expect(parsed(svg).getAttribute('aria-label')).toBe('Where each copy of Orders lives');
    expect(parsed(picture([], '')).getAttribute('aria-label')).toBe('Where each copy lives');
  });
});

test('traits that decide whether a copy helps stand in its box', () => {
  const texts = textOf(
    picture([
      database({ key: { kind: 'customer', id: 'k' } }),
      objective({}),
      points({ immutable: 'compliance', airGapped: true, key: { kind: 'customer', id: 'k' } }),
    ]),
  ).join(' ');
  expect(texts).toMatch(/compliance lock, air-gapped/);
  expect(texts).toMatch(/key of the data/);
});

test('a Region or account that is only known at deploy time is said to be so', () => {
  expect(textOf(picture([database({ place: {} }), objective({}), points({ place: {} })]))).toEqual(
    expect.arrayContaining(['Region known at deploy time', 'account known at deploy time']),
  );
});

test('resources that are alike share a row', () => {
  const facts = Array.from({ length: 300 }, (_, index) => [
    database({ id: `${ID}${index}`, name: `${ID}${index}` }),
    objective({ resource: `${ID}${index}` }),
    points({ resource: `${ID}${index}` }),
  ]).flat();
  expect(all(picture(facts), 'rect', 'backup').filter((box) => number(box, 'width') > 100)).toHaveLength(1);
});

test.each([
  ['an element', '<script>alert(1)</script>'],
  ['characters of XML', 'a & b "c"'],
  ['many words of another script', '注文/'.repeat(40)],
  ['no place to break', 'x'.repeat(300)],
])('is well-formed XML with %s in a name', (_what, name) => {
  const svg = picture([database({ name }), objective({}), points({})]);
  expect(all(svg, 'script')).toEqual([]);
  expect(textOf(svg).join('').replace(/ /g, '')).toContain(name.replace(/ /g, ''));
});

test('a name in a script of wide characters stays inside its box', () => {
  const [line] = textOf(picture([database({ name: '注文'.repeat(40) }), objective({})])).filter((text) => text?.startsWith('注文'));
  expect(line).toHaveLength(16);
});

test('property: no two boxes overlap, all lie inside the picture, and the same facts draw the same picture', () => {
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      const svg = picture(facts);
      const root = parsed(svg);
      const boxes = all(svg, 'rect')
        .filter((box) => number(box, 'rx') === 6)
        .map((box) => ({
          x: number(box, 'x'),
          y: number(box, 'y'),
          right: number(box, 'x') + number(box, 'width'),
          bottom: number(box, 'y') + number(box, 'height'),
        }));
      for (const [index, one] of boxes.entries()) {
        expect(one.right).toBeLessThanOrEqual(number(root, 'width'));
        expect(one.bottom).toBeLessThanOrEqual(number(root, 'height'));
        for (const other of boxes.slice(index + 1)) {
          expect(one.right <= other.x || other.right <= one.x || one.bottom <= other.y || other.bottom <= one.y).toBe(true);
        }
      }
      expect(picture(facts)).toBe(svg);
    }),
    { numRuns: 100 },
  );
});
