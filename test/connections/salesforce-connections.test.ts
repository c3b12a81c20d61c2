import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  beginRefresh,
  giveUpRefresh,
  noteSalesforceStatus,
  salesforceConnection,
  salesforceCredentials,
  saveTokens,
} from '../../relay/connections/salesforce-connections.ts';
import { keyring } from '../../relay/connections/secrets.ts';
import type { Database } from '../../relay/db/connect.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { SALESFORCE, seedConnections } from '../support/rows.ts';

let database: Database;
const keys = keyring([{ id: 'k1', bytes: Buffer.alloc(32, 7) }]);
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
});
afterAll(() => database.close());

const turn = (by: string, forMs = 60_000): Promise<boolean> => beginRefresh(database.db, SALESFORCE, { by, forMs });
const tokens = { accessToken: 'access', refreshToken: 'refresh', instanceUrl: 'https://org.example' };
const save = (): Promise<void> => saveTokens(database.db, keys, SALESFORCE, tokens);

test('the turn to refresh is one relay’s, until it stores, gives up, or is taken for dead', async () => {
  expect([await turn('a'), await turn('b'), await turn('a')]).toEqual([true, false, true]);
  await giveUpRefresh(database.db, SALESFORCE, 'b');
  expect(await turn('b')).toBe(false);
  await giveUpRefresh(database.db, SALESFORCE, 'a');
  expect(await turn('b')).toBe(true);
  await save();
  expect(await turn('a', -1)).toBe(true);
  expect(await turn('b')).toBe(true);
  expect(await beginRefresh(database.db, 'gone', { by: 'a', forMs: 1 })).toBe(false);
});

test('fresh tokens prove that nobody need authorise anew', async () => {
  const problem = { code: 'invalid_grant', message: 'expired access/refresh token', remedy: 'Authorise it again.' };
  await noteSalesforceStatus(database.db, SALESFORCE, 'reauthorization_required', problem);
  await sql`update salesforce_connection set hold_until = 'infinity'`.execute(database.db);
  await save();
  expect(await salesforceConnection(database.db, SALESFORCE)).toMatchObject({ status: 'connected', problem: null });
  await noteSalesforceStatus(database.db, SALESFORCE, 'unreachable', problem);
  await save();
  expect(await salesforceConnection(database.db, SALESFORCE)).toMatchObject({ status: 'unreachable', problem });
});

test('what was saved is read', async () => {
  await sql`update salesforce_connection set client_secret = ${keys.seal('secret', `salesforce_connection/${SALESFORCE}/client_secret`)}`.execute(
    database.db,
  );
  await save();
  expect(await salesforceCredentials(database.db, keys, SALESFORCE)).toMatchObject({ ...tokens, clientSecret: 'secret' });
});
