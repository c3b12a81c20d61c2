import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SalesforceCredentials } from '../../relay/model/connection.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { ERRORS } from '../standins/salesforce/faults.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { credentialsOf, failure, sessionOf, until } from './support.ts';

let salesforce: Salesforce;
const open: Session[] = [];
beforeEach(async () => {
  salesforce = await startSalesforce();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
  await salesforce.close();
});

function opened(changes: Parameters<typeof sessionOf>[1] = {}): ReturnType<typeof sessionOf> {
  const made = sessionOf(salesforce, changes);
  open.push(made.session);
  return made;
}

const limits = { method: 'GET', path: '/limits' } as const;
const refreshes = (): number => salesforce.org.sessions.counts.refreshes;

test('speaks the newest version that both sides know, and asks for it once', async () => {
  const { session } = opened();
  await Promise.all([session.request(limits), session.request(limits)]);
  expect(await session.version()).toBe('66.0');
  expect(salesforce.org.counters.byPath['GET /services/data']).toBe(1);
  salesforce.org.versions = ['58.0', '64.0'];
  expect(await opened().session.version()).toBe('64.0');
});

test('a failure to learn the version is not kept', async () => {
  const { session } = opened();
  salesforce.org.faults.add({ path: '/services/data', answer: ERRORS.maintenance });
  expect(await failure(session.version())).toMatchObject({ kind: 'retry' });
  expect(await session.version()).toBe('66.0');
});

test('follows Sforce-Limit-Info', async () => {
  const { session } = opened();
  expect(session.apiUsage()).toBeNull();
  salesforce.org.limits.apiUsedElsewhere = 41;
  await session.request(limits);
  expect(session.apiUsage()).toEqual({ used: 42, limit: 100_000 });
});

test('ten calls that meet an expired session refresh it once, and store the rotated token before they use it', async () => {
  let stored = false;
  const { session, saved } = opened({
    saveTokens: async (tokens) => {
      await new Promise((done) => setTimeout(done, 20));
      stored = true;
      saved.push(tokens);
    },
  });
  const used: boolean[] = [];
  await session.version();
  salesforce.org.sessions.expireAccessTokens();
  const valid = salesforce.org.sessions.valid.bind(salesforce.org.sessions);
  salesforce.org.sessions.valid = (token) => {
    const known = valid(token);
    if (known) used.push(stored);
    return known;
  };
  await Promise.all(Array.from({ length: 10 }, () => session.request(limits)));
  expect(refreshes()).toBe(1);
  expect(saved).toHaveLength(1);
  expect(used).toHaveLength(10);
  expect(used.every((was) => was)).toBe(true);
  salesforce.org.sessions.expireAccessTokens();
  await session.request(limits);
  expect(refreshes()).toBe(2);
  expect(saved[1]?.refreshToken).not.toBe(saved[0]?.refreshToken);
});

test('a stream and a call that are refused with the same token refresh once', async () => {
  const { session } = opened();
  await session.version();
  const old = await session.accessToken();
  salesforce.org.sessions.expireAccessTokens();
  const [token] = await Promise.all([session.refresh(old), session.request(limits)]);
  expect(token).not.toBe(old);
  expect(await session.refresh(old)).toBe(token);
  expect(refreshes()).toBe(1);
});

test('without an access token one is fetched first', async () => {
  const { session } = opened({ credentials: credentialsOf(salesforce, { accessToken: null }) });
  await session.request(limits);
  expect(refreshes()).toBe(1);
  expect(session.scopes()).toEqual(['api', 'refresh_token']);
  expect(session.identityUrl()).toContain('/id/');
});

test('new tokens that could not be stored are not used, and stored by the next call', async () => {
  let broken = true;
  const { session, saved } = opened({
    saveTokens: async (tokens) => {
      if (broken) throw new Error('the database is away');
      saved.push(tokens);
    },
  });
  await session.version();
  salesforce.org.sessions.expireAccessTokens();
  expect(await failure(session.request(limits))).toMatchObject({ kind: 'retry', code: 'TOKENS_NOT_SAVED' });
  broken = false;
  await session.request(limits);
  expect(refreshes()).toBe(1);
  expect(saved).toHaveLength(1);
});

