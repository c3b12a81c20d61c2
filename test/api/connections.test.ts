import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { salesforceCredentials, noteSalesforceStatus } from '../../relay/connections/salesforce-connections.ts';
import { SalesforceError } from '../../relay/model/salesforce.ts';
import { GOOD_CODE, GOOD_TOKEN, OTHER_ACCOUNT_TOKEN, SECOND_TOKEN } from './fakes.ts';
import { type ApiUnderTest, type Answer, apiUnderTest, draft, seedConnections } from './relay.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await apiUnderTest();
});
beforeEach(() => api.reset());
afterAll(() => api.close());

const BASE = '/api/v1/salesforce/connections';
const ORG_BODY = {
  name: 'Org',
  loginUrl: 'https://login.salesforce.com/',
  clientId: 'client-id',
  clientSecret: 'client-secret-0001',
};
const makeOrg = (changes: object = {}): Promise<Answer> => api.call('POST', BASE, { body: { ...ORG_BODY, ...changes } });
const stateOf = (url: string): string => new URL(url).searchParams.get('state') ?? '';
const callback = (query: Record<string, string>): Promise<Answer> =>
  api.call('GET', `/oauth/salesforce/callback?${new URLSearchParams(query)}`, { token: null });

describe('a Salesforce connection', () => {
  test('is stored without its secret being shown, and says where to authorise', async () => {
    const { status, body, text } = await makeOrg();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'Org',
      loginUrl: 'https://login.salesforce.com',
      clientId: 'client-id',
      status: 'awaiting_authorization',
      callbackUrl: `${api.url}/oauth/salesforce/callback`,
      org: null,
      user: null,
      limits: null,
    });
    expect(text).not.toContain('client-secret');
    const query = new URL(body.authorizeUrl).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      client_id: 'client-id',
      redirect_uri: body.callbackUrl,
      code_challenge_method: 'S256',
      scope: 'api refresh_token offline_access',
    });
    expect(query.get('state')).toMatch(/^[\w-]{43}$/);
    expect(query.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });

  test('is connected by its callback, with the verifier of its challenge', async () => {
    const { body } = await makeOrg();
    const page = await callback({ code: GOOD_CODE, state: stateOf(body.authorizeUrl) });
    expect(page.status).toBe(200);
    expect(page.text).toContain('Connected');
    expect(page.text).toContain('Acme Devices');
    const [exchanged] = api.world.exchanged;
    const challenge = new URL(body.authorizeUrl).searchParams.get('code_challenge');
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(exchanged?.verifier ?? ''));
    expect(Buffer.from(digest).toString('base64url')).toBe(challenge);
    expect(exchanged).toMatchObject({ clientSecret: 'client-secret-0001', callbackUrl: body.callbackUrl });
    const shown = await api.call('GET', `${BASE}/${body.id}`);
    expect(shown.body).toMatchObject({
      status: 'connected',
      problem: null,
      org: { id: '00D000000000001EAA', name: 'Acme Devices', sandbox: false },
      user: { username: 'integration@acme.example' },
      limits: { apiUsed: 120, apiMax: 15000, eventsDelivered: 10, eventsMax: 10000 },
      stream: { state: 'streaming', positionAge: 3, hoursUntilLoss: 72 },
    });
    expect(await salesforceCredentials(api.database.db, api.keys, body.id)).toMatchObject({
      refreshToken: 'refresh-token-of-the-org',
      accessToken: 'access-token-of-the-org',
    });
    expect(api.world.connectionChanges).toContain(`salesforce ${body.id}`);
  });

  test('has limits null when the org does not say them', async () => {
    const ids = await seedConnections(api);
    api.world.fail.salesforce = new SalesforceError('retry', 'UNREACHABLE', 'away');
    expect((await api.call('GET', `${BASE}/${ids.salesforce}`)).body).toMatchObject({ status: 'connected', limits: null });
  });

  test.each([
    ['https://login.salesforce.com.evil.example', 'host_not_allowed'],
    ['http://login.salesforce.com', 'host_not_allowed'],
    ['http://127.0.0.1:1', 'host_not_allowed'],
    ['https://user:pw@login.salesforce.com', 'url_malformed'],
    ['nonsense', 'url_malformed'],
  ])('is refused with the login URL %s', async (loginUrl, code) => {
    const { status, body } = await makeOrg({ loginUrl });
    expect(status).toBe(422);
    expect(body.error.code).toBe(code);
    expect(body.error.details[0].path).toBe('loginUrl');
  });

  test('names what is listed in ALLOWED_HOSTS', async () => {
    expect((await makeOrg({ loginUrl: 'http://127.0.0.1:4999' })).status).toBe(201);
  });

  test('keeps its tokens when only its name changes, and loses and revokes them with another key', async () => {
    const { salesforce } = await seedConnections(api);
    const renamed = await api.call('PATCH', `${BASE}/${salesforce}`, { body: { name: 'Renamed', settings: { apiShare: 0.25 } } });
    expect(renamed.body).toMatchObject({ name: 'Renamed', status: 'connected', settings: { apiShare: 0.25, eventShare: 0.9 } });
    expect(api.world.revoked).toEqual([]);
    const other = await api.call('PATCH', `${BASE}/${salesforce}`, { body: { clientId: 'another-client' } });
    expect(other.body).toMatchObject({ clientId: 'another-client', status: 'awaiting_authorization' });
    expect(api.world.revoked).toEqual(['refresh-token-of-the-org']);
    expect(await salesforceCredentials(api.database.db, api.keys, salesforce)).toBeNull();
  });

  test('can not be deleted while an integration uses it; then its token is revoked', async () => {
    const ids = await seedConnections(api);
    const integration = await api.call('POST', '/api/v1/integrations', { body: draft(ids) });
    const refused = await api.call('DELETE', `${BASE}/${ids.salesforce}`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'in_use']);
    expect(api.world.revoked).toEqual([]);
    await api.call('DELETE', `/api/v1/integrations/${integration.body.id}`);
    expect((await api.call('DELETE', `${BASE}/${ids.salesforce}`)).status).toBe(204);
    expect(api.world.revoked).toEqual(['refresh-token-of-the-org']);
    expect((await api.call('GET', `${BASE}/${ids.salesforce}`)).status).toBe(404);
  });

  test('that needs a person can be authorised again, and goes on', async () => {
    const { salesforce } = await seedConnections(api);
    const problem = { code: 'token_revoked', message: 'The token was revoked.', remedy: 'Connect again.' };
    await noteSalesforceStatus(api.database.db, salesforce, 'reauthorization_required', problem);
    expect((await api.call('GET', `${BASE}/${salesforce}`)).body).toMatchObject({ status: 'reauthorization_required', problem });
    const again = await api.call('POST', `${BASE}/${salesforce}/authorize`);
    expect((await callback({ code: GOOD_CODE, state: stateOf(again.body.authorizeUrl) })).status).toBe(200);
    expect((await api.call('GET', `${BASE}/${salesforce}`)).body).toMatchObject({ status: 'connected', problem: null });
  });
});

