import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Volume, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnCluster } from 'aws-cdk-lib/aws-eks';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnDBCluster, CfnDBInstance, DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import * as fc from 'fast-check';
import { DatabaseCredentials, DataCheck } from '../../lib';
import { checkerOf } from '../../lib/model/verification';
import { targetOf } from '../../lib/services';
import { checkedOf, familyOf, requireFit } from '../../lib/verification/check-fit';

const stack = new Stack(undefined, 'Stack', { env: { account: '111122223333', region: 'ap-northeast-1' } });
const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
const list = new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList;
const within = Duration.hours(4);

describe('what a check says to who looks', () => {
  const handler = LambdaFunction.fromFunctionArn(stack, 'Mine', 'arn:aws:lambda:ap-northeast-1:111122223333:function:mine');
  test.each<[DataCheck, object]>([
    [DataCheck.connection(), { kind: 'connection', name: 'connection' }],
    [DataCheck.rowCount('users', { atLeast: 1 }), { kind: 'row-count', name: 'rows of users', table: 'users', atLeast: 1 }],
    [DataCheck.rowCount('u', { exactly: 0, name: 'none' }), { kind: 'row-count', name: 'none', table: 'u', exactly: 0 }],
    [DataCheck.foreignKeys(), { kind: 'foreign-keys', name: 'foreign keys' }],
    [
      DataCheck.newest('orders', 'created_at', { within }),
      { kind: 'newest-row', name: 'newest created_at of orders', table: 'orders', column: 'created_at', withinMs: 14_400_000 },
    ],
    [DataCheck.query('sum', 'SELECT 42', '42'), { kind: 'query', name: 'sum', sql: 'SELECT 42', expected: '42' }],
    [DataCheck.checksum('countries'), { kind: 'checksum', name: 'checksum of countries', table: 'countries' }],
    [DataCheck.checksum('c', { expected: 'ab' }), { kind: 'checksum', name: 'checksum of c', table: 'c', expected: 'ab' }],
    [
      DataCheck.schema({ tables: { users: ['id'], orders: [] }, indexes: ['i'], extensions: ['citext'], collation: 'C' }),
      {
        kind: 'schema',
        name: 'schema',
        tables: [{ name: 'users', columns: ['id'] }, { name: 'orders' }],
        indexes: ['i'],
        extensions: ['citext'],
        collation: 'C',
      },
    ],
    [DataCheck.schema(), { kind: 'schema', name: 'schema', tables: [] }],
    [DataCheck.corruption(), { kind: 'corruption', name: 'corruption' }],
    [
      DataCheck.sample(['a', 'b', 'c', 'd', 'e']),
      { kind: 'sample', name: 'sample of a, b, c and 2 more', tables: ['a', 'b', 'c', 'd', 'e'], rows: 100 },
    ],
    [
      DataCheck.rowCount('"my.schema"."my.table"', { exactly: 1, name: 'x'.repeat(256) }),
      { kind: 'row-count', name: 'x'.repeat(256), table: '"my.schema"."my.table"', exactly: 1 },
    ],
    [DataCheck.sample(['a', 'b']), { kind: 'sample', name: 'sample of a, b', tables: ['a', 'b'], rows: 100 }],
    [DataCheck.objects(), { kind: 'objects', name: 'objects', sample: 10 }],
    [
      DataCheck.objects({ prefix: 'in/', sample: 0, atLeast: 5 }),
      { kind: 'objects', name: 'objects of in/', prefix: 'in/', sample: 0, atLeast: 5 },
    ],
    [DataCheck.items({ tolerance: 0.2 }), { kind: 'items', name: 'items', sample: 10, tolerance: 0.2 }],
    [DataCheck.volume(), { kind: 'volume', name: 'volume' }],
    [DataCheck.instance({ command: 'true' }), { kind: 'instance', name: 'instance', command: 'true' }],
    [DataCheck.files({ exactly: 3 }), { kind: 'files', name: 'files', sample: 10, exactly: 3 }],
    [DataCheck.custom('mine', handler), { kind: 'function', name: 'mine', functionArn: handler.functionArn }],
    [
      DataCheck.http('https://{host}:{port}/health', { contains: 'ok' }),
      {
        kind: 'http',
        name: 'answer of https://{host}:{port}/health',
        url: 'https://{host}:{port}/health',
        inside: true,
        status: 200,
        contains: 'ok',
      },
    ],
    [
      DataCheck.http('http://x', { allowPlainHttp: true, status: 204 }),
      { kind: 'http', name: 'answer of http://x', url: 'http://x', status: 204 },
    ],
  ])('%#', (check, spec) => {
    expect(check._spec).toEqual(spec);
    expect(check.checkName).toBe((spec as { name: string }).name);
  });

  test('is plain JSON: nothing in it gets lost on the way', () => {
    const { _spec } = DataCheck.rowCount('users', { atLeast: 1 });
    expect(JSON.parse(JSON.stringify(_spec))).toStrictEqual(_spec);
  });
});

