import { loginTo } from '../../../lib/handlers/check-mysql/login';
import type { CheckInput, RestoredTarget } from '../../../lib/model/verification';

const SECRET = JSON.stringify({ username: 'reader', password: 'secret', dbname: 'shop' });
const endpoint = { host: 'restored.abc.eu-west-1.rds.amazonaws.com', port: 3306 };
const database = { secretArn: 'arn:secret' };

const loginFor = (target: Partial<RestoredTarget>, secret = SECRET) =>
  loginTo({ target: { engine: 'aurora-mysql', endpoint, database, ...target } } as unknown as CheckInput, async () => secret);

test('TLS is verified against the authorities of RDS, and the host name with it', async () => {
  const { ssl, ...login } = await loginFor({});
  expect(login).toEqual({ ...endpoint, user: 'reader', password: 'secret', database: 'shop' });
  expect(ssl).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' });
  expect((ssl.ca as string[]).length).toBeGreaterThan(50);
});

test('a database that is given goes before that of the secret, and none is made up', async () => {
  expect(await loginFor({ database: { ...database, database: 'other' } })).toMatchObject({ database: 'other' });
  expect(await loginFor({}, '{"username":"reader","password":"secret"}')).not.toHaveProperty('database');
});

test.each(['mysql', 'aurora-mysql', 'mariadb', undefined])('engine %s is taken', async (engine) => {
  await expect(loginFor({ engine })).resolves.toMatchObject({ user: 'reader' });
});

test.each<[string, Partial<RestoredTarget>, RegExp]>([
  ['another engine', { engine: 'aurora-postgresql' }, /^the engine is 'aurora-postgresql'/],
  ['no endpoint', { endpoint: undefined }, /no endpoint/],
  ['an address in the place of a host name', { endpoint: { host: '10.0.0.7', port: 3306 } }, /is an address/],
  ['an address of the newer kind', { endpoint: { host: '::1', port: 3306 } }, /is an address/],
  ['no secret', { database: undefined }, /no secret is given/],
])('fails for %s', async (_what, target, message) => {
  await expect(loginFor(target)).rejects.toThrow(message);
});