describe('the callback', () => {
  test('takes a state once', async () => {
    const { body } = await makeOrg();
    const state = stateOf(body.authorizeUrl);
    expect((await callback({ code: 'wrong-code', state })).status).toBe(400);
    const second = await callback({ code: GOOD_CODE, state });
    expect(second.status).toBe(400);
    expect(second.text).toContain('used already');
    expect((await api.call('GET', `${BASE}/${body.id}`)).body.status).toBe('awaiting_authorization');
  });

  test('takes it once also when two come at the same moment', async () => {
    const { body } = await makeOrg();
    const state = stateOf(body.authorizeUrl);
    const pages = await Promise.all(Array.from({ length: 5 }, () => callback({ code: GOOD_CODE, state })));
    expect(pages.filter((page) => page.status === 200)).toHaveLength(1);
    expect(api.world.exchanged).toHaveLength(1);
  });

  test('takes it for ten minutes', async () => {
    const { body } = await makeOrg();
    const later = await api.call('POST', `${BASE}/${body.id}/authorize`, { body: {} });
    api.clock = new Date(api.clock.getTime() + 600_001);
    const page = await callback({ code: GOOD_CODE, state: stateOf(later.body.authorizeUrl) });
    expect([page.status, page.text.includes('ten minutes')]).toEqual([400, true]);
    expect(api.world.exchanged).toHaveLength(0);
  });

  test('knows no other state, and none at all', async () => {
    expect((await callback({ code: GOOD_CODE, state: 'made-up' })).status).toBe(400);
    expect((await callback({ code: GOOD_CODE })).status).toBe(400);
    expect((await callback({})).status).toBe(400);
    expect(api.world.exchanged).toHaveLength(0);
  });

  test('says what went wrong and what to do, and leaves it with the connection', async () => {
    const { body } = await makeOrg();
    const page = await callback({
      error: 'OAUTH_APPROVAL_ERROR_GENERIC',
      error_description: 'app must be installed into org',
      state: stateOf(body.authorizeUrl),
    });
    expect(page.status).toBe(400);
    expect(page.text).toContain('What to do about OAUTH_APPROVAL_ERROR_GENERIC');
    expect((await api.call('GET', `${BASE}/${body.id}`)).body).toMatchObject({
      status: 'awaiting_authorization',
      problem: { code: 'OAUTH_APPROVAL_ERROR_GENERIC', remedy: 'What to do about OAUTH_APPROVAL_ERROR_GENERIC' },
    });
  });

  test('does not make a working connection look broken', async () => {
    const { salesforce } = await seedConnections(api);
    const again = await api.call('POST', `${BASE}/${salesforce}/authorize`);
    await callback({ error: 'access_denied', state: stateOf(again.body.authorizeUrl) });
    expect((await api.call('GET', `${BASE}/${salesforce}`)).body).toMatchObject({ status: 'connected', problem: null });
  });

  test('asks for the scope api', async () => {
    const { body } = await makeOrg();
    api.world.scopes = ['refresh_token'];
    const page = await callback({ code: GOOD_CODE, state: stateOf(body.authorizeUrl) });
    expect([page.status, page.text.includes('invalid_scope')]).toEqual([400, true]);
    expect((await api.call('GET', `${BASE}/${body.id}`)).body.status).toBe('awaiting_authorization');
  });

  test('sends no token to an instance that may not be called', async () => {
    const { body } = await makeOrg();
    api.world.instanceUrl = 'https://evil.example';
    const page = await callback({ code: GOOD_CODE, state: stateOf(body.authorizeUrl) });
    expect(page.status).toBe(400);
    expect(page.text).toContain('evil.example');
    expect(await salesforceCredentials(api.database.db, api.keys, body.id)).toBeNull();
  });

  test('lets no other org in under integrations that exist', async () => {
    const ids = await seedConnections(api);
    await api.call('POST', '/api/v1/integrations', { body: draft(ids) });
    api.world.org = { ...api.world.org, id: '00D000000000099EAA', name: 'Another Org' };
    const again = await api.call('POST', `${BASE}/${ids.salesforce}/authorize`);
    const page = await callback({ code: GOOD_CODE, state: stateOf(again.body.authorizeUrl) });
    expect(page.status).toBe(400);
    expect(page.text).toContain('Another Org');
    expect((await api.call('GET', `${BASE}/${ids.salesforce}`)).body.org.name).toBe('Acme Devices');
  });

  test('escapes everything, runs nothing, loads nothing', async () => {
    const { body } = await makeOrg({ name: '<script>alert(1)</script>' });
    const page = await callback({
      error: '<script>alert(2)</script>',
      error_description: '"><img src=x onerror=alert(3)>',
      state: stateOf(body.authorizeUrl),
    });
    expect(page.text).not.toMatch(/<script|<img/i);
    expect(page.text).toContain('&lt;script&gt;alert(2)&lt;/script&gt;');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    const style = /<style>([\s\S]*)<\/style>/.exec(page.text)?.[1] ?? '';
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))).toString('base64');
    expect(policy).toContain(hash);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('what can be chosen in an org', () => {
  test('objects, searched and paged', async () => {
    const { salesforce } = await seedConnections(api);
    const all = await api.call('GET', `${BASE}/${salesforce}/objects`);
    expect(all.body.data).toHaveLength(4);
    expect(all.body.next).toBeNull();
    const found = await api.call('GET', `${BASE}/${salesforce}/objects?search=COMPL`);
    expect(found.body.data).toEqual([{ name: 'Complaint__c', label: 'Complaint', custom: true, changeEvents: true }]);
    const first = await api.call('GET', `${BASE}/${salesforce}/objects?limit=3`);
    const rest = await api.call('GET', `${BASE}/${salesforce}/objects?limit=3&cursor=${first.body.next}`);
    expect([...first.body.data, ...rest.body.data]).toEqual(all.body.data);
    expect(rest.body.next).toBeNull();
  });

  test('an object with its fields, and where its title comes from', async () => {
    const { salesforce } = await seedConnections(api);
    const { body } = await api.call('GET', `${BASE}/${salesforce}/objects/case`);
    expect(body).toMatchObject({ name: 'Case', titleFallback: 'Subject' });
    expect(body.fields.find((field: { name: string }) => field.name === 'AccountId')).toEqual({
      name: 'AccountId',
      label: 'AccountId',
      type: 'reference',
      custom: false,
      relationshipName: 'Account',
      referenceTo: ['Account'],
    });
    expect((await api.call('GET', `${BASE}/${salesforce}/objects/Nothing__c`)).status).toBe(404);
    expect((await api.call('GET', `${BASE}/${salesforce}/objects/a%27%20or`)).status).toBe(404);
  });

  test.each([
    [new SalesforceError('reauthorize', 'invalid_grant', 'revoked'), 409, 'salesforce_not_connected'],
    [new SalesforceError('retry', 'UNREACHABLE', 'away', { retryAfterMs: 7_000 }), 503, 'salesforce_unavailable'],
    [new SalesforceError('limit', 'REQUEST_LIMIT_EXCEEDED', 'too many'), 503, 'salesforce_unavailable'],
    [new SalesforceError('refused', 'API_DISABLED_FOR_ORG', 'off'), 422, 'salesforce_refused'],
  ])('%s is answered so that a person can act', async (error, status, code) => {
    const { salesforce } = await seedConnections(api);
    api.world.fail.salesforce = error;
    const answer = await api.call('GET', `${BASE}/${salesforce}/objects`);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body.error.message).toContain(error.message);
    if (status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('preflight', async () => {
    const { salesforce } = await seedConnections(api);
    const good = await api.call('POST', `${BASE}/${salesforce}/preflight`, { body: { object: 'Case', fields: ['Subject'] } });
    expect(good.body).toMatchObject({ ok: true, checks: [{ status: 'pass' }, { name: 'field Subject' }] });
    expect((await api.call('POST', `${BASE}/${salesforce}/preflight`, { body: { object: 'Case' } })).status).toBe(200);
  });
});

describe('a ZenQMS connection', () => {
  const zenqms = '/api/v1/zenqms/connections';
  const make = (changes: object = {}): Promise<Answer> =>
    api.call('POST', zenqms, {
      body: { name: 'Account', baseUrl: 'https://public-api.zenqms.com', apiToken: GOOD_TOKEN, ...changes },
    });

  test('is stored after it was tried', async () => {
    const { status, body, text } = await make();
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'Account', baseUrl: 'https://public-api.zenqms.com', status: 'connected', problem: null });
    expect(text).not.toContain(GOOD_TOKEN);
    expect((await api.call('GET', zenqms)).body.data).toEqual([body]);
  });

  test('is refused with the scope that is missing', async () => {
    const { status, body } = await make({ apiToken: 'some-token-without-scopes' });
    expect(status).toBe(422);
    expect(body.error).toMatchObject({ code: 'missing_scope_users', details: [{ path: 'apiToken' }] });
    expect((await api.call('GET', zenqms)).body.data).toEqual([]);
  });

  test('shares the account with a second token of it, and with no other', async () => {
    const [one, two, other, sandbox] = [
      await make(),
      await make({ apiToken: SECOND_TOKEN }),
      await make({ apiToken: OTHER_ACCOUNT_TOKEN }),
      await make({ baseUrl: 'https://public-api-sandbox.zenqms.com' }),
    ];
    expect(two.body.accountId).toBe(one.body.accountId);
    expect(new Set([one, other, sandbox].map((answer) => answer.body.accountId)).size).toBe(3);
    const rows = await api.database.db.selectFrom('zenqms_connection').select('account_sample').execute();
    expect(JSON.stringify(rows)).not.toContain('acme.example');
    expect(JSON.stringify(rows)).not.toContain('user-1');
  });

  test('made twice at once is one account', async () => {
    const made = await Promise.all([make(), make({ apiToken: SECOND_TOKEN }), make()]);
    expect(new Set(made.map((answer) => answer.body.accountId)).size).toBe(1);
  });

  test('tries a change first, and does not send the stored token to another host', async () => {
    const { body } = await make();
    const path = `${zenqms}/${body.id}`;
    expect((await api.call('PATCH', path, { body: { apiToken: 'bad-token' } })).status).toBe(422);
    const moved = await api.call('PATCH', path, { body: { baseUrl: 'https://public-api-sandbox.zenqms.com' } });
    expect([moved.status, moved.body.error.code]).toEqual([422, 'api_token_needed']);
    expect((await api.call('GET', path)).body).toEqual(body);
    const good = await api.call('PATCH', path, { body: { name: 'New name', apiToken: SECOND_TOKEN } });
    expect(good.body).toMatchObject({ name: 'New name', accountId: body.accountId });
    expect(api.world.connectionChanges).toEqual([`zenqms ${body.id}`]);
  });

  test('is not deleted while an integration uses it', async () => {
    const ids = await seedConnections(api);
    const integration = await api.call('POST', '/api/v1/integrations', { body: draft(ids) });
    expect((await api.call('DELETE', `${zenqms}/${ids.zenqms}`)).status).toBe(409);
    await api.call('DELETE', `/api/v1/integrations/${integration.body.id}`);
    expect((await api.call('DELETE', `${zenqms}/${ids.zenqms}`)).status).toBe(204);
  });

  test('shows categories, fields and users', async () => {
    const { body } = await make();
    const path = `${zenqms}/${body.id}`;
    expect((await api.call('GET', `${path}/categories`)).body.data[0]).toEqual({
      id: 'cat-complaint',
      name: 'Complaint',
      key: 'COMPLAINT',
      state: 'active',
    });
    expect((await api.call('GET', `${path}/categories/cat-complaint/fields`)).body.data[0]).toEqual({
      id: 'field-priority',
      label: 'Priority',
      type: 'single_selection',
      required: true,
      options: ['High', 'Low'],
    });
    expect((await api.call('GET', `${path}/categories/nothing/fields`)).status).toBe(404);
    expect((await api.call('GET', `${path}/users?search=quality`)).body.data).toEqual([
      { id: 'user-1', name: 'Quality Manager', email: 'qm@acme.example', active: true },
    ]);
  });
});
