/** Every row of the table of signals, and every silent death, over real sockets. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FaultKind } from '../../relay/salesforce/faults.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { ERRORS } from '../standins/salesforce/faults.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { ACCOUNTS, CASES, type Followed, follow, onlyQuick } from './stream-support.ts';
import { failure, sessionOf, until } from './support.ts';

let salesforce: Salesforce;
let session: Session;
let followed: Followed[] = [];

beforeEach(async () => {
  salesforce = await startSalesforce({ connectTimeoutMs: 150 });
  for (const event of ['CaseChangeEvent', 'AccountChangeEvent']) {
    salesforce.org.bus.members.push({ id: `0v8${event.slice(0, 12)}`, channel: 'ChangeEvents', event });
  }
  session = sessionOf(salesforce).session;
});
afterEach(async () => {
  await Promise.all(followed.map(({ subscription }) => subscription.stop()));
  followed = [];
  await session.close();
  await salesforce.close();
});

function following(...[channels, changes, from]: [string[], Parameters<typeof follow>[2]?, Record<string, string>?]): Followed {
  const made = follow(session, channels, changes, from);
  followed.push(made);
  return made;
}

const insert = (subject: string): string => salesforce.db.insert('Case', { Subject: subject });
const refreshes = (): number => salesforce.org.sessions.counts.refreshes;

/** A stream that streams, has stored one event, and recovers from the named kinds of faults only. */
async function running(...kinds: FaultKind[]): Promise<Followed> {
  const stream = following([CASES], { delays: onlyQuick(...kinds) });
  await stream.streaming();
  insert('first');
  await until(() => stream.events.length === 1, 'the first came');
  return stream;
}

/** A record that is made now is delivered, after whatever it takes, and the first is not repeated. */
async function recovers(stream: Followed): Promise<void> {
  insert('next');
  await until(() => stream.subjects().includes('next'), 'the next came');
  expect(stream.subjects()).toEqual(['first', 'next']);
}

const problems = (stream: Followed): (string | undefined)[] => stream.states.map((state) => state.problem?.code);

test('401 on a poll: one refresh, a new handshake, and on from the stored position', async () => {
  const stream = await running('unauthorized');
  const { handshakes } = salesforce.org.counters.cometd;
  salesforce.org.sessions.expireAccessTokens();
  await recovers(stream);
  expect(refreshes()).toBe(1);
  expect(salesforce.org.counters.cometd.handshakes).toBe(handshakes + 1);
});

test('the stream and the REST calls that meet the same expiry refresh once', async () => {
  const stream = await running('unauthorized');
  salesforce.org.sessions.expireAccessTokens();
  await Promise.all([1, 2, 3].map(() => session.request({ method: 'GET', path: '/limits' })));
  await recovers(stream);
  expect(refreshes()).toBe(1);
});

test('HTTP 401 with a body that is no Bayeux', async () => {
  const stream = await running('unauthorized');
  salesforce.cometd.faults.http401 = 1;
  await until(() => problems(stream).includes('stream_unauthorized'), 'it was noticed');
  await recovers(stream);
  expect(refreshes()).toBe(1);
});

test('a denied handshake whose reason is 401', async () => {
  salesforce.org.sessions.expireAccessTokens();
  const stream = await running('unauthorized');
  expect(refreshes()).toBe(1);
  expect(stream.states[0]).toMatchObject({ state: 'retrying', problem: { code: 'stream_unauthorized' } });
});

test.each([
  [
    '503 as the reason, although the error says 401',
    { error: '401::Authentication invalid', failureReason: '503::Server is too busy' },
    'busy',
  ],
  [
    'too many clients',
    { error: '403::Handshake denied', failureReason: '403::Organization concurrent user limit exceeded' },
    'busy',
  ],
  ['503 as the error', { error: '503::Server is too busy' }, 'busy'],
  ['denied without a reason', { error: '403::Handshake denied' }, 'forbidden'],
  ['an unknown client', { error: '403::Unknown client', reconnect: 'handshake' }, 'rehandshake'],
] as const)('a handshake is denied: %s', async (_, denied, kind) => {
  salesforce.cometd.faults.denyHandshake = { ...denied, times: 2 };
  const stream = await running(kind);
  await recovers(stream);
  expect(problems(stream)).toContain(`stream_${kind}`);
  // Nothing of this is the token's fault.
  expect(refreshes()).toBe(0);
});

test('an unknown client, as every three hours: handshake and subscribe again', async () => {
  const stream = await running('rehandshake');
  const { subscribes } = salesforce.org.counters.cometd;
  salesforce.cometd.forgetClients();
  await recovers(stream);
  expect(salesforce.org.counters.cometd.subscribes).toBe(subscribes + 1);
  expect(refreshes()).toBe(0);
});