test('the monthly checklist counts, samples, follows foreign keys, logs in, and takes a random recovery point once a month', () => {
  const checks = DataCheck.monthlyChecklist({ mainTables: { users: 10, orders: 20 } });
  expect(checks.map(({ _spec: { kind } }) => kind)).toEqual(['connection', 'row-count', 'row-count', 'sample', 'foreign-keys']);
  expect(checks[2]?._spec).toMatchObject({ table: 'orders', atLeast: 20 });
  expect(checks[3]?._spec).toMatchObject({ tables: ['users', 'orders'], rows: 100 });
  const rhythms = new Set(checks.map(({ _tests }) => _tests?._rhythm));
  expect(rhythms.size).toBe(1);
  expect([...rhythms][0]).toMatchObject({ name: 'Monthly', recoveryPoints: { algorithm: 'RANDOM_WITHIN_WINDOW' } });
});

test.each<[string, () => unknown, RegExp]>([
  ['an empty name of a table', () => DataCheck.rowCount(' ', { atLeast: 1 }), /'table' of the check 'rows of {2}' is empty/],
  ['an empty name', () => DataCheck.connection({ name: '' }), /'name' of the check 'connection' is empty/],
  ['an empty name of a column', () => DataCheck.newest('orders', '', { within }), /'column'/],
  ['a count that anything passes', () => DataCheck.rowCount('users', {}), /expects nothing/],
  ['at least 0', () => DataCheck.rowCount('users', { atLeast: 0 }), /'atLeast' .* is 0, but has to be a whole number from 1 on/],
  ['half a row', () => DataCheck.rowCount('users', { exactly: 0.5 }), /'exactly' .* is 0.5/],
  ['fewer than none', () => DataCheck.rowCount('users', { exactly: -1 }), /'exactly'/],
  ['two counts', () => DataCheck.rowCount('users', { atLeast: 5, exactly: 4 }), /leave one of them out/],
  ['an exact count with a tolerance', () => DataCheck.rowCount('users', { exactly: 4, tolerance: 0.1 }), /leaves no tolerance/],
  ['a tolerance above 1', () => DataCheck.rowCount('users', { tolerance: 1.01 }), /is a share from 0 to 1/],
  ['a tolerance below 0', () => DataCheck.rowCount('users', { tolerance: -0.01 }), /is a share from 0 to 1/],
  ['a tolerance that is no number', () => DataCheck.rowCount('users', { tolerance: Number.NaN }), /is a share from 0 to 1/],
  ['a number that only deployment tells', () => DataCheck.rowCount('users', { atLeast: number }), /only known at deploy time/],
  ['a tolerance that only deployment tells', () => DataCheck.rowCount('users', { tolerance: number }), /only known at deploy time/],
  ['an age of nothing', () => DataCheck.newest('o', 'c', { within: Duration.hours(0) }), /'within'/],
  ['an age that only deployment tells', () => DataCheck.newest('o', 'c', { within: Duration.hours(number) }), /only known at deploy time/],
  ['an empty query', () => DataCheck.query('q', '', '1'), /'sql'/],
  ['a query that writes', () => DataCheck.query('q', '-- harmless\n DELETE FROM users', '1'), /begins with 'DELETE', which does not read/],
  ['an empty checksum', () => DataCheck.checksum('t', { expected: '' }), /'expected'/],
  ['a column without a name', () => DataCheck.schema({ tables: { users: [''] } }), /'columns'/],
  [
    'a name of a table with three parts',
    () => DataCheck.rowCount('a.b.c', { atLeast: 1 }),
    /'table' .* is 'a\.b\.c', which is no name of a table/,
  ],
  ['a table of a schema without a name', () => DataCheck.checksum('.orders'), /'table' .* is no name of a table/],
  ['a sampled table that cannot be named so', () => DataCheck.sample(['a', 'b"c']), /'tables' .* is 'b"c'/],
  ['a main table that cannot be named so', () => DataCheck.monthlyChecklist({ mainTables: { 'a.b.c': 1 } }), /'mainTables'/],
  ['a required table that cannot be named so', () => DataCheck.schema({ tables: { 'a.': [] } }), /'tables'/],
  ['a table that is missing', () => DataCheck.rowCount(undefined as unknown as string, { atLeast: 1 }), /'table' .* is empty/],
  [
    'a name of two lines',
    () => DataCheck.connection({ name: 'one\ntwo' }),
    /'name' .* is "one\\ntwo", of 7 characters, but has to be one line of 256/,
  ],
  ['a name that is too long', () => DataCheck.connection({ name: 'x'.repeat(257) }), /'name' .* of 257 characters/],
  [
    'an address with a password',
    () => DataCheck.http('https://reader:secret@shop.example.com/'),
    /^'url' of a check of shop.example.com holds a user or a password/,
  ],
  ['tables that only deployment tells', () => DataCheck.sample(list), /'tables' .* are only known at deploy time/],
  ['no table to sample', () => DataCheck.sample([]), /'tables' .* is 0/],
  ['no row to sample', () => DataCheck.sample(['a'], { rows: 0 }), /'rows' .* is 0, but has to be a whole number from 1 to 10000/],
  ['too many rows to sample', () => DataCheck.sample(['a'], { rows: 10_001 }), /'rows'/],
  ['objects that nobody looks at', () => DataCheck.objects({ sample: 0 }), /expects nothing/],
  ['too many objects to read', () => DataCheck.objects({ sample: 10_001 }), /'sample'/],
  ['an empty command', () => DataCheck.instance({ command: '' }), /'command'/],
  ['an address without TLS', () => DataCheck.http('http://{host}/'), /use https, or say 'allowPlainHttp'/],
  ['an address that is none', () => DataCheck.http('health'), /is no address/],
  ['another protocol', () => DataCheck.http('ftp://x', { allowPlainHttp: true }), /use https/],
  ['a status that is none', () => DataCheck.http('https://x', { status: 99 }), /'status'/],
  ['a checklist without tables', () => DataCheck.monthlyChecklist({ mainTables: {} }), /'mainTables' .* is 0/],
  ['a checklist of empty tables', () => DataCheck.monthlyChecklist({ mainTables: { users: 0 } }), /'mainTables.users'/],
])('fails for %s', (_case, make, message) => {
  expect(make).toThrow(message);
  expect(make).toThrow(/\(InvalidCheck\)/);
});

