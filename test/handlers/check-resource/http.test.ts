import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkHttp } from '../../../lib/handlers/check-resource/check-http';
import type { CheckContext } from '../../../lib/handlers/checks/check-run';
import { Unable } from '../../../lib/handlers/checks/finding';
import type { HttpCheckSpec } from '../../../lib/model/verification';
import { ROOT } from '../../harness/sources';

const servers: Server[] = [];
const CHECK: HttpCheckSpec = { kind: 'http', name: 'answer', url: 'http://{host}:{port}/health', status: 200 };

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const serve = (answer: RequestListener) => listen(createServer(answer));

function contextOf(port: number | undefined, host = '127.0.0.1'): CheckContext {
  const target = { resourceType: 'RDS', arn: 'arn', name: 'db', ...(port === undefined ? {} : { endpoint: { host, port } }) };
  return { input: { target }, signal: new AbortController().signal, leftMs: () => 60_000 } as unknown as CheckContext;
}

async function ask(check: Partial<HttpCheckSpec>, port: number | undefined, timeoutMs = 5_000): Promise<[string, string]> {
  try {
    const { status, found } = await checkHttp({ ...CHECK, ...check }, contextOf(port), timeoutMs);
    return [status, found];
  } catch (error) {
    expect(error).toBeInstanceOf(Unable);
    return ['unable', (error as Error).message];
  }
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    (server as { closeAllConnections?: () => void }).closeAllConnections?.();
    server.close();
  }
});

test('an instance is asked at its address, and has no port of its own', async () => {
  const port = await serve((_request, response) => response.end());
  const target = { resourceType: 'EC2', arn: 'arn', name: 'i-1', address: '127.0.0.1' };
  const context = { ...contextOf(undefined), input: { target } } as unknown as CheckContext;
  expect(await checkHttp({ ...CHECK, url: `http://{host}:${port}/health` }, context)).toMatchObject({ status: 'passed' });
  await expect(checkHttp(CHECK, context)).rejects.toThrow('has no endpoint');
});

test('an address with the expected status and text passes, wherever in its pieces the text is', async () => {
  const port = await serve((request, response) => {
    response.write(`${request.url} is `);
    response.write('he');
    setTimeout(() => response.end('althy'), 20);
  });
  expect(await ask({ contains: '/health is healthy' }, port)).toEqual(['passed', 'status 200, with the expected text']);
  expect(await ask({}, port)).toEqual(['passed', 'status 200']);
});

test('fails with another status, and with another text, of which nothing is told', async () => {
  const port = await serve((request, response) => response.writeHead(request.url === '/health' ? 503 : 200).end('secret'));
  expect(await ask({}, port)).toEqual(['failed', 'status 503']);
  expect(await ask({ url: 'http://{host}:{port}/other', contains: 'well' }, port)).toEqual([
    'failed',
    'status 200, without the expected text',
  ]);
});

test('redirects are followed to the same host only, and not for ever', async () => {
  const port = await serve((request, response) => {
    const places: Record<string, string> = { '/health': '/next', '/away': 'http://localhost:1/', '/circle': '/circle' };
    const location = places[request.url ?? ''];
    response.writeHead(location ? 302 : 200, location ? { location } : {}).end('there');
  });
  expect(await ask({ contains: 'there' }, port)).toEqual(['passed', 'status 200, with the expected text']);
  expect(await ask({ url: 'http://{host}:{port}/away' }, port)).toEqual(['failed', 'status 302']);
  expect(await ask({ url: 'http://{host}:{port}/away', status: 302 }, port)).toEqual(['passed', 'status 302']);
  expect(await ask({ url: 'http://{host}:{port}/circle' }, port)).toEqual(['unable', expect.stringMatching(/redirects more than 5 times/)]);
});

test('an address that never answers, or stops in the middle, cannot be looked at', async () => {
  const silent = await listen(createTcpServer((socket) => socket.unref()) as unknown as Server);
  expect(await ask({}, silent, 300)).toEqual(['unable', expect.stringMatching(/does not answer to the end within 0.3 seconds/)]);
  const half = await serve((_request, response) => response.write('half'));
  expect(await ask({ contains: 'whole' }, half, 300)).toEqual(['unable', expect.stringMatching(/does not answer to the end/)]);
  const broken = await serve((request, response) => {
    response.write('half');
    setTimeout(() => request.socket.destroy(), 20);
  });
  expect(await ask({ contains: 'whole' }, broken)).toEqual(['unable', expect.stringMatching(/breaks the connection off|cannot be asked/)]);
});

test('an address where nobody listens, or without an endpoint, cannot be looked at', async () => {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await ask({}, port)).toEqual(['unable', `127.0.0.1:${port} refuses to be connected to`]);
  expect(await ask({}, undefined)).toEqual(['unable', expect.stringMatching(/has no endpoint/)]);
  expect(await ask({ url: 'file:///etc/passwd' }, port)).toEqual(['unable', expect.stringMatching(/none of http or https/)]);
});

test.each([
  ['passes with a certificate that is vouched for', 'IP:127.0.0.1', true, 'passed', /status 200/],
  ['fails with a certificate for another host', 'DNS:elsewhere.example', true, 'unable', /a certificate for another host name/],
  ['fails with a certificate that nobody vouches for', 'IP:127.0.0.1', false, 'unable', /that no trusted authority vouches for/],
])(
  'an address %s',
  async (_what, altName, trusted, status, found) => {
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    try {
      const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
      const subject = ['-subj', '/CN=shop', '-addext', `subjectAltName=${altName}`];
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1', ...subject], {
        stdio: 'ignore',
      });
      const options = { key: readFileSync(key), cert: readFileSync(cert) };
      const port = await listen(createTlsServer(options, (_request, response) => response.end('well')) as unknown as Server);
      const target = { resourceType: 'RDS', arn: 'arn', name: 'db', endpoint: { host: '127.0.0.1', port } };
      const input = { version: 1, test: {}, target, checks: [{ ...CHECK, url: 'https://{host}:{port}/' }], baselines: {} };
      // a process reads the authorities that it trusts when it starts
      const bundle = join(ROOT, 'assets', 'check-resource', 'index.js');
      const script = `require(${JSON.stringify(bundle)}).handler(${JSON.stringify(input)}).then((answer) => console.log(JSON.stringify(answer)))`;
      const env = { PATH: process.env.PATH, ...(trusted ? { NODE_EXTRA_CA_CERTS: cert } : {}) };
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: folder, env });
      expect(JSON.parse(stdout)).toEqual({
        results: [expect.objectContaining({ name: 'answer', kind: 'http', status, found: expect.stringMatching(found) })],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  30_000,
);