test('a /meta/disconnect of the server, alone in its answer', async () => {
  const stream = await running('rehandshake');
  salesforce.cometd.disconnectClients();
  await recovers(stream);
});

test('a position that has aged out is reported, and what is retained is read', async () => {
  insert('old');
  const stale = String(salesforce.org.bus.newest());
  insert('aged out');
  salesforce.age(-1_000);
  insert('retained');
  const stream = following([CASES], {}, { [CASES]: stale });
  await until(() => stream.events.length === 1, 'what is retained came');
  expect(stream.subjects()).toEqual(['retained']);
  expect(stream.lost).toMatchObject([{ channel: CASES, message: expect.stringContaining('replayId') as string }]);
});

test('a position that ages out between two clients is noticed too, once', async () => {
  const stream = await running('rehandshake');
  insert('second');
  await until(() => stream.events.length === 2, 'the second came');
  salesforce.age(-1_000);
  insert('third');
  await until(() => stream.events.length === 3, 'the third came');
  // As if the third had not been stored.
  stream.stored.set(CASES, '17');
  salesforce.cometd.forgetClients();
  await until(() => stream.lost.length === 1, 'the loss was reported');
  await until(() => stream.subjects().filter((subject) => subject === 'third').length === 2, 'what is retained came again');
  salesforce.cometd.forgetClients();
  insert('fourth');
  await until(() => stream.subjects().includes('fourth'), 'the stream goes on');
  expect(stream.lost).toHaveLength(1);
});

test('a lost position is not reported again while nothing has been stored since', async () => {
  const stream = following([CASES], {}, { [CASES]: '17' });
  await stream.streaming();
  for (const handshakes of [1, 2, 3]) {
    salesforce.cometd.forgetClients();
    await until(() => salesforce.org.counters.cometd.handshakes > handshakes, 'a new client');
    await stream.subscription.subscribed(CASES);
  }
  expect(stream.lost).toHaveLength(1);
});

test('when the loss can not be dealt with, nothing is stored, and it is told again', async () => {
  const told: [string | null, number][] = [];
  insert('retained');
  const stream: Followed = following(
    [CASES],
    {
      onBegun: async (_channel, { refused }) => {
        told.push([refused, stream.events.length]);
        if (told.length === 1) throw new Error('the database is away');
      },
    },
    { [CASES]: '17' },
  );
  await until(() => stream.events.length === 1, 'what is retained came');
  const refusal: unknown = expect.stringContaining('replayId');
  expect(told).toEqual([
    [refusal, 0],
    [refusal, 0],
  ]);
});

test('a position that stays refused is told at each new client', async () => {
  let told = 0;
  const stream = following([CASES], { onBegun: async () => void (told += 1) }, { [CASES]: '17' });
  await stream.streaming();
  salesforce.cometd.forgetClients();
  await until(() => told === 2, 'it is told again');
});

test('the daily limit of events: it says so, waits, and goes on', async () => {
  salesforce.org.limits.eventsMax = 0;
  const stream = following([CASES], { delays: onlyQuick('daily_limit') });
  await until(() => problems(stream).includes('stream_daily_limit'), 'it says so');
  salesforce.org.limits.eventsMax = 1_000;
  await stream.streaming();
});

test('a channel that is refused is named with its remedy, the others go on, and it is asked for again', async () => {
  salesforce.org.access.withoutViewAll.add('Account');
  const stream = following([ACCOUNTS, CASES], { refusedForMs: 300 });
  expect(await failure(stream.subscription.subscribed(ACCOUNTS))).toMatchObject({ kind: 'refused', code: 'stream_forbidden' });
  await stream.subscription.subscribed(CASES);
  await until(() => stream.states.at(-1)?.state === 'streaming', 'the stream streams');
  expect(stream.states.at(-1)?.problem).toMatchObject({
    code: 'stream_forbidden',
    remedy: expect.stringContaining('View All Records') as string,
  });
  insert('a case');
  await until(() => stream.events.length === 1, 'the other channel brings its events');
  expect(await failure(stream.subscription.subscribed(ACCOUNTS))).toMatchObject({ code: 'stream_forbidden' });
  salesforce.org.access.withoutViewAll.clear();
  await until(() => stream.states.at(-1)?.problem === null, 'the refusal has passed');
  salesforce.db.insert('Account', { Name: 'Clinic' });
  await until(() => stream.events.length === 2, 'the channel brings its events');
});

test('when every channel is refused the stream does not say that it streams', async () => {
  salesforce.org.access.withoutViewAll.add('Case');
  const stream = following([CASES]);
  await until(() => stream.states.length > 0, 'it says something');
  expect(stream.states.at(-1)).toMatchObject({ state: 'retrying', problem: { code: 'stream_forbidden' } });
});

