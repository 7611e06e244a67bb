import { words } from '../../time';
import type { ReportCopy } from '../report-json';

/** The medium as people call it. */
export const MEDIUM_WORDS: Readonly<Record<ReportCopy['medium'], string>> = {
  service: 'storage of the service',
  backup: 'AWS Backup',
  export: 'exported files',
};

const SHORT: Readonly<Record<ReportCopy['survives'][number], string>> = {
  OPERATOR_ERROR: 'operator error',
  ZONE_LOSS: 'zone',
  REGION_LOSS: 'Region',
  ACCOUNT_COMPROMISE: 'account',
};

/** `compliance lock, 35 days`, `compliance lock, air-gapped` where it lasts as long as what it keeps, or `no`. */
export function lockWords({ immutable, lockedMs, airGapped }: ReportCopy): string {
  const long = lockedMs === undefined ? '' : `, ${lockedMs === 'unknown' ? 'how long is known at deploy time' : words(lockedMs)}`;
  return `${immutable === 'no' ? 'no' : `${immutable} lock${long}`}${airGapped ? ', air-gapped' : ''}`;
}

const KEYS = { yes: 'independent key', no: 'key not independent', unknown: 'key unknown' } as const;

/** Whether it outlives the keys of what it is away from. */
export function keyWords({ keyIndependent }: ReportCopy): keyof typeof KEYS {
  return keyIndependent === undefined ? 'unknown' : keyIndependent ? 'yes' : 'no';
}

/** `ap-northeast-3, account 111122223333`. */
function placeWords({ place: { region, account } }: Pick<ReportCopy, 'place'>): string {
  return `${region ?? 'unknown Region'}, ${account === undefined ? 'unknown account' : `account ${account}`}`;
}

/** Where a copy is and what can be said of it in general. */
export function copyTraits(copy: ReportCopy): readonly string[] {
  return [placeWords(copy), MEDIUM_WORDS[copy.medium], `immutable: ${lockWords(copy)}`, KEYS[keyWords(copy)]];
}

/** `survives operator error, zone, Region`. */
export function survivesWords({ survives }: ReportCopy): string {
  return `survives ${survives.length === 0 ? 'nothing' : survives.map((disruption) => SHORT[disruption]).join(', ')}`;
}

/** `yes`, or why not. */
export function fateWords({ lost }: ReportCopy, disruption: ReportCopy['survives'][number]): string {
  const loss = lost.find((one) => one.disruption === disruption);
  return loss === undefined ? 'yes' : `${loss.certain ? 'no' : 'unknown'}: ${loss.why}`;
}
