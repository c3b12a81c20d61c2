/** The stand-in through the libraries that others use: what they take for Salesforce must be enough like it. */
import faye from 'faye';
import jsforce from 'jsforce';
import { StreamingExtension } from 'jsforce/lib/api/streaming.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Salesforce, startSalesforce } from './salesforce/server.ts';
import { CALLBACK, CHANNEL, VERIFIER, type Json, authorizeUrl, logIn, makeChannel, restOf } from './salesforce-client.ts';

let salesforce: Salesforce;
beforeEach(async () => {
  salesforce = await startSalesforce({ connectTimeoutMs: 1_000 });
});
afterEach(() => salesforce.close());

const connect = (accessToken: string, extra: object = {}) =>
  new jsforce.Connection({ instanceUrl: salesforce.url, accessToken, version: '66.0', ...extra });

async function until(fact: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!fact()) {
    if (Date.now() > deadline) throw new Error('It did not come true.');
    await new Promise((done) => setTimeout(done, 5));
  }
}

test('jsforce: the flow, a refresh on 401 with a rotated token', async () => {
  const { clientId, clientSecret } = salesforce.app;
  const oauth2 = new jsforce.OAuth2({ loginUrl: salesforce.url, clientId, clientSecret, redirectUri: CALLBACK });
  const { location } = await salesforce.authorizeInBrowser(authorizeUrl(salesforce));
  const connection = new jsforce.Connection({ oauth2, version: '66.0' });
  const code = new URL(location ?? 'none:').searchParams.get('code') ?? '';
  const user = await connection.authorize(code, { code_verifier: VERIFIER });
  expect(user).toMatchObject({ id: salesforce.user.id, organizationId: salesforce.orgId });
  expect(await connection.identity()).toMatchObject({ username: salesforce.user.username });
  const fresh: string[] = [];
  connection.on('refresh', (token: string) => fresh.push(token));
  salesforce.org.sessions.expireAccessTokens();
  expect((await connection.query('SELECT Id FROM User')).totalSize).toBe(1);
  expect(fresh).toHaveLength(1);
  expect(connection.limitInfo.apiUsage).toMatchObject({ limit: 100_000 });
});

test('jsforce: describe, retrieve, query to the end, write, Tooling', async () => {
  const connection = connect(await logIn(salesforce));
  expect((await connection.describe('Case')).fields.length).toBeGreaterThan(30);
  expect((await connection.describeGlobal()).sobjects.map((each) => each.name)).toContain('CaseChangeEvent');
  const ids = salesforce.db.insertMany(
    'Case',
    Array.from({ length: 2_100 }, (_, n) => ({ Subject: `Case ${n}` })),
  );
  const found = await connection.sobject('Case').retrieve(ids.slice(0, 3), { fields: ['Id', 'Subject'] } as object);
  expect(found.map((record: Json) => record.Subject)).toEqual(['Case 0', 'Case 1', 'Case 2']);
  const all = await connection.query('SELECT Id, Owner.Name FROM Case', { autoFetch: true, maxFetch: 5_000 });
  expect(all.records).toHaveLength(2_100);
  const made = (await connection.sobject('Account').create({ Name: 'Clinic' })) as Json;
  expect(made.success).toBe(true);
  await connection.sobject('Account').update({ Id: made.id, Name: 'Clinic 7' });
  expect(salesforce.db.get('Account', made.id as string)?.values['Name']).toBe('Clinic 7');
  await connection.sobject('Account').destroy(made.id as string);
  await expect(connection.sobject('Account').retrieve(made.id as string)).rejects.toMatchObject({
    errorCode: 'ENTITY_IS_DELETED',
  });
  const channel = { FullName: 'ZenQMS__chn', Metadata: { channelType: 'data', label: 'ZenQMS' } };
  expect(await connection.tooling.sobject('PlatformEventChannel').create(channel as object)).toMatchObject({ success: true });
  await expect(connection.tooling.sobject('PlatformEventChannel').create(channel as object)).rejects.toMatchObject({
    errorCode: 'DUPLICATE_DEVELOPER_NAME',
  });
  await expect(connection.query('SELECT Nope FROM Case')).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' });
});

test('jsforce: events by its own streaming client, from a replay id on', async () => {
  const accessToken = await logIn(salesforce);
  await makeChannel(restOf(salesforce, accessToken), 'CaseChangeEvent');
  salesforce.db.insert('Case', { Subject: 'before' });
  const got: Json[] = [];
  const extension = new StreamingExtension.Replay(CHANNEL, -2);
  const client = connect(accessToken).streaming.createClient([extension]) as Json;
  const subscription = client.subscribe(CHANNEL, (message: Json) => got.push(message));
  await until(() => got.length === 1);
  salesforce.db.insert('Case', { Subject: 'after' });
  await until(() => got.length === 2);
  expect(got.map((message) => message.payload.Subject)).toEqual(['before', 'after']);
  subscription.cancel();
  await client.disconnect();
});

test('faye: cookies, long polls and batches as its client expects them; a forgotten client comes back', async () => {
  const accessToken = await logIn(salesforce);
  await makeChannel(restOf(salesforce, accessToken), 'CaseChangeEvent');
  const client = new (faye as Json).Client(`${salesforce.url}/cometd/66.0`, { timeout: 5 });
  client.disable('websocket');
  client.setHeader('Authorization', `OAuth ${accessToken}`);
  const got: string[] = [];
  client.subscribe(CHANNEL, (message: Json) => got.push(message.payload.Subject as string));
  await until(() => salesforce.counters.cometd.subscribes === 1 && salesforce.counters.cometd.connects >= 2);
  salesforce.db.insertMany('Case', [{ Subject: 'a' }, { Subject: 'b' }]);
  await until(() => got.length === 2);
  salesforce.cometd.forgetClients();
  await until(() => salesforce.counters.cometd.subscribes === 2 && salesforce.counters.cometd.connects >= 4);
  salesforce.db.insert('Case', { Subject: 'c' });
  await until(() => got.length === 3);
  expect(got).toEqual(['a', 'b', 'c']);
  await client.disconnect();
  client._dispatcher?.close();
});
