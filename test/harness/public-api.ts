import { join } from 'node:path';
import * as ts from 'typescript';
import { ROOT, type SourceText } from './sources';

/** Something exported that other languages cannot have, or that nobody has described. */
export function flawsOf(entry: string, virtual: readonly SourceText[] = []): string[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.jsii.json'), ts.sys.readFile).config,
    ts.sys,
    ROOT,
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  const files = new Map(virtual.map(({ path, text }) => [join(ROOT, path), text]));
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  const program = ts.createProgram([join(ROOT, entry)], options, host);
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(join(ROOT, entry)) as ts.SourceFile;
  const module = checker.getSymbolAtLocation(index);
  return (module ? checker.getExportsOfModule(module) : [])
    .flatMap((symbol) =>
      flawsOfExport(symbol.name, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol, checker),
    )
    .sort();
}

const DESCRIBED = ts.SymbolFlags.Property | ts.SymbolFlags.Method | ts.SymbolFlags.Accessor | ts.SymbolFlags.EnumMember;

function flawsOfExport(name: string, symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.RegularEnum))) {
    return [`${name} is not a class, an interface or an enum: other languages lose it`];
  }
  const members = [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])].filter(
    (member) => member.flags & DESCRIBED && isPublic(member),
  );
  return [
    ...(isDescribed(symbol, checker) ? [] : [`${name} has no doc comment`]),
    ...members.flatMap((member) => [
      ...(isDescribed(member, checker) ? [] : [`${name}.${member.name} has no doc comment`]),
      ...(isOptionalProp(symbol, member) && !defaultOf(member, checker) ? [`${name}.${member.name} is optional and has no @default`] : []),
    ]),
  ];
}

function isPublic(symbol: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (symbol.declarations ?? []).some(
    (declaration) =>
      !(ts.getCombinedModifierFlags(declaration) & hidden) &&
      !ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal'),
  );
}

/** A comment of the interface that a class implements counts for the class. */
function isDescribed(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  return symbol.getDocumentationComment(checker).length > 0;
}

function isOptionalProp(owner: ts.Symbol, member: ts.Symbol): boolean {
  return Boolean(
    owner.flags & ts.SymbolFlags.Interface && member.flags & ts.SymbolFlags.Optional && member.flags & ts.SymbolFlags.Property,
  );
}

function defaultOf(symbol: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  const tag = symbol.getJsDocTags(checker).find(({ name }) => name === 'default');
  return tag && ts.displayPartsToString(tag.text).trim() ? tag.name : undefined;
}
