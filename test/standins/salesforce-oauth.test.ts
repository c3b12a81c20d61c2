import { afterEach, beforeEach, expect, test } from 'vitest';
import { authorizeAndReturn } from './salesforce/browser.ts';
import { OAUTH_ERRORS, REFUSALS } from './salesforce/faults.ts';
import { type Salesforce, startSalesforce } from './salesforce/server.ts';
import { CALLBACK, authorizeUrl, codeOf, grantOf, logIn, restOf, token } from './salesforce-client.ts';

let salesforce: Salesforce;
let now = Date.parse('2026-03-01T10:00:00Z');
beforeEach(async () => {
  salesforce = await startSalesforce({ now: () => now });
});
afterEach(() => salesforce.close());

const authorize = (changes: Record<string, string> = {}) => salesforce.authorizeInBrowser(authorizeUrl(salesforce, changes));

test('a code is good once, with its verifier, its secret and its redirect URI', async () => {
  const grant = grantOf(await codeOf(salesforce));
  expect((await token(salesforce, { ...grant, code_verifier: 'w'.repeat(64) })).body).toMatchObject({ error: 'invalid_grant' });
  expect((await token(salesforce, { ...grant, client_secret: 'wrong' })).body).toMatchObject({ error: 'invalid_client' });
  expect((await token(salesforce, { ...grant, client_id: 'wrong' })).body).toMatchObject({ error: 'invalid_client_id' });
  expect((await token(salesforce, { ...grant, redirect_uri: 'x:' })).body).toMatchObject({ error: 'redirect_uri_mismatch' });
  expect((await token(salesforce, grant)).body).toMatchObject({
    token_type: 'Bearer',
    instance_url: salesforce.url,
    scope: 'api refresh_token offline_access',
    id: `${salesforce.url}/id/${salesforce.orgId}/${salesforce.user.id}`,
  });
  expect(await token(salesforce, grant)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('a code expires', async () => {
  const code = await codeOf(salesforce);
  now += 16 * 60_000;
  expect((await token(salesforce, grantOf(code))).body).toEqual({
    error: 'invalid_grant',
    error_description: 'expired authorization code',
  });
});

test.each([
  ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['no PKCE', { code_challenge: '' }, 'invalid_request'],
  ['a challenge of the wrong length', { code_challenge: 'short' }, 'invalid_request'],
  ['no code', { response_type: 'token' }, 'unsupported_response_type'],
  ['a scope that is none', { scope: 'api everything' }, 'invalid_scope'],
])('%s goes back to the callback as %s', async (_, changes, error) => {
  const { location } = await authorize(changes);
  expect(location).toContain(`${CALLBACK}?error=${error}`);
  expect(location).toContain('state=s1');
});

test('an unknown app and an unknown callback are told on a page, for there is nowhere to go back to', async () => {
  const unknown = await authorize({ client_id: 'other' });
  expect(unknown).toMatchObject({ location: null, page: expect.stringContaining('invalid_client_id') as string });
  salesforce.app.redirectUris = ['https://elsewhere.example/callback'];
  const mismatch = await authorize();
  expect(mismatch).toMatchObject({ location: null, page: expect.stringContaining('redirect_uri_mismatch') as string });
});

test.each(Object.entries(REFUSALS))('the org refuses: %s', async (_, refusal) => {
  salesforce.org.refusal = refusal;
  const { location } = await authorize();
  const answered = new URL(location ?? 'none:').searchParams;
  expect(answered.get('error')).toBe(refusal.error);
  expect(answered.get('error_description')).toBe(refusal.description);
});

test('a person logs in, with the right password, and may refuse', async () => {
  expect((await salesforce.authorizeInBrowser(authorizeUrl(salesforce), 'deny')).location).toContain('error=access_denied');
  const shown = await fetch(authorizeUrl(salesforce));
  const page = await shown.text();
  expect(page).toContain('<form method="post" action="/services/oauth2/authorize/login">');
  const form = new URLSearchParams(new URL(authorizeUrl(salesforce)).searchParams);
  form.set('username', salesforce.user.username);
  form.set('pw', 'guess');
  const again = await fetch(`${salesforce.url}/services/oauth2/authorize/login`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  expect(await again.text()).toContain('check your username and password');
  const decide = await fetch(`${salesforce.url}/services/oauth2/authorize/decide`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  expect([decide.status, decide.headers.get('location')]).toEqual([200, null]);
});

test('what the page repeats is escaped', async () => {
  const state = '"><script>alert(1)</script>';
  const page = await (await fetch(authorizeUrl(salesforce, { state }))).text();
  expect(page).not.toContain('<script>');
  const { location } = await authorize({ state });
  expect(new URL(location ?? 'none:').searchParams.get('state')).toBe(state);
});

test('the browser goes on to the callback', async () => {
  const { createServer } = await import('node:http');
  const relay = createServer((request, response) => response.end(`got ${request.url}`));
  await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done));
  const { port } = relay.address() as { port: number };
  const url = authorizeUrl(salesforce, { redirect_uri: `http://127.0.0.1:${port}/oauth/salesforce/callback` });
  const returned = await authorizeAndReturn(url);
  expect(returned).toMatchObject({
    status: 200,
    page: expect.stringMatching(/^got \/oauth\/salesforce\/callback\?code=.*state=s1/) as string,
  });
  await new Promise((done) => relay.close(done));
});

test('a refresh token that was rotated is dead; one that comes again ends everything, unless the app is lenient', async () => {
  salesforce.app.revokeOnReuse = false;
  const first = (await token(salesforce, grantOf(await codeOf(salesforce)))).body;
  const refresh = (refresh_token: string) => token(salesforce, { grant_type: 'refresh_token', refresh_token });
  const second = (await refresh(first.refresh_token)).body;
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(await refresh(first.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect((await refresh(second.refresh_token)).status).toBe(200);
  salesforce.app.rotateRefreshTokens = false;
  const kept = (await token(salesforce, grantOf(await codeOf(salesforce)))).body;
  const answer = (await refresh(kept.refresh_token)).body;
  expect(answer).not.toHaveProperty('refresh_token');
  expect((await refresh(kept.refresh_token)).status).toBe(200);
  salesforce.app.revokeOnReuse = true;
  await refresh(first.refresh_token);
  expect((await refresh(kept.refresh_token)).status).toBe(400);
});

test('without offline access there is no refresh token', async () => {
  const { body } = await token(salesforce, grantOf(await codeOf(salesforce, { scope: 'api' })));
  expect(body).not.toHaveProperty('refresh_token');
});

test('revoking a refresh token ends its sessions', async () => {
  const { access_token, refresh_token } = (await token(salesforce, grantOf(await codeOf(salesforce)))).body;
  const revoke = (what: string) =>
    fetch(`${salesforce.url}/services/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token: what }) });
  expect((await revoke(refresh_token)).status).toBe(200);
  expect((await revoke(refresh_token)).status).toBe(400);
  expect((await restOf(salesforce, access_token)('/limits')).status).toBe(401);
});

test('userinfo and identity say who it is, to those who have a session', async () => {
  const accessToken = await logIn(salesforce);
  const ask = (path: string, bearer: string) =>
    fetch(`${salesforce.url}${path}`, { headers: { authorization: `Bearer ${bearer}` } });
  for (const path of ['/services/oauth2/userinfo', `/id/${salesforce.orgId}/${salesforce.user.id}`]) {
    expect(await (await ask(path, accessToken)).json()).toMatchObject({
      user_id: salesforce.user.id,
      organization_id: salesforce.orgId,
      preferred_username: salesforce.user.username,
    });
    expect((await ask(path, 'nobody')).status).toBe(403);
  }
});

test('a session that is used stays, one that is not ends', async () => {
  const rest = restOf(salesforce, await logIn(salesforce));
  for (let hour = 0; hour < 4; hour++) {
    now += 3_600_000;
    expect((await rest('/limits')).status).toBe(200);
  }
  now += 2 * 3_600_000;
  expect(await rest('/limits')).toMatchObject({ status: 401, body: [{ errorCode: 'INVALID_SESSION_ID' }] });
});

test('the token endpoint fails as it is told to', async () => {
  for (const answer of Object.values(OAUTH_ERRORS)) {
    salesforce.faults.add({ path: '/services/oauth2/token', answer });
    expect(await token(salesforce, grantOf('x'))).toMatchObject({ status: 400, body: (answer as { body: unknown }).body });
  }
  expect(salesforce.faults.waiting()).toBe(0);
});

test('login and instance may have different addresses', async () => {
  const other = await startSalesforce({ instanceHost: 'localhost' });
  const { body } = await token(other, grantOf(await codeOf(other)));
  expect(new URL(body.instance_url).hostname).toBe('localhost');
  expect(new URL(body.id).hostname).toBe('127.0.0.1');
  await other.close();
});
