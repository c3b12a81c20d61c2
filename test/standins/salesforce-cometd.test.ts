import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMETD_ERRORS } from './salesforce/cometd.ts';
import { type Salesforce, type SalesforceOptions, startSalesforce } from './salesforce/server.ts';
import { CHANNEL, type Json, type Rest, addMember, bayeux, logIn, makeChannel, restOf, streaming } from './salesforce-client.ts';

let salesforce: Salesforce;
let token: string;
let rest: Rest;
let now = Date.parse('2026-03-01T10:00:00Z');
beforeEach(() => start());
afterEach(() => salesforce.close());

async function start(options: SalesforceOptions = {}): Promise<void> {
  salesforce = await startSalesforce({ connectTimeoutMs: 200, now: () => now, ...options });
  token = await logIn(salesforce);
  rest = restOf(salesforce, token);
  await makeChannel(rest, 'CaseChangeEvent');
}

const insert = (...subjects: string[]): string[] => subjects.map((Subject) => salesforce.db.insert('Case', { Subject }));
const subjectsOf = (messages: Json[]): string[] => messages.map((message) => message.data.payload.Subject);
const idsOf = (messages: Json[]): number[] => messages.map((message) => message.data.event.replayId);

test('the handshake has its extensions and no advice; the first connect has', async () => {
  const client = await bayeux(salesforce, token);
  expect(client.hello).toEqual({
    ext: { replay: true, 'payload.format': true },
    minimumVersion: '1.0',
    clientId: expect.any(String) as string,
    supportedConnectionTypes: ['long-polling'],
    channel: '/meta/handshake',
    version: '1.0',
    successful: true,
  });
  expect(await client.connect()).toMatchObject([{ successful: true, advice: { interval: 0, timeout: 200, reconnect: 'retry' } }]);
  const [second] = await client.connect();
  expect(second).not.toHaveProperty('advice');
  expect(second.successful).toBe(true);
});

test('a waiting connect is answered as soon as there is something, the events before the reply', async () => {
  await salesforce.close();
  await start({ connectTimeoutMs: 60_000 });
  const client = await streaming(salesforce, token);
  const waiting = client.connect();
  insert('a', 'b');
  expect((await waiting).map((message) => message.channel)).toEqual([CHANNEL, CHANNEL, '/meta/connect']);
});

test('an answer has so many events and no more; the rest comes with the next', async () => {
  await salesforce.close();
  await start({ batch: 2 });
  const client = await streaming(salesforce, token);
  insert('a', 'b', 'c', 'd', 'e');
  expect(subjectsOf(await client.events())).toEqual(['a', 'b']);
  expect(subjectsOf(await client.events())).toEqual(['c', 'd']);
  expect(subjectsOf(await client.events())).toEqual(['e']);
});

test('replay: what is new, from an id, all that is retained; ids rise and have holes', async () => {
  insert(...'abcdefgh');
  const all = await (await streaming(salesforce, token, CHANNEL, -2)).events();
  const ids = idsOf(all);
  expect(subjectsOf(all)).toEqual([...'abcdefgh']);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(ids.at(-1)! - ids[0]!).toBeGreaterThan(7);
  expect(subjectsOf(await (await streaming(salesforce, token, CHANNEL, ids[5])).events())).toEqual(['g', 'h']);
  expect(await (await streaming(salesforce, token, CHANNEL, ids.at(-1))).events()).toEqual([]);
  expect(await (await streaming(salesforce, token, CHANNEL, -1)).events()).toEqual([]);
});

test.each([
  ['one that never was', () => 99],
  ['one of the future', () => 9_999_999_999],
  ['text', () => String(idsOfRetained()[1])],
  ['null', () => null],
  ['one that aged out', () => idsOfRetained()[0]],
])('a replay id that is no good: %s', async (_, idOf) => {
  insert('a');
  const stale = idsOfRetained();
  now += 73 * 3_600_000;
  insert('b', 'c');
  const id = idOf === undefined ? stale[0] : idOf();
  const client = await bayeux(salesforce, await logIn(salesforce));
  const wanted = _ === 'one that aged out' ? stale[0] : id;
  const answer = await client.subscribe(CHANNEL, wanted);
  expect(answer).toMatchObject({ successful: false, subscription: CHANNEL });
  expect(answer.error).toBe(
    `400::The replayId {${String(wanted)}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`,
  );
});

