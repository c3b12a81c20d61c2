import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorizeUrl, challengeOf, exchangeCode, newVerifier, refreshTokens, revoke } from '../../relay/salesforce/oauth.ts';
import { explainOauthError } from '../../relay/salesforce/oauth-errors.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { failure } from './support.ts';

let salesforce: Salesforce;
beforeAll(async () => {
  salesforce = await startSalesforce();
});
afterAll(() => salesforce.close());

const CALLBACK = 'http://127.0.0.1:1/oauth/salesforce/callback';
const app = () => ({
  loginUrl: salesforce.url,
  clientId: salesforce.app.clientId,
  clientSecret: salesforce.app.clientSecret,
  timeoutMs: 5_000,
  checkHost: () => undefined,
});

async function codeFor(verifier: string): Promise<string> {
  const url = authorizeUrl({
    loginUrl: salesforce.url,
    clientId: salesforce.app.clientId,
    callbackUrl: CALLBACK,
    state: 'st4te',
    challenge: challengeOf(verifier),
  });
  const { location } = await salesforce.authorizeInBrowser(url);
  const back = new URL(location ?? '');
  expect(back.searchParams.get('state')).toBe('st4te');
  return back.searchParams.get('code') ?? '';
}

test('a verifier has a length and an alphabet that RFC 7636 allows, and is never the same', () => {
  expect(newVerifier()).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
  expect(newVerifier()).not.toBe(newVerifier());
  // RFC 7636, appendix B.
  expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
});

test('the authorize URL asks for the scopes and carries the challenge with its method', () => {
  const url = new URL(
    authorizeUrl({
      loginUrl: 'https://meddevice.my.salesforce.com',
      clientId: 'key',
      callbackUrl: CALLBACK,
      state: 's',
      challenge: 'c',
    }),
  );
  expect(url.origin + url.pathname).toBe('https://meddevice.my.salesforce.com/services/oauth2/authorize');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'key',
    redirect_uri: CALLBACK,
    scope: 'api refresh_token offline_access',
    state: 's',
    code_challenge: 'c',
    code_challenge_method: 'S256',
  });
});

test('a code becomes tokens once', async () => {
  const verifier = newVerifier();
  const code = await codeFor(verifier);
  const tokens = await exchangeCode({ ...app(), callbackUrl: CALLBACK, code, verifier });
  expect(tokens.instanceUrl).toBe(salesforce.url);
  expect(tokens.scopes).toEqual(['api', 'refresh_token', 'offline_access']);
  expect(tokens.identityUrl).toContain(`/id/${salesforce.org.orgId}/`);
  expect(salesforce.org.sessions.valid(tokens.accessToken)).not.toBeNull();
  const again = await failure(exchangeCode({ ...app(), callbackUrl: CALLBACK, code, verifier }));
  expect(again).toMatchObject({ kind: 'refused', code: 'invalid_grant' });
  expect(explainOauthError(again.code ?? '', again.message).code).toBe('code_expired');
});

test.each([
  ['another verifier', { verifier: newVerifier() }, 'invalid_code_verifier'],
  ['another callback', { callbackUrl: 'http://127.0.0.1:1/other' }, 'redirect_uri_mismatch'],
  ['a wrong secret', { clientSecret: 'wrong' }, 'invalid_client'],
  ['a wrong key', { clientId: 'wrong' }, 'wrong_environment'],
])('a code with %s is refused, and explained', async (_, change, code) => {
  const verifier = newVerifier();
  const asked = { ...app(), callbackUrl: CALLBACK, code: await codeFor(verifier), verifier, ...change };
  const error = await failure(exchangeCode(asked));
  expect(error.kind).toBe('refused');
  expect(explainOauthError(error.code ?? '', error.message).code).toBe(code);
});

test('a token answer without a refresh token is refused, because the connection would end within hours', async () => {
  salesforce.org.faults.add({
    path: '/token',
    answer: { kind: 'status', status: 200, body: { access_token: 'a', instance_url: salesforce.url } },
  });
  const error = await failure(exchangeCode({ ...app(), callbackUrl: CALLBACK, code: 'c', verifier: 'v' }));
  expect(error).toMatchObject({ kind: 'refused', code: 'no_refresh_token' });
});

test('the host that Salesforce names for the org is checked before it is used', async () => {
  const { refreshToken } = salesforce.org.sessions.issue('api refresh_token', true);
  const evil = { access_token: 'a', refresh_token: 'r', instance_url: 'http://10.0.0.1' };
  salesforce.org.faults.add({ path: '/token', answer: { kind: 'status', status: 200, body: evil } });
  const checkHost = (url: string): void => {
    if (!url.startsWith(salesforce.url)) throw new Error(`${url} is not allowed`);
  };
  expect((await failure(refreshTokens({ ...app(), checkHost }, refreshToken ?? ''))).message).toContain('not allowed');
});

test.each([
  ['revoked', { error: 'invalid_grant', error_description: 'expired access/refresh token' }, 400, 'reauthorize'],
  [
    'the app was blocked',
    { error: 'OAUTH_APP_ACCESS_DENIED', error_description: 'user is not admin approved' },
    400,
    'reauthorize',
  ],
  ['too many logins', { error: 'invalid_grant', error_description: 'login rate exceeded' }, 400, 'retry'],
  ['an outage', '<html>down</html>', 503, 'retry'],
  ['a proxy', '<html>no</html>', 404, 'retry'],
  ['something else', { error: 'unsupported_response_type', error_description: 'x' }, 400, 'refused'],
])('a refresh that fails with: %s', async (_, body, status, kind) => {
  salesforce.org.faults.add({ path: '/token', answer: { kind: 'status', status, body } });
  expect(await failure(refreshTokens(app(), 'whatever'))).toMatchObject({ kind });
});

test('a redirect of the token endpoint is not followed', async () => {
  salesforce.org.faults.add({
    path: '/token',
    answer: { kind: 'status', status: 302, body: '', headers: { location: 'http://127.0.0.1:9/steal' } },
  });
  expect(await failure(refreshTokens(app(), 'r'))).toMatchObject({ kind: 'refused', code: 'REDIRECTED' });
});

test('revoking ends the access tokens too', async () => {
  const { accessToken, refreshToken } = salesforce.org.sessions.issue('api refresh_token', true);
  await revoke(app(), refreshToken ?? '');
  expect(salesforce.org.sessions.valid(accessToken)).toBeNull();
  expect((await failure(revoke(app(), refreshToken ?? ''))).message).toContain('not supported');
});
