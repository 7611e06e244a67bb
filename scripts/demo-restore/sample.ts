import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Server } from './server';

const SAMPLE = join(__dirname, '..', '..', 'test', 'integ', 'fixtures', 'sample-shop.sql');
/** Share of a million rows. */
const SCALE = 0.1;
export const DATABASE = 'shop';

/** Fills a server with a shop of 24 tables, and with orders of the last hour. */
export async function fill(server: Server, readerPassword: string, progress: (done: number, of: number) => void): Promise<number> {
  const admin = await server.connect();
  await admin.query(`create database ${DATABASE}`);
  await admin.query(`create role verifier login password '${readerPassword}'`);
  await admin.query('grant pg_read_all_data to verifier');
  await admin.end();
  const client = await server.connect(DATABASE);
  const script = readFileSync(SAMPLE, 'utf8')
    .replace(/^\\.*$/gm, '')
    .replaceAll(':scale', String(SCALE));
  const statements = script.split(/;\s*\n/).filter((statement) => statement.trim() !== '');
  for (const [index, statement] of statements.entries()) {
    await client.query(statement);
    progress(index + 1, statements.length);
  }
  await client.query('reset session_replication_role');
  await client.query(`insert into sales.orders (customer_id, status, created_at)
    select n, 'new', now() - n * interval '10 seconds' from generate_series(1, 300) n`);
  await client.query('create extension amcheck');
  await client.query('grant execute on all functions in schema public to verifier');
  await client.query('analyze');
  const { rows } = await client.query(`select sum(n_live_tup)::int as rows from pg_stat_user_tables`);
  await client.end();
  return rows[0].rows;
}

/** What a bug does: customers go, and nobody looks for their orders. */
export async function orphan(server: Server): Promise<number> {
  const client = await server.connect(DATABASE);
  await client.query('set session_replication_role = replica');
  const { rowCount } = await client.query('delete from sales.customers where id % 50 = 7');
  await client.end();
  return rowCount ?? 0;
}

/** The file that the payments lie in, below the folder of the server. */
export async function fileOfPayments(server: Server): Promise<string> {
  const client = await server.connect(DATABASE);
  await client.query('checkpoint');
  const { rows } = await client.query("select pg_relation_filepath('sales.payments') as path");
  await client.end();
  return rows[0].path;
}
