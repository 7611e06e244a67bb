import { documented } from './limit';
import { LIMITS } from './limits';
import { error, inDays, outside, type Problem } from './problem';

const GUIDE = 'DynamoDB Developer Guide: how global tables work';

/** What DynamoDB asks of a table that is strongly consistent over Regions. */
export const STRONG_TABLE = {
  regions: documented(3, 'Regions of the table: three replicas, or two and a witness', GUIDE),
  witnesses: documented(1, 'witnesses at most', GUIDE),
  regionSets: documented<readonly (readonly string[])[]>(
    [
      ['us-east-1', 'us-east-2', 'us-west-2'],
      ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
      ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
    ],
    'sets of Regions; all Regions of a table are in one of them',
    GUIDE,
  ),
} as const;

/** A table that is strongly consistent over Regions; what is only known at deploy time is left out. */
export interface StrongTable {
  /** One for each replica, the Region of the table itself among them. */
  readonly replicas: readonly (string | undefined)[];
  readonly witnesses: readonly (string | undefined)[];
  readonly timeToLive?: boolean;
  readonly localIndexes?: number;
}

/** Checks what DynamoDB asks of a table that is strongly consistent over Regions. */
export function checkStrongTable({ replicas, witnesses, timeToLive, localIndexes }: StrongTable): readonly Problem[] {
  return [
    ...checkRegions(replicas, witnesses),
    ...(timeToLive === true
      ? [
          error(
            'StrongTableUnsupported',
            "'timeToLiveAttribute' is set, but a table that is strongly consistent over Regions deletes no items by age: leave it out, or make the consistency eventual",
          ),
        ]
      : []),
    ...(localIndexes !== undefined && localIndexes > 0
      ? [
          error(
            'StrongTableUnsupported',
            `'localSecondaryIndexes' has ${localIndexes} entries, but a table that is strongly consistent over Regions has none: use global secondary indexes, or make the consistency eventual`,
          ),
        ]
      : []),
  ];
}

function checkRegions(replicas: StrongTable['replicas'], witnesses: StrongTable['witnesses']): readonly Problem[] {
  const all = [...replicas, ...witnesses];
  const known = all.filter((region) => region !== undefined);
  const { regions, witnesses: most, regionSets } = STRONG_TABLE;
  if (all.length !== regions.value || witnesses.length > most.value || new Set(known).size !== known.length) {
    return [
      error(
        'StrongTableRegions',
        `the strongly consistent table has ${wordsOf(['replica', 'replicas'], replicas)} and ${wordsOf(['witness', 'witnesses'], witnesses)}, but DynamoDB wants ${regions.value} Regions, each once: three replicas, or two and a witness`,
      ),
    ];
  }
  const strays = regionSets.value.map((set) => known.filter((region) => !set.includes(region)));
  const [stray] = strays.sort((one, other) => one.length - other.length)[0]!;
  return stray === undefined
    ? []
    : [
        error(
          'StrongTableRegions',
          `the strongly consistent table has a replica or witness in ${stray}, but all its Regions have to be in one of the sets ${regionSets.value.map((one) => one.join(', ')).join('; ')}: choose other Regions, or make the consistency eventual`,
        ),
      ];
}

function wordsOf(nouns: readonly [string, string], regions: StrongTable['replicas']): string {
  const [one, several] = nouns;
  const where = regions.map((region) => region ?? 'a Region not known here').join(', ');
  return regions.length === 0 ? `no ${one}` : `${regions.length} ${regions.length === 1 ? one : several} (${where})`;
}

/** Checks the days that point-in-time recovery of a table reaches back. */
export function checkTableRecovery(property: string, days: number | undefined): Problem | undefined {
  const { min, max } = LIMITS.tableRecovery.value;
  return outside(days, LIMITS.tableRecovery.value)
    ? error(
        'TableRecoveryOutOfRange',
        `'${property}' is ${inDays(days!)}, but point-in-time recovery of a table reaches back ${min} to ${max} whole days: choose such a number`,
      )
    : undefined;
}