test('a refresh that fails for good is told to everybody and not repeated', async () => {
  const { session } = opened();
  await session.version();
  salesforce.org.sessions.revokeRefreshTokens();
  const failures = await Promise.all([1, 2, 3].map(() => failure(session.request(limits))));
  expect(failures.map((error) => error.kind)).toEqual(['reauthorize', 'reauthorize', 'reauthorize']);
  expect(await failure(session.request(limits))).toMatchObject({ kind: 'reauthorize', code: 'invalid_grant' });
  expect(await failure(session.refresh(await session.accessToken()))).toMatchObject({ kind: 'reauthorize' });
  expect(refreshes()).toBe(1);
});

test('a token endpoint that is down means waiting, and is asked again', async () => {
  const { session } = opened();
  await session.version();
  salesforce.org.sessions.expireAccessTokens();
  salesforce.org.faults.add({ path: '/token', answer: ERRORS.maintenance });
  expect(await failure(session.request(limits))).toMatchObject({ kind: 'retry' });
  await session.request(limits);
  expect(refreshes()).toBe(1);
});

test('an org that refuses every fresh session is not refreshed without end', async () => {
  const { session } = opened();
  await session.version();
  salesforce.org.faults.add({ path: '/limits', times: null, answer: ERRORS.sessionExpired });
  for (let call = 0; call < 20; call++) expect(await failure(session.request(limits))).toMatchObject({ kind: 'retry' });
  expect(refreshes()).toBeLessThanOrEqual(5);
  expect(await failure(session.request(limits))).toMatchObject({ code: 'REFRESH_LIMIT', retryAfterMs: 60_000 });
});

test('a request is repeated at the address to which the org has moved', async () => {
  const old = createServer((_, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify([{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]));
  });
  await new Promise<void>((done) => old.listen(0, '127.0.0.1', done));
  const instanceUrl = `http://127.0.0.1:${(old.address() as AddressInfo).port}`;
  const { session, saved } = opened({ credentials: credentialsOf(salesforce, { instanceUrl }) });
  await session.request(limits);
  expect(session.instanceUrl()).toBe(salesforce.url);
  expect(saved[0]?.instanceUrl).toBe(salesforce.url);
  await new Promise((done) => old.close(done));
});

test('what another relay has stored is used instead of a refresh', async () => {
  const first = credentialsOf(salesforce);
  let store: SalesforceCredentials = first;
  const { session } = opened({ credentials: first, reload: async () => store });
  await session.version();
  salesforce.org.sessions.expireAccessTokens();
  store = credentialsOf(salesforce);
  await session.request(limits);
  expect(refreshes()).toBe(0);
  expect(await session.accessToken()).toBe(store.accessToken);
});

/** Relays on one store, each of which takes its turn as the database has it. */
function relays() {
  const shared = credentialsOf(salesforce);
  const store = { tokens: shared, turn: null as string | null, saving: Promise.resolve() };
  const relay = (name: string) =>
    opened({
      credentials: shared,
      reload: async () => store.tokens,
      beginRefresh: async () => {
        if (store.turn !== null && store.turn !== name) return false;
        store.turn = name;
        return true;
      },
      giveUpRefresh: async () => {
        if (store.turn === name) store.turn = null;
      },
      raceWaitsMs: [5, 20, 50, 100],
      saveTokens: async ({ accessToken, refreshToken }) => {
        await store.saving;
        store.tokens = { ...store.tokens, accessToken, refreshToken };
        store.turn = null;
      },
    }).session;
  return { store, relay };
}

test('two relays that refresh at once with rotation: one does, the other takes what it stores', async () => {
  const { store, relay } = relays();
  const [one, two] = [relay('one'), relay('two')];
  await Promise.all([one.version(), two.version()]);
  salesforce.org.sessions.expireAccessTokens();
  await Promise.all([one.request(limits), two.request(limits)]);
  expect(refreshes()).toBe(1);
  expect(await one.accessToken()).toBe(store.tokens.accessToken);
  expect(await two.accessToken()).toBe(store.tokens.accessToken);
});

test('a token that another relay has sent is not sent again, however long that one takes to store the next', async () => {
  const { store, relay } = relays();
  const [frozen, other] = [relay('frozen'), relay('other')];
  await Promise.all([frozen.version(), other.version()]);
  salesforce.org.sessions.expireAccessTokens();
  const thaw = Promise.withResolvers<void>();
  store.saving = thaw.promise;
  const asked = frozen.request(limits);
  await until(() => refreshes() === 1, 'it has sent it');
  // Waiting is no refresh: it does not count towards their limit.
  for (let tries = 0; tries < 6; tries += 1)
    expect(await failure(other.request(limits))).toMatchObject({ kind: 'retry', code: 'REFRESHED_ELSEWHERE' });
  thaw.resolve();
  await asked;
  await other.request(limits);
  expect(refreshes()).toBe(1);
});

