import { OWN_SCHEMAS } from './catalogue';
import type { Row } from './connection';
import { identifier, qualified } from './identifiers';
import { inWords, isDamage } from './in-words';
import type { Session } from './session';

/** Which sequences would give values that their columns have already. */
export interface SequenceFindings {
  readonly looked: number;
  readonly problems: readonly string[];
  /** What could not be compared. */
  readonly unknown: readonly string[];
  /** What there is to know besides: sequences that go round have no order. */
  readonly notes: readonly string[];
}

/** Sequences that belong to a column, as serial and identity columns have them, or that a column takes its default from. */
const OF_COLUMNS = `
  with used as (
    select d.objid as seq, d.refobjid as rel, d.refobjsubid as col
      from pg_depend d
     where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0
    union
    select d.refobjid, f.adrelid, f.adnum
      from pg_attrdef f join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass
  )
  select sn.nspname as seq_schema, s.relname as seq, n.nspname as schema, c.relname as "table", a.attname as "column",
         q.seqincrement::float8 as step, q.seqcycle as cycles
    from used u
    join pg_sequence q on q.seqrelid = u.seq
    join pg_class s on s.oid = u.seq join pg_namespace sn on sn.oid = s.relnamespace
    join pg_class c on c.oid = u.rel join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = u.col
   where a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) and c.relkind in ('r', 'p')
     and not c.relispartition and ${OWN_SCHEMAS}
   order by 1, 2`;

/** Compares every sequence with the greatest value of its column. */
export async function laggingSequences({ main }: Session): Promise<SequenceFindings> {
  const problems: string[] = [];
  const unknown: string[] = [];
  const notes: string[] = [];
  const rows = await main.query(OF_COLUMNS);
  for (const row of rows) {
    const sequence = qualified(row.seq_schema as string, row.seq as string);
    if (row.cycles) {
      notes.push(`sequence ${sequence} goes round, and is not compared`);
      continue;
    }
    try {
      const behind = await isBehind(row, async (sql) => main.one(sql));
      problems.push(...(behind ? [`sequence ${sequence} is behind ${wordsOf(row)}: its next value is taken`] : []));
    } catch (error) {
      (isDamage(error) ? problems : unknown).push(`sequence ${sequence} cannot be compared with ${wordsOf(row)}: ${inWords(error)}`);
    }
  }
  return { looked: rows.length, problems, unknown, notes };
}

async function isBehind(row: Row, one: (sql: string) => Promise<Row>): Promise<boolean> {
  const column = identifier(row.column as string);
  const up = (row.step as number) > 0;
  const next = `(select last_value + case when is_called then ${row.step} else 0 end from ${qualified(row.seq_schema as string, row.seq as string)})`;
  const last = `(select ${up ? 'max' : 'min'}(${column}) from ${qualified(row.schema as string, row.table as string)})`;
  const { behind } = await one(`select coalesce(${next} ${up ? '<=' : '>='} ${last}, false) as behind`);
  return behind as boolean;
}

function wordsOf({ schema, table, column }: Row): string {
  return `${qualified(schema as string, table as string)}.${column}`;
}
