import { flawsOf } from './harness/public-api';

test('lib/index.ts exports only classes, interfaces and enums, each described, each optional prop with its default', () => {
  expect(flawsOf('lib/index.ts')).toEqual([]);
}, 60_000);

test('sees each flaw of an API', () => {
  const text = `
    /** Described. */
    export interface GoodProps {
      /** Described. */
      readonly needed: string;
      /**
       * Described.
       * @default 3
       */
      readonly optional?: number;
    }
    export interface BareProps {
      readonly needed: string;
      /** Described. */
      readonly optional?: number;
      /** Described. @default */
      readonly empty?: number;
    }
    /** Described. */
    export class Good implements GoodProps {
      readonly needed = '';
      readonly optional?: number;
      private hidden = 1;
      /** @internal */
      public _inner = 1;
    }
    /** Described. */
    export class Bare { public open = 1; static make(): void {} }
    /** Described. */
    export enum Enum { BARE = 'BARE' }
    /** Described. */
    export const constant = 1;
    /** Described. */
    export function fn(): void {}
    /** Described. */
    export type Alias = 'a' | 'b';`;
  expect(flawsOf('lib/planted.ts', [{ path: 'lib/planted.ts', text }])).toEqual([
    'Alias is not a class, an interface or an enum: other languages lose it',
    'Bare.make has no doc comment',
    'Bare.open has no doc comment',
    'BareProps has no doc comment',
    'BareProps.empty is optional and has no @default',
    'BareProps.needed has no doc comment',
    'BareProps.optional is optional and has no @default',
    'Enum.BARE has no doc comment',
    'constant is not a class, an interface or an enum: other languages lose it',
    'fn is not a class, an interface or an enum: other languages lose it',
  ]);
}, 60_000);
