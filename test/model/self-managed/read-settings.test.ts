import { readServer, readSettings } from '../../../lib/model/self-managed';

const SETTINGS = {
  version: 1,
  source: 'orders',
  engine: 'postgresql',
  form: 'logical',
  repository: { bucket: 'backups-of-orders', region: 'ap-northeast-1' },
  scratch: '/var/lib/keeper',
  jobs: 4,
  server: {
    host: 'db.example.com',
    port: 5432,
    database: 'orders',
    secretArn: 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:orders-AbCdEf',
    certificateAuthorities: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----',
  },
  tables: ['sales.orders', '"odd schema"."a.b"'],
  keep: { logsDays: 7, dailyDays: 30, weeklyDays: 90, monthlyDays: 2557 },
  recipients: [`age1${'q'.repeat(58)}`],
};
const read = (changes: object) => readSettings(JSON.stringify({ ...SETTINGS, ...changes }));

test('settings that are right are read as they are', () => {
  expect(read({})).toEqual(SETTINGS);
});

test.each<[string, object, string]>([
  [
    'another version',
    { version: 2 },
    "'version' is 2, and this program reads version 1: use the program that the settings were written for",
  ],
  [
    'a source that is a path',
    { source: 'a/b' },
    `'source' is "a/b": give 1 to 63 letters, digits, dots, dashes and underscores, beginning with a letter or digit`,
  ],
  [
    'a source of 64 letters',
    { source: 'a'.repeat(64) },
    `'source' is "${'a'.repeat(64)}": give 1 to 63 letters, digits, dots, dashes and underscores, beginning with a letter or digit`,
  ],
  ['an engine that nobody knows', { engine: 'oracle' }, `'engine' is "oracle": give postgresql, mysql, mariadb, files`],
  ['a form that the engine has not', { form: 'files' }, `'form' is "files": for postgresql give logical or physical`],
  ['no repository', { repository: undefined }, "'repository' is undefined: give a bucket and its Region"],
  [
    'a bucket with its scheme',
    { repository: { bucket: 's3://x', region: 'eu-west-1' } },
    `'repository.bucket' is "s3://x": give the name of a bucket, without s3://`,
  ],
  [
    'an endpoint without TLS',
    { repository: { ...SETTINGS.repository, endpoint: 'http://s3.example.com' } },
    `'repository.endpoint' is "http://s3.example.com": give an address with https`,
  ],
  ['no jobs', { jobs: 0 }, `'jobs' is 0: give a whole number from 1 to 64`],
  ['65 jobs', { jobs: 65 }, `'jobs' is 65: give a whole number from 1 to 64`],
  ['half a job', { jobs: 1.5 }, `'jobs' is 1.5: give a whole number from 1 to 64`],
  ['a folder that depends on where one stands', { scratch: 'tmp' }, `'scratch' is "tmp": give the whole path of a folder, from / on`],
  [
    'a password instead of a secret',
    { server: { ...SETTINGS.server, secretArn: 'hunter2' } },
    `'server.secretArn' is "hunter2": give the ARN of a secret`,
  ],
  ['a port that is none', { server: { ...SETTINGS.server, port: 65_536 } }, `'server.port' is 65536: give a whole number from 1 to 65535`],
  ['no server', { server: undefined }, "'server' is undefined: say where the database is"],
  [
    'tables of a physical backup',
    { form: 'physical', physical: { dataFolder: '/data' } },
    `'tables' is ["sales.orders","\\"odd schema\\".\\"a.b\\""]: only logical backups are made of some tables`,
  ],
  [
    'a table without its schema',
    { tables: ['orders'] },
    `'tables' is ["orders"]: give schema.table, with parts that hold dots or spaces in double quotes`,
  ],
  ['no tables at all', { tables: [] }, `'tables' is []: give a list with at least one`],
  ['nothing that is kept', { keep: {} }, `'keep' is {}: give at least one of dailyDays, weeklyDays and monthlyDays`],
  ['days that are kept for no time', { keep: { dailyDays: 0 } }, `'keep.dailyDays' is 0: give a whole number from 1 to 36500`],
  [
    'a recipient that is no key of age',
    { recipients: ['me'] },
    `'recipients' is ["me"]: give recipients of age, each age1 and 58 characters`,
  ],
  ['files without paths', { engine: 'files', form: 'files', tables: undefined, server: undefined }, `'files' is undefined: give its paths`],
  [
    'a physical backup without a folder',
    { form: 'physical', tables: undefined },
    `'physical' is undefined: give the data folder of the server`,
  ],
])('fails for %s', (_case, changes, problem) => {
  expect(read(changes)).toEqual({ problems: [problem] });
});

test('fails for a setting that nobody knows, and tells those that there are', () => {
  expect(read({ sauce: 1 })).toEqual({
    problems: [expect.stringMatching(/^'sauce' is no setting: there are source, engine, .*recipients/)],
  });
});

test('fails with all problems at once', () => {
  expect(read({ jobs: -1, scratch: '' })).toEqual({ problems: [expect.stringMatching(/^'scratch'/), expect.stringMatching(/^'jobs'/)] });
});

test.each(['', '[]', 'null', '7', '{'])('fails for %p, which is no object', (text) => {
  expect(readSettings(text)).toEqual({ problems: ['the settings are no object in JSON: write them anew'] });
  expect(readServer(text)).toEqual({ problems: ['the server is no object in JSON: write it anew'] });
});

test('a server alone is judged as that of the settings', () => {
  expect(readServer(JSON.stringify(SETTINGS.server))).toEqual(SETTINGS.server);
  expect(readServer('{"host":"db","port":0}')).toEqual({ problems: ["'port' is 0: give a whole number from 1 to 65535"] });
});

test('S3 on this machine may be without TLS', () => {
  expect(read({ repository: { ...SETTINGS.repository, endpoint: 'http://127.0.0.1:5555' } })).not.toHaveProperty('problems');
});