test('a refresh that brought nothing ends its turn, and so does one that was not needed any more', async () => {
  const { store, relay } = relays();
  const one = relay('one');
  await one.version();
  salesforce.org.sessions.expireAccessTokens();
  salesforce.org.faults.add({ path: '/services/oauth2/token', answer: ERRORS.maintenance });
  expect(await failure(one.request(limits))).toMatchObject({ kind: 'retry' });
  expect(store.turn).toBeNull();
  const fresh = credentialsOf(salesforce);
  store.turn = 'two';
  const waiting = one.request(limits);
  await until(() => refreshes() === 0, 'nothing was sent');
  store.tokens = fresh;
  store.turn = null;
  await waiting;
  expect(store.turn).toBeNull();
  expect(refreshes()).toBe(0);
});

test.each([
  ['the daily limit', ERRORS.requestLimit, { kind: 'limit', code: 'REQUEST_LIMIT_EXCEEDED' }],
  ['an unwell server', ERRORS.unavailable, { kind: 'retry', code: 'SERVER_UNAVAILABLE' }],
  ['maintenance', ERRORS.maintenance, { kind: 'retry', code: 'HTTP_503' }],
  [
    'too many at once',
    {
      kind: 'status',
      status: 429,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'ConcurrentRequests' }],
      headers: { 'retry-after': '7' },
    },
    { kind: 'limit', retryAfterMs: 7_000 },
  ],
  [
    'a malformed query',
    { kind: 'status', status: 400, body: [{ errorCode: 'MALFORMED_QUERY', message: 'x' }] },
    { kind: 'refused', code: 'MALFORMED_QUERY' },
  ],
  ['a timed-out query', { kind: 'status', status: 400, body: [{ errorCode: 'QUERY_TIMEOUT', message: 'x' }] }, { kind: 'retry' }],
  [
    'a page instead of JSON',
    { kind: 'status', status: 200, body: '<html>hello</html>', headers: { 'content-type': 'text/html' } },
    { kind: 'retry', code: 'NOT_JSON' },
  ],
  [
    'a redirect',
    { kind: 'status', status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } },
    { kind: 'refused', code: 'REDIRECTED' },
  ],
  ['a reset', { kind: 'reset' }, { kind: 'retry', code: 'UNREACHABLE' }],
  [
    'a session that is good for nothing here',
    {
      kind: 'status',
      status: 401,
      body: [{ errorCode: 'INVALID_SESSION_ID', message: 'This session is not valid for use with the REST API' }],
    },
    { kind: 'refused', code: 'INVALID_SESSION_ID' },
  ],
] as const)('%s', async (_, answer, expected) => {
  const { session } = opened();
  await session.version();
  salesforce.org.faults.add({ path: '/limits', answer });
  expect(await failure(session.request(limits))).toMatchObject(expected);
  const before = salesforce.org.counters.byPath['GET /services/data/v66.0/limits'];
  expect(before).toBe(1); // jsforce's own retries are off.
});

test('an org that never answers is left after the time limit', async () => {
  const { session } = opened({ timeoutMs: 1_500 });
  await session.version();
  salesforce.org.faults.add({ path: '/limits', answer: { kind: 'never' } });
  expect(await failure(session.request(limits))).toMatchObject({ kind: 'retry', code: 'TIMEOUT' });
});

test('the host is checked at every use', async () => {
  const asked: string[] = [];
  const { session } = opened({
    checkHost: (url) => {
      asked.push(new URL(url).pathname);
      if (url.includes('/limits')) throw new Error('not on the list');
    },
  });
  expect(await failure(session.request(limits))).toMatchObject({ kind: 'refused', code: 'HOST_NOT_ALLOWED' });
  expect(asked).toContain('/services/data');
  expect(salesforce.org.counters.byPath['GET /services/data/v66.0/limits']).toBeUndefined();
});

test('an absolute path can never lead to another host', async () => {
  const { session } = opened();
  const error = await failure(session.request({ method: 'GET', path: 'http://127.0.0.1:9/services/data/v66.0/nothing' }));
  expect(error).toMatchObject({ kind: 'refused', code: 'NOT_FOUND' });
});
