import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { handler } from '../../lib/handlers/check-postgres';
import type { CheckInput, CheckResult, CheckSpec } from '../../lib/model/verification';
import { describeNeeding, eventually } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { CHECKER, inputFor, makeChecker, PASSWORD, SHOP_CHECKS } from './fixtures/postgres-checks';
import { type Certificates, makeCertificates, PostgresServer } from './fixtures/postgres-server';

const SECRETS = 'AWS_ENDPOINT_URL_SECRETS_MANAGER';
const GOOD = JSON.stringify({ username: CHECKER, password: PASSWORD, engine: 'postgres', host: 'elsewhere' });
const CONNECTION: readonly CheckSpec[] = [{ kind: 'connection', name: 'connection' }];

jest.setTimeout(60_000);

/** Secrets Manager, as far as the function talks to it. */
function secretsManager(secrets: Readonly<Record<string, string>>): Promise<HttpServer> {
  const server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { SecretId: id } = JSON.parse(body);
      const [status, answer] =
        id === 'denied'
          ? [400, { __type: 'AccessDeniedException', message: 'no' }]
          : secrets[id] === undefined
            ? [400, { __type: 'ResourceNotFoundException', message: 'no' }]
            : [200, { ARN: id, Name: id, SecretString: secrets[id] }];
      response.writeHead(status as number, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describeNeeding('PostgreSQL', whyNoPostgres(), 'the way to a restored PostgreSQL database', () => {
  let certificates: Certificates;
  let server: PostgresServer;
  let secrets: HttpServer;
  const saved = { ...process.env };

  beforeAll(async () => {
    certificates = makeCertificates('localhost');
    server = await PostgresServer.start(certificates);
    makeChecker(server);
    server.sql('postgres', 'create database shop');
    server.sql('shop', 'create table orders (id int primary key); insert into orders values (1); create table lines (id int)');
    secrets = await secretsManager({
      secret: GOOD,
      wrong: JSON.stringify({ username: CHECKER, password: 'not the secret' }),
      stranger: JSON.stringify({ username: 'stranger', password: PASSWORD }),
      'no json': 'user:hunter2',
      'no password': JSON.stringify({ username: CHECKER }),
      null: 'null',
      'with database': JSON.stringify({ username: CHECKER, password: PASSWORD, dbname: 'shop' }),
    });
    Object.assign(process.env, {
      [SECRETS]: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  }, 120_000);

  afterAll(() => {
    process.env = saved;
    secrets?.close();
    server?.remove();
  });

  interface Ways {
    readonly secretArn?: string;
    readonly database?: string;
    readonly caPem?: string | null;
    readonly host?: string;
    readonly port?: number;
    readonly engine?: string;
    readonly checks?: readonly CheckSpec[];
    readonly remainingMs?: number;
    readonly endpoint?: null;
  }

  async function look(ways: Ways = {}): Promise<CheckResult[]> {
    const base = inputFor({ server, certificates, database: 'shop', checks: ways.checks ?? CONNECTION });
    const {
      secretArn = 'secret',
      database = 'shop',
      caPem = certificates.caPem,
      host = 'localhost',
      port = server.port,
      engine = 'postgres',
    } = ways;
    const input: CheckInput = {
      ...base,
      target: {
        ...base.target,
        engine,
        endpoint: ways.endpoint === null ? undefined : { host, port },
        database: { secretArn, ...(database ? { database } : {}), ...(caPem === null ? {} : { caPem }) },
      },
    };
    const { results } = await handler(input, { getRemainingTimeInMillis: () => ways.remainingMs ?? 60_000 });
    expect(results.map(({ name }) => name)).toEqual(input.checks.map(({ name }) => name));
    expect(JSON.stringify(results)).not.toMatch(new RegExp(`${PASSWORD}|hunter2|not the secret`));
    return [...results];
  }

  test('is taken with the secret, over TLS, to the database that is named or else that of the secret', async () => {
    expect(await look()).toEqual([expect.objectContaining({ status: 'passed', found: 'logged in over TLS; 2 of 2 tables can be read' })]);
    expect(await look({ secretArn: 'with database', database: '' })).toEqual([expect.objectContaining({ status: 'passed' })]);
    expect(await look({ database: '' })).toEqual([
      expect.objectContaining({ status: 'failed', found: 'logged in to postgres; it has no tables' }),
    ]);
  });

  test.each<[string, Ways, RegExp]>([
    ['a secret that is not there', { secretArn: 'missing' }, /^the secret cannot be read: it does not exist$/],
    ['a secret that may not be read', { secretArn: 'denied' }, /^the secret cannot be read: the function may not read it$/],
    ['a secret that is no JSON', { secretArn: 'no json' }, /^the secret is no JSON with 'username' and 'password'$/],
    ['a secret without password', { secretArn: 'no password' }, /^the secret has no 'username' and 'password'$/],
    ['a secret of null', { secretArn: 'null' }, /^the secret has no 'username' and 'password'$/],
    ['no secret', { secretArn: '' }, /^no secret is given to log in with$/],
    ['another password', { secretArn: 'wrong' }, /^the server refuses the user or the password of the secret \(SQLSTATE 28P01\)$/],
    ['an unknown user', { secretArn: 'stranger' }, /^the server refuses the user or the password of the secret/],
    ['a database that is not there', { database: 'gone' }, /^the server has no database of this name \(SQLSTATE 3D000\)$/],
    ['another authority', { caPem: null }, /^the certificate of the server is not vouched for by a trusted authority/],
    ['certificates that are none', { caPem: 'certificate' }, /^what is given as certificates to trust is no certificate in PEM$/],
    ['no certificates at all', { caPem: '' }, /is no certificate in PEM$/],
    ['a certificate for another host', { host: '127.0.0.1' }, /^the certificate of the server is for another host name$/],
    ['a host that is not there', { host: 'nowhere.invalid' }, /^the host name of the endpoint is unknown$/],
    ['a port where nothing listens', { port: 1 }, /^nothing listens at the endpoint$/],
    ['no endpoint', { endpoint: null }, /^the restored database has no endpoint$/],
    ['another engine', { engine: 'mysql' }, /^the engine is 'mysql', and these checks are for PostgreSQL$/],
  ])('fails for %s: every check is unable', async (_case, ways, found) => {
    const results = await look({ ...ways, checks: [...CONNECTION, ...SHOP_CHECKS.slice(1, 4)] });
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('unable'));
    expect(results[0].found).toMatch(found);
  });

  test('fails for another authority of the same name', async () => {
    const { caPem } = makeCertificates('localhost');
    expect(await look({ caPem })).toEqual([
      expect.objectContaining({ status: 'unable', found: expect.stringMatching(/not vouched for|certificate/) }),
    ]);
  });

  test('fails for a server without TLS', async () => {
    const plain = await PostgresServer.start(undefined);
    try {
      makeChecker(plain);
      expect(await look({ port: plain.port })).toEqual([
        expect.objectContaining({ status: 'unable', found: 'the server offers no TLS; nothing is read without' }),
      ]);
    } finally {
      plain.remove();
    }
  });

  describe('a server that does not answer', () => {
    let silent: Server;
    const sockets = new Set<Socket>();
    let greeting: Buffer | undefined;

    beforeAll(async () => {
      silent = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('data', () => greeting && socket.write(greeting));
      });
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => {
      for (const socket of sockets) {
        socket.destroy();
      }
      silent.close();
    });

    test.each<[string, Buffer | undefined]>([
      ['accepts and never says a word', undefined],
      ['agrees to TLS and never begins it', Buffer.from('S')],
    ])('fails where it %s, before the time of the function is over', async (_case, words) => {
      greeting = words;
      const startMs = Date.now();
      const results = await look({
        port: (silent.address() as AddressInfo).port,
        remainingMs: 2_000,
        checks: [...CONNECTION, ...SHOP_CHECKS.slice(1, 3)],
      });
      expect(Date.now() - startMs).toBeLessThan(2_000);
      expect(results.map(({ status }) => status)).toEqual(['unable', 'unable', 'unable']);
      expect(results[0].found).toMatch(/does not answer|the time of the function is over/);
    });
  });

  test('fails for a statement that never ends, keeps what was found before, and leaves nothing running', async () => {
    const checks: CheckSpec[] = [
      ...CONNECTION,
      { kind: 'query', name: 'endless', sql: 'select pg_sleep(600)::text', expected: '' },
      { kind: 'row-count', name: 'orders', table: 'orders', exactly: 1 },
    ];
    const startMs = Date.now();
    const results = await look({ checks, remainingMs: 3_000 });
    expect(Date.now() - startMs).toBeLessThan(3_000);
    expect(results.map(({ status }) => status)).toEqual(['passed', 'unable', 'unable']);
    expect(results[1].found).toMatch(/the time of the function is over|took longer than the time/);
    await eventually(
      'no statement',
      async () => server.sql('shop', "select count(*) from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()") === '0',
      15_000,
    );
  });

  test('fails for a server that goes away while it is asked', async () => {
    const checks: CheckSpec[] = [
      { kind: 'query', name: 'interrupted', sql: 'select pg_terminate_backend(pg_backend_pid())', expected: 'true' },
      { kind: 'row-count', name: 'orders', table: 'orders', exactly: 1 },
    ];
    server.sql('postgres', `grant pg_signal_backend to ${CHECKER}`);
    const results = await look({ checks });
    expect(results.map(({ status }) => status)).toEqual(['unable', 'unable']);
  });

  test('fails for a table that is locked, within seconds', async () => {
    server.sql('shop', 'create table locked (id int)');
    const held = server.hold('shop', 'begin; lock table locked in access exclusive mode; select pg_sleep(30)');
    try {
      await eventually(
        'a lock',
        async () =>
          server.sql(
            'shop',
            "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted and relation = 'locked'::regclass",
          ) === '1',
      );
      const results = await look({ checks: [{ kind: 'row-count', name: 'locked', table: 'locked' }] });
      expect(results).toEqual([expect.objectContaining({ status: 'unable', found: 'a lock could not be had in time (SQLSTATE 55P03)' })]);
    } finally {
      held.kill();
      server.sql('postgres', "select pg_terminate_backend(pid) from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()");
      server.sql('shop', 'drop table locked');
    }
  });

  test('a malformed check is unable, and the others are run', async () => {
    const odd = [
      null,
      { kind: 'row-count', name: 'no table' },
      { kind: 'sample', name: 'no tables' },
      { kind: 'schema', name: 'nothing' },
      { kind: 'newest-row', name: 'no column', table: 'orders' },
      { kind: 'query', name: 'no sql' },
      { kind: 'telepathy', name: 'unknown' },
      { kind: 'http', name: 'not mine', url: 'https://example.com', status: 200 },
      { kind: 'row-count', name: 'no number', table: 'orders', atLeast: 'many' },
    ];
    const input = {
      ...inputFor({ server, certificates, database: 'shop' }),
      checks: [...odd, { kind: 'row-count', name: 'orders', table: 'orders', exactly: 1 }],
    };
    const { results } = await handler(input as unknown as CheckInput);
    expect(results.map(({ status }) => status)).toEqual([...odd.map(() => 'unable'), 'passed']);
  });
});