test('takes what is at the limits', () => {
  expect(() => DataCheck.sample(['a'], { rows: 10_000 })).not.toThrow();
  expect(() => DataCheck.objects({ sample: 10_000 })).not.toThrow();
  expect(() => DataCheck.http('https://x', { status: 599 })).not.toThrow();
  expect(() => DataCheck.query('q', '/* all */ (WITH x AS (SELECT 1) SELECT * FROM x)', '1')).not.toThrow();
});

test('property: a tolerance is taken exactly from 0 to 1', () => {
  fc.assert(
    fc.property(fc.double({ min: -2, max: 3, noNaN: true }), (tolerance) => {
      const make = () => DataCheck.rowCount('users', { tolerance });
      if (tolerance >= 0 && tolerance <= 1) {
        expect(make()._spec).toMatchObject({ tolerance });
      } else {
        expect(make).toThrow(/InvalidCheck/);
      }
    }),
    { examples: [[0], [1], [1.0000001], [-0.0000001]] },
  );
});

describe('a check fits', () => {
  const instance = (id: string, engine?: string) => new CfnDBInstance(stack, id, { engine, dbInstanceClass: 'db.t4g.medium' });
  const postgres = instance('Postgres', 'postgres');
  const resources: Record<string, IConstruct> = {
    postgres,
    mariadb: instance('Mariadb', 'mariadb'),
    oracle: instance('Oracle', 'oracle-ee'),
    aurora: new CfnDBCluster(stack, 'Aurora', { engine: 'aurora-postgresql', masterUsername: 'x' }),
    imported: DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
      instanceIdentifier: 'x',
      instanceEndpointAddress: 'x',
      port: 1,
      securityGroups: [],
    }),
    bucket: new Bucket(stack, 'Bucket'),
    table: new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } }),
    volume: new Volume(stack, 'Volume', { availabilityZone: 'ap-northeast-1a', size: Size.gibibytes(1), encrypted: true }),
    files: new FileSystem(stack, 'Files', {
      vpc: new Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 2 }),
      vpcSubnets: { availabilityZones: [] },
    }),
    cluster: new CfnCluster(stack, 'Cluster', { resourcesVpcConfig: { subnetIds: [] }, roleArn: 'x' }),
  };
  const CHECKS: Record<string, DataCheck> = {
    sql: DataCheck.foreignKeys(),
    extensions: DataCheck.schema({ extensions: ['citext'] }),
    objects: DataCheck.objects(),
    items: DataCheck.items(),
    volume: DataCheck.volume(),
    instance: DataCheck.instance(),
    files: DataCheck.files(),
    http: DataCheck.http('https://x'),
  };
  const FITS: Record<string, readonly string[]> = {
    sql: ['postgres', 'mariadb', 'aurora'],
    extensions: ['postgres', 'aurora'],
    objects: ['bucket'],
    items: ['table'],
    volume: ['volume'],
    instance: [],
    files: ['files'],
    http: Object.keys(resources),
  };

  test.each(Object.keys(CHECKS).flatMap((check) => Object.keys(resources).map((resource) => [check, resource])))(
    '%s on %s',
    (check, resource) => {
      const judge = () =>
        requireFit(stack, checkedOf(targetOf(stack, resources[resource] as IConstruct)), [(CHECKS[check] as DataCheck)._spec]);
      if (FITS[check]?.includes(resource)) {
        expect(judge).not.toThrow();
      } else {
        expect(judge).toThrow(/CheckDoesNotFit/);
      }
    },
  );

  test('fails for two checks of one name', () => {
    const specs = [DataCheck.rowCount('users', { atLeast: 1 }), DataCheck.rowCount('users', { tolerance: 0.1 })].map(({ _spec }) => _spec);
    expect(() => requireFit(stack, checkedOf(targetOf(stack, postgres)), specs)).toThrow(
      /two checks of 'Stack\/Postgres' are called 'rows of users'.*DuplicateCheck/,
    );
  });

  test('by the engine that an import tells', () => {
    const engine = { engineType: 'mysql' };
    expect(familyOf(checkedOf({ ...targetOf(stack, postgres), cfn: undefined, construct: { engine } as unknown as IConstruct }))).toBe(
      'mysql',
    );
  });

  test('every kind of check has somebody who looks', () => {
    const kinds = Object.values(CHECKS).map(({ _spec }) => checkerOf(_spec));
    expect(new Set(kinds)).toEqual(new Set(['sql', 'resource']));
  });
});

describe('credentials', () => {
  const secret = Secret.fromSecretNameV2(stack, 'Secret', 'orders/reader');

  test.each<[string, object]>([
    ['an empty name of the database', { database: ' ' }],
    ['certificates that are none', { certificateAuthorities: 'MIID' }],
  ])('fail for %s', (_case, options) => {
    expect(() => DatabaseCredentials.fromSecret(secret, options)).toThrow(/InvalidCredentials/);
  });

  test('take certificates in PEM', () => {
    const certificateAuthorities = '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n';
    expect(DatabaseCredentials.fromSecret(secret, { certificateAuthorities }).options).toEqual({ certificateAuthorities });
  });
});
