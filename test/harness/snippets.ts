import { join } from 'node:path';
import * as ts from 'typescript';
import { ROOT, type SourceText } from './sources';

/** A fenced TypeScript block of a Markdown file. */
export interface Snippet {
  /** Zero-based line of the opening fence. */
  readonly line: number;
  readonly code: string;
  /** Words after `ts` on the fence, such as `synth`. */
  readonly marks: readonly string[];
}

/** Blocks that are read together: each sees the names of the ones before it. */
export interface Chapter {
  readonly path: string;
  /** Text of a TypeScript module whose line numbers are those of the Markdown file. */
  readonly module: string;
}

const SCOPE = join(ROOT, 'test/fixtures/snippet-scope.d.ts');

/** Every block of a Markdown file fenced as `ts` or `typescript`. */
export function snippetsOf({ text }: SourceText): Snippet[] {
  const found: Snippet[] = [];
  let open: { line: number; info: string; code: string[] } | undefined;
  text.split('\n').forEach((content, line) => {
    const fence = /^```(.*)$/.exec(content);
    if (!fence) {
      open?.code.push(content);
    } else if (open) {
      const [language, ...marks] = open.info.trim().split(/\s+/);
      if (language === 'ts' || language === 'typescript') {
        found.push({ line: open.line, code: open.code.join('\n'), marks });
      }
      open = undefined;
    } else {
      open = { line, info: fence[1], code: [] };
    }
  });
  return found;
}

/**
 * Turns the blocks of a Markdown file into modules that compile.
 *
 * A block that has imports begins a chapter; the blocks after it that have none continue it and see its names. Imports stay at
 * the top of the module; everything else stands in the constructor of a stack, so that `this` is a stack, each block nested in
 * the one before it, so that it may use a name again. A block without imports at the head of a file has no imports.
 */
export function chaptersOf(file: SourceText): Chapter[] {
  const chapters: Snippet[][] = [];
  for (const snippet of snippetsOf(file)) {
    const last = chapters.at(-1);
    if (last && !partsOf(snippet.code).imports) {
      last.push(snippet);
    } else {
      chapters.push([snippet]);
    }
  }
  return chapters.map((snippets, index) => ({ path: `${file.path}.${index + 1}.ts`, module: moduleOf(snippets) }));
}

function moduleOf(snippets: readonly Snippet[]): string {
  const lines: string[] = [];
  const put = (line: number, text: string): void => {
    lines[line] = `${lines[line] ?? ''}${text}`;
  };
  put(0, "import { Stack as SnippetStack } from 'aws-cdk-lib/core'; ");
  for (const { line, code } of snippets) {
    const { imports, body } = partsOf(code);
    put(0, imports.replace(/\n/g, ' '));
    body.split('\n').forEach((text, index) => {
      put(line + 1 + index, text);
    });
  }
  put(0, 'class Snippet extends SnippetStack { constructor() { super();');
  for (const { line } of snippets) {
    put(line, '{');
  }
  put(lines.length, `${'}'.repeat(snippets.length)} } }`);
  return Array.from(lines, (line) => line ?? '').join('\n');
}

/** Splits a block into what must stand at the top of a module and the rest; the rest keeps its lines. */
function partsOf(code: string): { readonly imports: string; readonly body: string } {
  const source = ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.ES2022, true);
  let imports = '';
  let body = code;
  const blank = (start: number, end: number): void => {
    body = body.slice(0, start) + body.slice(start, end).replace(/[^\n]/g, ' ') + body.slice(end);
  };
  for (const statement of source.statements) {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (ts.isImportDeclaration(statement) || modifiers.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)) {
      imports += `${statement.getText()} `;
      blank(statement.getStart(), statement.getEnd());
    }
    for (const modifier of modifiers.filter(({ kind }) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword)) {
      blank(modifier.getStart(), modifier.getEnd());
    }
  }
  return { imports, body };
}

/** Type-checks all chapters in one program against lib/index.ts; answers messages that begin with file and line of the Markdown. */
export function compile(chapters: readonly Chapter[]): string[] {
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, ROOT);
  const modules = new Map(chapters.map(({ path, module }) => [join(ROOT, path), module]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => modules.has(path) || fileExists(path);
  host.readFile = (path) => modules.get(path) ?? readFile(path);
  const program = ts.createProgram([SCOPE, ...modules.keys()], options, host);
  return [...modules.keys()].flatMap((path) => {
    const file = program.getSourceFile(path) as ts.SourceFile;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ start, messageText }) => {
      const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
      const name = path.slice(ROOT.length + 1).replace(/\.\d+\.ts$/, '');
      return `${name}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  });
}
