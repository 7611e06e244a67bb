import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import * as ts from 'typescript';

/** The folder that holds package.json. */
export const ROOT = join(__dirname, '..', '..');

/** A file of the project as the tests that read source see it. */
export interface SourceText {
  /** Path from the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file below `folder` whose name ends with `extension`, in a stable order. */
export function filesBelow(folder: string, extension: string): SourceText[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(`${sep}node_modules${sep}`))
    .sort()
    .map((path) => ({ path: relative(ROOT, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }));
}

/** The syntax tree of a file, without types. */
export function parse({ path, text }: SourceText): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

/** Calls `visit` for a node and everything below it; a visit that answers false does not go deeper. */
export function walk(node: ts.Node, visit: (node: ts.Node) => boolean | undefined): void {
  if (visit(node) !== false) {
    ts.forEachChild(node, (child) => walk(child, visit));
  }
}
