import { type KeeperSettings, type ServerSettings, SOURCE_NAME } from './settings';
import { readTableName } from './table-name';

type Values = Readonly<Record<string, unknown>>;
/** What is wrong with a value, in words that go on from its name; undefined where nothing is. */
type Rule = (value: unknown) => string | undefined;

/** What engines exist in which form. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  postgresql: ['logical', 'physical'],
  mysql: ['logical', 'physical'],
  mariadb: ['logical', 'physical'],
  files: ['files'],
};
/** Years are long enough for any law, and more is a slip of the finger. */
const MAX_DAYS = 36_500;
const MAX_JOBS = 64;
const LOCAL = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/?$/;

/** Reads the settings of the keeper; all that is wrong with them at once, each with its property, its value, what is allowed and what to do. */
export function readSettings(text: string): KeeperSettings | { readonly problems: readonly string[] } {
  const value = parsed(text);
  if (!value) {
    return { problems: ['the settings are no object in JSON: write them anew'] };
  }
  if (value.version !== 1) {
    return {
      problems: [
        `'version' is ${shown(value.version)}, and this program reads version 1: use the program that the settings were written for`,
      ],
    };
  }
  const problems = [...judged('', value, SETTINGS), ...together(value)];
  return problems.length > 0 ? { problems } : (value as unknown as KeeperSettings);
}

/** Reads a server that stands alone, as `server` of the settings. */
export function readServer(text: string): ServerSettings | { readonly problems: readonly string[] } {
  const value = parsed(text);
  const problems = value ? judged('', value, SERVER) : ['the server is no object in JSON: write it anew'];
  return problems.length > 0 ? { problems } : (value as unknown as ServerSettings);
}

function parsed(text: string): Values | undefined {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function judged(prefix: string, value: Values, rules: Readonly<Record<string, Rule | Readonly<Record<string, Rule>>>>): string[] {
  const known = Object.entries(rules).flatMap(([name, rule]) => {
    const found = value[name];
    if (typeof rule === 'function') {
      const wrong = rule(found);
      return wrong === undefined ? [] : [`'${prefix}${name}' is ${shown(found)}: ${wrong}`];
    }
    if (found === undefined) {
      return [];
    }
    return isObject(found) ? judged(`${prefix}${name}.`, found, rule) : [`'${prefix}${name}' is ${shown(found)}: give an object`];
  });
  const unknown = Object.keys(value).filter((name) => name !== 'version' && !(name in rules));
  return [...known, ...unknown.map((name) => `'${prefix}${name}' is no setting: there are ${Object.keys(rules).join(', ')}`)];
}

/** What is right by itself and wrong together. */
function together(value: Values): string[] {
  const { engine, form } = value as { engine?: string; form?: string };
  const forms = FORMS[engine ?? ''] ?? [];
  const has = (name: string) => value[name] !== undefined;
  return [
    ...(forms.length > 0 && !forms.includes(form ?? '') ? [`'form' is ${shown(form)}: for ${engine} give ${forms.join(' or ')}`] : []),
    ...(has('repository') ? [] : ["'repository' is undefined: give a bucket and its Region"]),
    ...(has('keep') ? [] : ["'keep' is undefined: give days, such as { dailyDays: 30 }"]),
    ...(isObject(value.keep) && ['dailyDays', 'weeklyDays', 'monthlyDays'].every((name) => (value.keep as Values)[name] === undefined)
      ? [`'keep' is ${shown(value.keep)}: give at least one of dailyDays, weeklyDays and monthlyDays`]
      : []),
    ...(forms.length > 0 && engine !== 'files' && !has('server') ? ["'server' is undefined: say where the database is"] : []),
    ...(engine === 'files' && !has('files') ? ["'files' is undefined: give its paths"] : []),
    ...(engine === 'files' && isObject(value.files) && value.files.target === undefined && isObject(value.repository)
      ? needsPassphrase(value.repository)
      : []),
    ...(form === 'physical' && !has('physical') ? ["'physical' is undefined: give the data folder of the server"] : []),
    ...(has('tables') && form !== 'logical' && forms.includes(form ?? '')
      ? [`'tables' is ${shown(value.tables)}: only logical backups are made of some tables`]
      : []),
  ];
}

function needsPassphrase({ passphraseSecretArn }: Values): string[] {
  return passphraseSecretArn === undefined
    ? ["'repository.passphraseSecretArn' is undefined: name the secret that files are encrypted with"]
    : [];
}

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);
const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 80) ?? 'undefined';
const optional =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined ? undefined : rule(value);
const matching =
  (form: RegExp, remedy: string): Rule =>
  (value) =>
    typeof value === 'string' && form.test(value) ? undefined : remedy;
const whole =
  (from: number, to: number): Rule =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to
      ? undefined
      : `give a whole number from ${from} to ${to}`;
const oneOf =
  (...words: string[]): Rule =>
  (value) =>
    words.includes(value as string) ? undefined : `give ${words.join(', ')}`;
const each =
  (rule: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.length > 0 ? value.map(rule).find((wrong) => wrong !== undefined) : 'give a list with at least one';

const folder = matching(/^\/[^\0]*$/, 'give the whole path of a folder, from / on');
const text = matching(/^[^\0]+$/, 'give a text');
const secret = matching(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/, 'give the ARN of a secret');
const days = optional(whole(1, MAX_DAYS));
const PLACE: Readonly<Record<string, Rule>> = {
  bucket: matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'give the name of a bucket, without s3://'),
  region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'give a Region, such as eu-west-1'),
  endpoint: optional((value) =>
    typeof value === 'string' && (/^https:\/\/\S+$/.test(value) || LOCAL.test(value)) ? undefined : 'give an address with https',
  ),
  passphraseSecretArn: optional(secret),
  certificateAuthorities: optional(matching(/-----BEGIN CERTIFICATE-----/, 'give certificates in PEM')),
};
const SERVER: Readonly<Record<string, Rule>> = {
  host: text,
  port: whole(1, 65_535),
  database: optional(text),
  secretArn: optional(secret),
  certificateAuthorities: optional(matching(/-----BEGIN CERTIFICATE-----/, 'give certificates in PEM')),
};
const SETTINGS: Readonly<Record<string, Rule | Readonly<Record<string, Rule>>>> = {
  source: matching(SOURCE_NAME, 'give 1 to 63 letters, digits, dots, dashes and underscores, beginning with a letter or digit'),
  engine: oneOf(...Object.keys(FORMS)),
  form: oneOf('logical', 'physical', 'files'),
  repository: PLACE,
  secondRepository: PLACE,
  scratch: folder,
  jobs: whole(1, MAX_JOBS),
  server: SERVER,
  tables: optional(
    each((value) =>
      typeof value === 'string' && readTableName(value)
        ? undefined
        : 'give schema.table, with parts that hold dots or spaces in double quotes',
    ),
  ),
  physical: {
    dataFolder: folder,
    osUser: optional(matching(/^[a-z_][a-z0-9_-]*$/, 'give the name of a user')),
    logEverySeconds: optional(whole(1, 86_400)),
    toolFolder: optional(folder),
  },
  files: { paths: each(folder), exclude: optional(each(text)), target: optional(folder) },
  keep: { logsDays: days, recentDays: days, dailyDays: days, weeklyDays: days, monthlyDays: days },
  recipients: optional(each(matching(/^age1[02-9ac-hj-np-z]{58}$/, 'give recipients of age, each age1 and 58 characters'))),
  identitySecretArn: optional(secret),
};