const idsOfRetained = (): number[] => [...salesforce.org.bus.after(0)].map((each) => each.replayId);

test('after the org has moved, old ids mean nothing', async () => {
  insert('a');
  const [id] = idsOfRetained();
  salesforce.org.bus.migrate(100);
  const client = await bayeux(salesforce, token);
  expect((await client.subscribe(CHANNEL, id)).error).toMatch(/^400::The replayId/);
});

test('who drops a cookie is unknown', async () => {
  const client = await bayeux(salesforce, token);
  expect(await client.connect({ cookies: false })).toMatchObject([
    { channel: '/meta/connect', successful: false, error: '403::Unknown client', advice: { reconnect: 'handshake' } },
  ]);
});

test('a client is forgotten: its route expired, it was away for too long, or the server did it', async () => {
  const unknown = [{ error: '403::Unknown client', advice: { reconnect: 'handshake', interval: 0 } }];
  const away = await streaming(salesforce, token);
  now += 41_000;
  expect(await away.connect()).toMatchObject(unknown);
  const forgotten = await streaming(salesforce, token);
  const before = salesforce.counters.cometd.connects;
  const waiting = forgotten.connect();
  await seen(() => salesforce.counters.cometd.connects > before);
  salesforce.cometd.forgetClients();
  expect(await waiting).toMatchObject(unknown);
  const routed = await streaming(salesforce, token);
  for (let minutes = 0; minutes < 180; minutes += 0.5) {
    now += 30_000;
    if (minutes % 30 === 0) expect(await routed.connect()).toMatchObject([{ successful: true }]);
    else await routed.post([{ channel: '/meta/unsubscribe', clientId: routed.hello.clientId, subscription: '/data/x__chn' }]);
  }
  expect(await routed.connect()).toMatchObject(unknown);
});

async function seen(fact: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!fact()) {
    if (Date.now() > deadline) throw new Error('It did not come true.');
    await new Promise((done) => setTimeout(done, 2));
  }
}

test('a session that ended: the connect says so, and the next handshake', async () => {
  const client = await streaming(salesforce, token);
  const waiting = client.connect();
  await seen(() => salesforce.counters.cometd.connects === 2);
  salesforce.org.sessions.expireAccessTokens();
  salesforce.cometd.endSessions();
  expect(await waiting).toMatchObject([
    { channel: '/meta/connect', error: '401::Authentication invalid', advice: { reconnect: 'none', interval: 0 } },
  ]);
  expect((await bayeux(salesforce, token)).hello).toMatchObject({
    successful: false,
    error: '403::Handshake denied',
    advice: { reconnect: 'none' },
    ext: { sfdc: { failureReason: '401::Authentication invalid' } },
  });
  expect((await bayeux(salesforce, '')).hello.ext.sfdc.failureReason).toBe('401::Request requires authentication');
});

test('handshakes fail as they are told to', async () => {
  salesforce.org.limits.cometdClients = 0;
  expect((await bayeux(salesforce, token)).hello.ext.sfdc.failureReason).toBe(COMETD_ERRORS.concurrentUsers);
  const busy = { failureReason: COMETD_ERRORS.busy, error: '401::Authentication invalid', times: 1 };
  salesforce.cometd.faults.denyHandshake = busy;
  expect((await bayeux(salesforce, token)).hello).toMatchObject({
    error: '401::Authentication invalid',
    ext: { sfdc: { failureReason: COMETD_ERRORS.busy } },
  });
});