test.each([
  ['a restricted channel', '403::Restricted channel'],
  ['a request that was too large', '413::Maximum Request Size Exceeded'],
])('%s is refused for good', async (_, error) => {
  salesforce.cometd.faults.rejectSubscribe = { error, times: 1 };
  const stream = following([CASES]);
  expect(await failure(stream.subscription.subscribed(CASES))).toMatchObject({ kind: 'refused', code: 'stream_forbidden' });
});

test('a subscription that meets a busy server waits and comes back', async () => {
  salesforce.cometd.faults.rejectSubscribe = { error: '503::Server is too busy', times: 1 };
  await recovers(await running('busy'));
});

test('a refresh that fails for good stops the stream, keeps the position, and says what to do', async () => {
  const stream = await running('unauthorized');
  const position = stream.stored.get(CASES);
  salesforce.org.sessions.revokeRefreshTokens();
  await until(() => stream.states.at(-1)?.state === 'stopped', 'the stream has stopped');
  expect(stream.states.at(-1)?.problem).toMatchObject({
    code: 'stream_reauthorize',
    remedy: expect.stringContaining('Authorise') as string,
  });
  expect(await failure(stream.subscription.subscribed(CASES))).toMatchObject({ kind: 'reauthorize' });
  insert('while nobody listens');
  // A person authorises again: a new session goes on where the old one stopped.
  const again = sessionOf(salesforce).session;
  const next = follow(again, [CASES], {}, { [CASES]: position ?? '' });
  await until(() => next.events.length === 1, 'what was missed came');
  expect(next.subjects()).toEqual(['while nobody listens']);
  await next.subscription.stop();
  await again.close();
});

test('an org that refuses every fresh session is not refreshed without end', async () => {
  const stream = await running('unauthorized', 'network', 'busy');
  salesforce.cometd.faults.http401 = 1_000_000;
  await until(() => refreshes() >= 5, 'it has refreshed');
  await new Promise((done) => setTimeout(done, 300));
  expect(refreshes()).toBe(5);
  expect(stream.states.at(-1)?.state).toBe('retrying');
});

test('an org that stops answering polls is left after the watchdog, and found again', async () => {
  const stream = following([CASES], { watchdogMs: 300, connectTimeoutMs: 200, delays: onlyQuick('silent', 'network') });
  await stream.streaming();
  insert('first');
  await until(() => stream.events.length === 1, 'the first came');
  salesforce.cometd.faults.neverAnswer = true;
  await until(() => problems(stream).includes('stream_silent'), 'the silence was noticed');
  // Handshakes are not answered either: a time limit of their own.
  await until(() => problems(stream).includes('stream_network'), 'the handshake was given up');
  salesforce.cometd.faults.neverAnswer = false;
  await recovers(stream);
});

test('a subscription that is never answered is given up', async () => {
  salesforce.org.faults.add({ path: '/cometd', after: 1, times: 1, answer: { kind: 'never' } });
  const stream = following([CASES], { connectTimeoutMs: 200, delays: onlyQuick('network') });
  await stream.streaming();
  expect(problems(stream)).toContain('stream_network');
});

test.each([
  ['maintenance', ERRORS.maintenance, 'busy'],
  ['a bad gateway', { kind: 'status', status: 502, body: '<html>bad gateway</html>' }, 'network'],
  ['a page where Bayeux should be', { kind: 'status', status: 200, body: '<html>hello</html>' }, 'network'],
  [
    'an answer to something else',
    { kind: 'status', status: 200, body: [{ channel: '/meta/handshake', successful: true }] },
    'network',
  ],
  ['a reset', { kind: 'reset' }, 'network'],
  [
    'a redirect of an org that has moved',
    { kind: 'status', status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } },
    'unauthorized',
  ],
] as const)('%s on the stream', async (_, answer, kind) => {
  const stream = await running(kind);
  salesforce.org.faults.add({ path: '/cometd', answer });
  await until(() => problems(stream).includes(`stream_${kind}`), 'it was noticed');
  await recovers(stream);
});

test('an org that can not be reached at all is tried again, and the state says why', async () => {
  salesforce.org.faults.add({ path: '/', times: null, answer: { kind: 'reset' } });
  const stream = following([CASES], { delays: onlyQuick('network') });
  await until(() => problems(stream).includes('stream_network'), 'it says why');
  salesforce.org.faults.clear();
  await stream.streaming();
});

test('one client an org, whatever happened', async () => {
  const stream = await running('rehandshake', 'unauthorized', 'network');
  for (let round = 0; round < 5; round++) {
    const { handshakes } = salesforce.org.counters.cometd;
    salesforce.cometd.forgetClients();
    await until(() => salesforce.org.counters.cometd.handshakes > handshakes, 'a new client');
    await stream.subscription.subscribed(CASES);
  }
  await recovers(stream);
  expect(salesforce.cometd.clients()).toBe(1);
});
