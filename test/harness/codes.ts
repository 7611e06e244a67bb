import * as ts from 'typescript';
import { parse, type SourceText, walk } from './sources';

/** A stable code with the place in lib/ that uses it. */
export interface UsedCode {
  readonly code: string;
  readonly path: string;
}

/**
 * Every error and warning code of lib/: what is passed for a parameter named `code` of a function or constructor of lib/,
 * and what a property named `code` is set to.
 */
export function codesOf(files: readonly SourceText[]): UsedCode[] {
  const sources = files.map(parse);
  const takers = takersOf(sources);
  return sources.flatMap((source) => {
    const found: UsedCode[] = [];
    const add = (node: ts.Node | undefined): void => {
      for (const code of literalsOf(node)) {
        found.push({ code, path: source.fileName });
      }
    };
    walk(source, (node) => {
      if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') {
        add(node.initializer);
      }
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
        const callee = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
        for (const position of takers.get(callee.getText()) ?? []) {
          add(node.arguments?.[position]);
        }
      }
      return undefined;
    });
    return found;
  });
}

/** Positions of the parameter `code`, by the name of the function, method or class that takes it. */
function takersOf(sources: readonly ts.SourceFile[]): Map<string, Set<number>> {
  const takers = new Map<string, Set<number>>();
  for (const source of sources) {
    walk(source, (node) => {
      if (ts.isFunctionLike(node)) {
        const owner = ts.isConstructorDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node.parent : node;
        const name = (owner as { name?: ts.Node }).name?.getText();
        const position = node.parameters.findIndex((parameter) => parameter.name.getText() === 'code');
        if (name && position >= 0) {
          takers.set(name, (takers.get(name) ?? new Set()).add(position));
        }
      }
      return undefined;
    });
  }
  return takers;
}

function literalsOf(node: ts.Node | undefined): string[] {
  if (!node) {
    return [];
  }
  if (ts.isStringLiteral(node)) {
    return [node.text];
  }
  return ts.isConditionalExpression(node) ? [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)] : [];
}