test('connects and subscribes fail as they are told to', async () => {
  const client = await bayeux(salesforce, token);
  salesforce.cometd.faults.failConnect = { error: COMETD_ERRORS.unknownClient402, reconnect: 'handshake', times: 1 };
  expect(await client.connect()).toMatchObject([{ error: '402::Unknown client', advice: { reconnect: 'handshake' } }]);
  for (const error of [COMETD_ERRORS.restricted, COMETD_ERRORS.dailyLimit, COMETD_ERRORS.tooLarge]) {
    salesforce.cometd.faults.rejectSubscribe = { error, times: 1 };
    expect(await client.subscribe(CHANNEL)).toMatchObject({ successful: false, error });
  }
  expect(await client.subscribe(CHANNEL)).toMatchObject({ successful: true });
  salesforce.cometd.faults.rejectConnects = 1;
  expect(await client.connect()).toMatchObject([{ error: '401::Authentication invalid' }]);
});

test('channels that are none', async () => {
  const client = await bayeux(salesforce, token);
  const error = async (channel: string) => (await client.subscribe(channel)).error as string;
  expect(await error('/data/KnowledgeNote__ChangeEvent')).toMatch(/^400::The channel you requested/);
  expect(await error('/data/Other__chn')).toMatch(/^400::The channel you requested/);
  expect(await error('data/x')).toMatch(/^400::Channel subscriptions must start/);
  expect(await error('/meta/connect')).toBe(COMETD_ERRORS.restricted);
  expect(await error('')).toBe('400::Channel name not specified');
});

test('without View All a custom channel drops silently, a single-entity channel refuses', async () => {
  await addMember(rest, 'AccountChangeEvent');
  salesforce.access.withoutViewAll.add('Case');
  const client = await streaming(salesforce, token);
  expect((await client.subscribe('/data/CaseChangeEvent')).error).toBe(COMETD_ERRORS.notAllowed);
  insert('unseen');
  salesforce.db.insert('Account', { Name: 'seen' });
  expect((await client.events()).map((each) => each.data.payload.Name)).toEqual(['seen']);
});

test('permissions count from the next subscription on', async () => {
  salesforce.access.withoutViewAll.add('Case');
  const client = await streaming(salesforce, token);
  salesforce.access.withoutViewAll.clear();
  insert('still unseen');
  expect(await client.events()).toEqual([]);
  await client.subscribe(CHANNEL);
  insert('seen');
  expect(subjectsOf(await client.events())).toEqual(['seen']);
});

test('hidden fields are not in the event', async () => {
  salesforce.access.hiddenFields.add('Case.Priority').add('Contact.FirstName');
  await addMember(rest, 'ContactChangeEvent');
  const client = await streaming(salesforce, token);
  const [id = ''] = insert('a');
  salesforce.db.update('Case', id, { Priority: 'High', Status: 'Working' });
  salesforce.db.insert('Contact', { FirstName: 'Ada', LastName: 'Ito' });
  const [, updated, person] = (await client.events()).map((each) => each.data.payload);
  expect(updated).not.toHaveProperty('Priority');
  expect(updated.ChangeEventHeader.changedFields).toEqual(['Status', 'LastModifiedDate']);
  expect(person.Name).toEqual({ LastName: 'Ito' });
});

test('no member, no events, ever', async () => {
  salesforce.db.insert('Account', { Name: 'before' });
  await addMember(rest, 'AccountChangeEvent');
  salesforce.db.insert('Account', { Name: 'after' });
  const client = await streaming(salesforce, token, CHANNEL, -2);
  expect((await client.events()).map((each) => each.data.payload.Name)).toEqual(['after']);
});

test('each subscriber is counted; when the allowance is used up nothing comes any more', async () => {
  salesforce.org.limits.eventsMax = 5;
  const [one, two] = [await streaming(salesforce, token), await streaming(salesforce, token)];
  insert('a', 'b', 'c');
  expect(subjectsOf(await one.events())).toHaveLength(3);
  expect(subjectsOf(await two.events())).toHaveLength(2);
  expect(salesforce.counters.eventsDelivered).toBe(5);
  expect((await one.subscribe(CHANNEL)).error).toBe(COMETD_ERRORS.dailyLimit);
  expect((await rest('/limits')).body.DailyDeliveredPlatformEvents).toEqual({ Max: 5, Remaining: 0 });
  salesforce.org.limits.eventsMax = 10;
  expect(subjectsOf(await two.events())).toEqual(['c']);
});

