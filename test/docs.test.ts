import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codesOf } from './harness/codes';
import { chaptersOf, compile, snippetsOf } from './harness/snippets';
import { filesBelow, ROOT, type SourceText } from './harness/sources';

const read = (path: string): SourceText => ({ path, text: readFileSync(join(ROOT, path), 'utf8') });
const pages = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].filter((path) => existsSync(join(ROOT, path))).map(read),
  ...filesBelow('docs', '.md'),
];

describe('error codes', () => {
  const used = codesOf(filesBelow('lib', '.ts'));
  const listed = [...read('docs/errors.md').text.matchAll(/^### (.+)$/gm)].map(([, code]) => code.trim().replace(/`/g, ''));

  test('every code of lib/ has its entry in docs/errors.md', () => {
    const missing = used.filter(({ code }) => !listed.includes(code)).map(({ code, path }) => `${code} (${path})`);
    expect([...new Set(missing)].sort()).toEqual([]);
  });

  test('every entry of docs/errors.md is a code of lib/', () => {
    expect(listed.filter((code) => !used.some((one) => one.code === code))).toEqual([]);
  });

  test('no entry stands twice', () => {
    expect(listed.filter((code, index) => listed.indexOf(code) !== index)).toEqual([]);
  });

  test('every code is PascalCase', () => {
    expect(used.map(({ code }) => code).filter((code) => !/^[A-Z][A-Za-z0-9]+$/.test(code))).toEqual([]);
  });

  test('sees a code wherever it is written', () => {
    const text = `
      class CodedError extends Error { constructor(scope: string, code: string) { super(code); } }
      function warn(code: string): void {}
      const raise = (message: string, code: string) => { throw new CodedError('', code); };
      warn('FromFunction'); this.warn(x ? 'FromTrue' : 'FromFalse'); raise('', 'FromArrow'); throw new CodedError('', 'FromClass');
      return { code: 'FromProperty' };`;
    expect(codesOf([{ path: 'lib/a.ts', text }]).map(({ code }) => code)).toEqual([
      'FromFunction',
      'FromTrue',
      'FromFalse',
      'FromArrow',
      'FromClass',
      'FromProperty',
    ]);
  });
});

describe('snippets', () => {
  const block = (...code: string[]): string => ['```ts', ...code, '```', ''].join('\n');
  const wrong = {
    path: 'docs/wrong.md',
    text: `# Title\n\n${block("import { Duration } from 'aws-cdk-lib/core';", 'const days: string = Duration.days(1);')}`,
  };
  const chained = {
    path: 'docs/chained.md',
    text: [
      block("import { Duration } from 'aws-cdk-lib/core';", 'export class Mine {}', 'const keep = Duration.days(1);'),
      block('new Mine();', 'const twice = keep.plus(Duration.days(1));'),
      block('const keep = 3;', 'keep.toFixed();', 'this.stackName;'),
      block("import { Size } from 'aws-cdk-lib/core';", 'keep;'),
    ].join('\n'),
  };
  let messages: string[];

  beforeAll(() => {
    messages = compile([...pages, wrong, chained].flatMap(chaptersOf));
  }, 120_000);

  test('every TypeScript block of README.md and docs/ compiles', () => {
    expect(messages.filter((message) => !/^docs\/(wrong|chained)\.md/.test(message))).toEqual([]);
  });

  test('a block that does not compile is told with its line in the Markdown', () => {
    expect(messages).toContain("docs/wrong.md:5: Type 'Duration' is not assignable to type 'string'.");
  });

  test('a block without imports sees the names of the one before it, and may take them again', () => {
    expect(messages.filter((message) => message.startsWith('docs/chained.md'))).toEqual(["docs/chained.md:20: Cannot find name 'keep'."]);
  });

  test('only blocks fenced as TypeScript are read', () => {
    expect(snippetsOf({ path: 'a.md', text: '```text\na\n```\n```typescript synth\nb\n```\n```\nc\n```' })).toEqual([
      { line: 3, code: 'b', marks: ['synth'] },
    ]);
  });
});

describe('links and words', () => {
  const anchorsOf = (text: string): string[] =>
    [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replace(/ /g, '-'),
    );
  const linksOf = ({ path, text }: SourceText): (readonly [string, string])[] =>
    [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => [path, link] as const)
      .filter(([, link]) => !/^[a-z]+:/.test(link));
  const broken = (links: readonly (readonly [string, string])[]): string[] =>
    links
      .filter(([path, link]) => {
        const [file, anchor] = link.split('#');
        const target = file ? join(dirname(path), file) : path;
        return (
          !existsSync(join(ROOT, target)) ||
          (anchor !== undefined && target.endsWith('.md') && !anchorsOf(read(target).text).includes(anchor))
        );
      })
      .map(([path, link]) => `${path}: ${link}`);

  test('every link between pages leads somewhere', () => {
    expect(broken(pages.flatMap(linksOf))).toEqual([]);
  });

  test('a link that leads nowhere is seen', () => {
    const text = '[a](nowhere.md) [b](#missing) [c](../README.md#nothing-here) [d](https://example.com)';
    expect(broken(linksOf({ path: 'docs/errors.md', text }))).toHaveLength(3);
  });

  test('no page or source names a path of a machine or a host of a registry', () => {
    const words =
      /(?<![\w.-])\/(work|tmp|root|home)\/|registry\.(npmjs|yarnpkg)|\b(npm|pypi|deb)\.[a-z]+\.(internal|local)\b|localhost:\d+\/(npm|repository)/;
    const texts = [
      ...pages,
      ...['lib', 'bin', 'examples', 'bench', 'scripts'].flatMap((folder) =>
        existsSync(join(ROOT, folder)) ? [...filesBelow(folder, '.ts'), ...filesBelow(folder, '.mjs')] : [],
      ),
    ];
    const hits = texts.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => (words.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    );
    expect(hits).toEqual([]);
  });
});
