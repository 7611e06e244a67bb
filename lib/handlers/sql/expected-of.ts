import type { DatabaseCheckSpec } from '../../model/verification';
import { expectedCount } from '../checks/judge-count';
import { many, span } from '../checks/words';

/** What a check expects, in words. */
export function expectedOf(check: DatabaseCheckSpec): string {
  switch (check.kind) {
    case 'connection':
      return 'the application can log in and read';
    case 'row-count':
      return `${check.table}: ${expectedCount(check, 'row')}`;
    case 'foreign-keys':
      return 'every foreign key holds';
    case 'newest-row':
      return `the newest ${check.table}.${check.column} at most ${span(check.withinMs)} older than the recovery point`;
    case 'query':
      return 'the query answers with the one expected value';
    case 'checksum':
      return `${check.table}: content ${check.expected === undefined ? 'as in the last verified test' : `with checksum ${check.expected}`}`;
    case 'schema':
      return `${schemaParts(check).join(', ')}; valid indexes, sequences ahead of their columns`;
    case 'corruption':
      return 'every row and every index can be read and is consistent';
    case 'sample':
      return `rows of ${check.tables.join(', ')}, up to ${many(check.rows, 'row')} of each, with a value in every required column`;
    default:
      return 'a check that this function knows';
  }
}

function schemaParts({ tables, indexes, extensions, collation }: Extract<DatabaseCheckSpec, { kind: 'schema' }>): string[] {
  return [
    many(tables.length, 'table'),
    ...(indexes?.length ? [many(indexes.length, 'index', 'indexes')] : []),
    ...(extensions?.length ? [many(extensions.length, 'extension')] : []),
    ...(collation === undefined ? [] : [`collation ${collation}`]),
  ];
}
