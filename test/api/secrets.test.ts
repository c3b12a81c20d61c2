/** Goes through everything that handles a secret, then searches the database's files, the logs and the answers for each of them. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rotateKeys } from '../../relay/connections/rotate.ts';
import { salesforceCredentials } from '../../relay/connections/salesforce-connections.ts';
import { SecretUnreadable, keyring } from '../../relay/connections/secrets.ts';
import { zenqmsCredentials } from '../../relay/connections/zenqms-connections.ts';
import { type Database, openPGlite } from '../../relay/db/connect.ts';
import { migrate } from '../../relay/db/migrate.ts';
import { ADMIN_TOKEN, type ApiUnderTest, apiUnderTest, draft, seedConnections } from './relay.ts';
import { GOOD_CODE, GOOD_TOKEN, SECOND_TOKEN } from './fakes.ts';

let directory = '';
let database: Database;
let api: ApiUnderTest;
const key = randomBytes(32);
const answers: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-secrets-'));
  database = await openPGlite(directory);
  await migrate(database.db);
  api = await apiUnderTest((services) => services, { database, key, answered: (answer) => void answers.push(answer.text) });
});
afterAll(async () => {
  await api.close();
  await rm(directory, { recursive: true });
});

async function filesHolding(needles: ReadonlyMap<string, string>): Promise<string[]> {
  const found: string[] = [];
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = await readFile(join(entry.parentPath, entry.name));
    bytes += content.length;
    for (const [name, needle] of needles) if (content.includes(needle)) found.push(`${name} in ${entry.name}`);
  }
  expect(bytes).toBeGreaterThan(1_000_000);
  return found;
}

test('no secret stands anywhere in the clear, and every one opens again after its key was changed', async () => {
  const { salesforce, zenqms } = await seedConnections(api);
  await api.call('PATCH', `/api/v1/salesforce/connections/${salesforce}`, {
    body: { clientSecret: 'changed-client-secret-0002' },
  });
  await api.call('PATCH', `/api/v1/zenqms/connections/${zenqms}`, { body: { apiToken: SECOND_TOKEN } });
  await api.call('POST', '/api/v1/zenqms/connections', {
    body: { name: 'x', baseUrl: 'https://public-api.zenqms.com', apiToken: 'refused-token-0003' },
  });
  await api.call('POST', '/api/v1/salesforce/connections', {
    body: { name: 'x', clientId: 'c', loginUrl: 'https://evil.example', clientSecret: 'refused-secret-0004' },
  });
  await api.call('POST', '/api/v1/salesforce/connections', {
    body: { name: 'x', clientSecret: 'secret in a wrong body 0005', surprise: 1 },
  });
  const { body: token } = await api.call('POST', '/api/v1/tokens', { body: { name: 'Dashboard', role: 'viewer' } });
  answers.pop(); // The one answer that may show it.
  await api.call('GET', '/api/v1/integrations', { token: token.token });
  await api.call('GET', '/api/v1/integrations', { token: 'a-wrong-token-of-somebody-0006' });
  await api.call('POST', '/api/v1/integrations', { body: draft({ salesforce, zenqms }) });
  const pending = await api.call('POST', `/api/v1/salesforce/connections/${salesforce}/authorize`);
  answers.pop(); // Its URL holds the state, which is meant for the browser.
  const state = new URL(pending.body.authorizeUrl).searchParams.get('state') ?? '';
  for (const path of ['salesforce/connections', 'zenqms/connections', 'integrations', 'tokens', 'audit', `integrations/x`])
    await api.call('GET', `/api/v1/${path}`);

  const secrets = new Map([
    ['ADMIN_TOKEN', ADMIN_TOKEN],
    ['client secret', 'client-secret-0001'],
    ['changed client secret', 'changed-client-secret-0002'],
    ['refresh token', 'refresh-token-of-the-org'],
    ['access token', 'access-token-of-the-org'],
    ['ZenQMS token', GOOD_TOKEN],
    ['second ZenQMS token', SECOND_TOKEN],
    ['refused ZenQMS token', 'refused-token-0003'],
    ['refused client secret', 'refused-secret-0004'],
    ['secret in a wrong body', 'secret in a wrong body 0005'],
    ['API token', token.token as string],
    ['wrong API token', 'a-wrong-token-of-somebody-0006'],
    ['authorisation code', GOOD_CODE],
    ['verifier', api.world.exchanged[0]?.verifier ?? '?'],
    ['pending state', state],
    ['encryption key', key.toString('base64')],
    ['encryption key, hex', key.toString('hex')],
  ]);
  const logs = JSON.stringify(api.logged);
  expect(logs).toContain('createSalesforceConnection');
  for (const [name, secret] of secrets) {
    expect({ name, inLogs: logs.includes(secret) }).toEqual({ name, inLogs: false });
    expect({ name, inAnswers: answers.some((text) => text.includes(secret)) }).toEqual({ name, inAnswers: false });
  }

  const next = keyring([
    { id: 'k2', bytes: randomBytes(32) },
    { id: 'k1', bytes: key },
  ]);
  const { db } = database;
  expect(await rotateKeys(db, next)).toEqual({ resealed: 6, current: 0 });
  expect(await rotateKeys(db, next)).toEqual({ resealed: 0, current: 6 });
  expect(await salesforceCredentials(db, next, salesforce)).toMatchObject({
    clientSecret: 'changed-client-secret-0002',
    refreshToken: 'refresh-token-of-the-org',
  });
  expect(await zenqmsCredentials(db, next, zenqms)).toMatchObject({ apiToken: SECOND_TOKEN });
  await expect(zenqmsCredentials(db, api.keys, zenqms)).rejects.toThrow(SecretUnreadable);

  await api.database.close();
  expect(await filesHolding(secrets)).toEqual([]);
  // The search itself can find: the name of the connection is there.
  expect((await filesHolding(new Map([['name', 'Complaints from Cases']]))).length).toBeGreaterThan(0);
});
