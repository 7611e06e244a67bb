import { Duration } from 'aws-cdk-lib/core';
import type { CheckSpec } from '../../model/verification';
import type { ChecklistOptions } from '../data-check-options';
import { RecoveryPointSelection } from '../recovery-point-selection';
import { requireNumber, requireTable } from './check-values';

const WINDOW_DAYS = 30;
const ROWS = { min: 1, max: 10_000, usual: 100 } as const;
const NAME = 'checklist';

/** The monthly checklist in parts: what is looked at, and in which recovery point. */
export const checklistOf = {
  specs({ mainTables, sampleRows = ROWS.usual }: ChecklistOptions): readonly CheckSpec[] {
    const tables = Object.entries(mainTables);
    requireNumber(NAME, 'mainTables', tables.length, { min: 1 });
    return [
      { kind: 'connection', name: `${NAME}: connection of the application` },
      ...tables.map(
        ([table, rows]): CheckSpec => ({
          kind: 'row-count',
          name: `${NAME}: records of ${table}`,
          table: requireTable(NAME, 'mainTables', table),
          atLeast: requireNumber(NAME, `mainTables.${table}`, rows, { min: 1 }),
        }),
      ),
      {
        kind: 'sample',
        name: `${NAME}: sample of the main tables`,
        tables: Object.keys(mainTables),
        rows: requireNumber(NAME, 'sampleRows', sampleRows, ROWS),
      },
      { kind: 'foreign-keys', name: `${NAME}: foreign keys` },
    ];
  },

  points({ window = Duration.days(WINDOW_DAYS) }: ChecklistOptions): RecoveryPointSelection {
    return RecoveryPointSelection.randomWithin(window);
  },
};