test('a channel and its own entity channel both bring the event', async () => {
  const client = await streaming(salesforce, token);
  await client.subscribe('/data/CaseChangeEvent');
  insert('a');
  expect((await client.events()).map((each) => each.channel).toSorted()).toEqual(['/data/CaseChangeEvent', CHANNEL]);
});

test('platform events come on their own channel', async () => {
  const client = await streaming(salesforce, token, '/event/Alarm__e');
  salesforce.publish('Alarm__e', { RecordId__c: 'x' });
  expect(await client.events()).toMatchObject([{ channel: '/event/Alarm__e', data: { payload: { RecordId__c: 'x' } } }]);
});

test('the server says good-bye, with what was due', async () => {
  const client = await streaming(salesforce, token);
  const waiting = client.connect();
  await seen(() => salesforce.counters.cometd.connects === 2);
  salesforce.cometd.disconnectClients();
  expect((await waiting).map((message) => message.channel)).toEqual(['/meta/disconnect']);
  expect(await client.connect()).toMatchObject([{ error: '403::Unknown client' }]);
});

test('silence: connects go on and nothing comes', async () => {
  const client = await streaming(salesforce, token);
  salesforce.cometd.faults.silent = true;
  insert('a');
  expect(await client.connect()).toMatchObject([{ channel: '/meta/connect', successful: true }]);
  salesforce.cometd.faults.silent = false;
  expect(subjectsOf(await client.events())).toEqual(['a']);
});

test('HTTP trouble: a 401 that is no Bayeux, an answer cut off, none at all', async () => {
  const client = await streaming(salesforce, token);
  salesforce.cometd.faults.http401 = 1;
  expect(await client.connect()).toEqual([{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]);
  salesforce.cometd.faults.truncate = 1;
  insert('lost with the answer');
  await expect(client.events()).rejects.toThrow();
  expect(await client.events()).toEqual([]);
  salesforce.faults.add({ path: '/cometd', answer: { kind: 'reset' } });
  await expect(client.connect()).rejects.toThrow();
});

test('a second connect takes the place of the first', async () => {
  await salesforce.close();
  await start({ connectTimeoutMs: 60_000 });
  const client = await streaming(salesforce, token);
  const first = client.connect();
  await seen(() => salesforce.counters.cometd.connects === 2);
  const second = client.connect();
  expect(await first).toMatchObject([{ channel: '/meta/connect', successful: true }]);
  insert('a');
  expect((await second).map((message) => message.channel)).toEqual([CHANNEL, '/meta/connect']);
});

test('the protocol is kept: versions, methods, sizes, connection types', async () => {
  const post = (path: string, body: string) =>
    fetch(`${salesforce.url}${path}`, { method: 'POST', body, headers: { authorization: `OAuth ${token}` } });
  expect([(await post('/cometd', '[]')).status, (await post('/cometd/12.0', '[]')).status]).toEqual([400, 400]);
  expect((await post('/cometd/66.0', '{')).status).toBe(400);
  expect((await post('/cometd/66.0', JSON.stringify([{ filler: 'x'.repeat(33_000) }]))).status).toBe(413);
  expect((await fetch(`${salesforce.url}/cometd/66.0`)).status).toBe(400);
  const socket = JSON.stringify([{ channel: '/meta/handshake', supportedConnectionTypes: ['websocket'] }]);
  expect(await (await post('/cometd/66.0/handshake', socket)).json()).toMatchObject([{ error: '400::Invalid connection type' }]);
  const client = await bayeux(salesforce, token);
  const [refused] = await client.post([
    { channel: '/meta/connect', clientId: client.hello.clientId, connectionType: 'websocket' },
  ]);
  expect(refused.error).toMatch(/^400::Invalid connection type/);
  const [published] = await client.post([{ channel: CHANNEL, clientId: client.hello.clientId, data: {} }]);
  expect(published.error).toBe(COMETD_ERRORS.restricted);
});
