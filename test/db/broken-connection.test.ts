import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import { openPostgres } from '../../relay/db/connect.ts';
import { type Proxy, startProxy } from '../faults/proxy.ts';

const url = process.env['TEST_DATABASE_URL'];
let proxy: Proxy | null = null;
beforeAll(async () => {
  if (url) proxy = await startProxy({ host: new URL(url).hostname, port: Number(new URL(url).port || 5432) });
});
afterAll(() => proxy?.close());

test('a connection that breaks between two statements of a transaction fails the transaction, not the process', async () => {
  if (!url || !proxy) return expect(url).toBeUndefined();
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String(proxy.port);
  const heard: string[] = [];
  const database = openPostgres(own.toString(), { onError: (error) => heard.push(error.message) });
  const cut = proxy.cut;
  const transaction = database.db.transaction().execute(async (trx) => {
    await sql`select 1`.execute(trx);
    cut();
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await sql`select 2`.execute(trx);
  });
  await expect(transaction).rejects.toThrow();
  expect((await sql<{ n: number }>`select 3 as n`.execute(database.db)).rows).toEqual([{ n: 3 }]);
  await database.close();
});
