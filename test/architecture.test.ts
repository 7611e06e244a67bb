import { ROOMS, roomOf, violationsOf } from './harness/rooms';
import { filesBelow } from './harness/sources';

const files = filesBelow('lib', '.ts');

describe('lib/ keeps the rules of docs/architecture.md', () => {
  test.each(files.map((file) => [file.path, file] as const))('%s', (_path, file) => {
    expect(violationsOf(file)).toEqual([]);
  });

  test('every room is in the table', () => {
    const rooms = new Set(files.map(({ path }) => roomOf(path)).filter((room) => room !== undefined));
    expect([...rooms].filter((room) => !(room in ROOMS))).toEqual([]);
  });
});

describe('the rules see a violation', () => {
  test.each<[string, string, string, RegExp]>([
    [
      'the model imports a construct',
      'lib/model/a.ts',
      "import { Stack } from 'aws-cdk-lib/core';",
      /model may not import 'aws-cdk-lib\/core'/,
    ],
    ['the model imports Node', 'lib/model/a.ts', "import { join } from 'node:path';", /model may not import 'node:path'/],
    ['the model imports a room above it', 'lib/model/deep/a.ts', "import type { X } from '../../core/x';", /model may not import core/],
    ['the model re-exports a room above it', 'lib/model/a.ts', "export * from '../vault';", /model may not import vault/],
    [
      'a handler imports a construct room',
      'lib/handlers/x/index.ts',
      "import { X } from '../../core/private/errors';",
      /handlers may not import core/,
    ],
    [
      'a handler imports the library of constructs',
      'lib/handlers/x/index.ts',
      "import { X } from 'constructs';",
      /handlers may not import 'constructs'/,
    ],
    ['a construct imports a handler', 'lib/vault/a.ts', "import { handler } from '../handlers/x';", /vault may not import handlers/],
    [
      'a construct requires a handler',
      'lib/vault/a.ts',
      "export const f = () => require('../handlers/x');",
      /vault may not import handlers/,
    ],
    [
      'a construct imports a handler as a type',
      'lib/vault/a.ts',
      "export type X = import('../handlers/x').Y;",
      /vault may not import handlers/,
    ],
    ['core imports vault', 'lib/core/a.ts', "import { X } from '../vault/x';", /core may not import vault/],
    [
      'protection imports observability',
      'lib/protection/a.ts',
      "import { X } from '../observability';",
      /protection may not import observability/,
    ],
    ['a room imports the index', 'lib/vault/a.ts', "import { X } from '..';", /never the index/],
    [
      'a room imports what is private to another',
      'lib/recovery/a.ts',
      "import { X } from '../protection/private/x';",
      /private to protection/,
    ],
    [
      'the model of another room is read from private',
      'lib/observability/a.ts',
      "import { X } from '../vault/private/x';",
      /private to vault/,
    ],
    ['index.ts exports something private', 'lib/index.ts', "export * from './core/private/errors';", /which is private/],
    ['the root of aws-cdk-lib', 'lib/vault/a.ts', "import { Stack } from 'aws-cdk-lib';", /root of aws-cdk-lib/],
    ['a package nobody agreed on', 'lib/core/a.ts', "import x from 'lodash';", /core may not import 'lodash'/],
    ['a file outside lib/', 'lib/core/a.ts', "import { x } from '../../test/x';", /outside lib/],
    ['a call at the top level', 'lib/core/a.ts', "console.log('loaded');", /runs 'console\.log/],
    ['a branch at the top level', 'lib/core/a.ts', 'if (process.env.X) { throw new Error(); }', /runs 'if/],
    [
      'a class that extends a service',
      'lib/vault/a.ts',
      "import * as rds from 'aws-cdk-lib/aws-rds';\nexport class A extends rds.B {}",
      /loads 'rds'/,
    ],
    [
      'a constant made of a service',
      'lib/vault/a.ts',
      "import { Effect } from 'aws-cdk-lib/aws-iam';\nconst A = Effect.DENY;",
      /loads 'Effect'/,
    ],
    [
      'a static member made of a service',
      'lib/vault/a.ts',
      "import { Effect } from 'aws-cdk-lib/aws-iam';\nexport class A { static readonly B = Effect.DENY; }",
      /loads 'Effect'/,
    ],
    ['a name in camel case', 'lib/vault/myVault.ts', '', /not kebab-case/],
    ['a file of 251 lines', 'lib/vault/a.ts', '\n'.repeat(251), /251 lines/],
  ])('%s', (_case, path, text, message) => {
    expect(violationsOf({ path, text }).join('\n')).toMatch(message);
  });

  test.each([
    ['rooms below', 'lib/observability/a.ts', "import { X } from '../recovery/x';\nimport type { Y } from '../model/y';"],
    ['the private kernel of core', 'lib/vault/private/a.ts', "import { X } from '../../core/private/errors';"],
    [
      'a service used inside a function',
      'lib/vault/a.ts',
      "import { Effect } from 'aws-cdk-lib/aws-iam';\nexport const a = () => Effect.DENY;\nexport const b: Effect = 1 as never;",
    ],
    [
      'the type of a service as a base',
      'lib/vault/a.ts',
      "import type { IRole } from 'aws-cdk-lib/aws-iam';\nexport interface A extends IRole {}",
    ],
    ['a file of 250 lines', 'lib/vault/a.ts', '\n'.repeat(250)],
    ['an index that exports rooms', 'lib/index.ts', "export * from './vault';\nexport { Disruption } from './model/disruption';"],
  ])('allows %s', (_case, path, text) => {
    expect(violationsOf({ path, text })).toEqual([]);
  });
});
