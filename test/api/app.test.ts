/** What holds for every request: who may, what a body must be, what an answer never says. */
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from './contract.ts';
import { endpoints } from './contract.ts';
import { ADMIN_TOKEN, type ApiUnderTest, apiUnderTest, draft, seedConnections } from './relay.ts';

let api: ApiUnderTest;
const breaks: { error: Error | null } = { error: null };
beforeAll(async () => {
  api = await apiUnderTest((services) => ({
    ...services,
    streamState: async (id) => {
      if (breaks.error) throw breaks.error;
      return services.streamState(id);
    },
  }));
});
beforeEach(async () => {
  breaks.error = null;
  await api.reset();
});
afterAll(() => api.close());

describe('tokens', () => {
  test('nothing under /api/v1 without one, known or not', async () => {
    for (const path of [
      '/api/v1',
      '/api/v1/',
      '/api/v1/nothing',
      '/api/v1/openapi.json',
      '/api/v1/integrations',
      '/api/v1/%00',
      '/api/v1/%zz',
    ]) {
      const answer = await api.call('GET', path, { token: null });
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 401, 'unauthorized']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    for (const path of [
      '/api/v1',
      '/api/v1/',
      '/api/v1/nothing',
      '/api/v1/integrations/x/y',
      '/api/v1/Integrations',
      '/',
      '/favicon.ico',
    ]) {
      const answer = await api.call('GET', path);
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 404, 'not_found']);
    }
  });

  test.each(['Basic YTpi', 'Bearer', 'Bearer  ', `bearer${ADMIN_TOKEN}`, `Token ${ADMIN_TOKEN}`, `Bearer ${ADMIN_TOKEN} x`])(
    '%j is none',
    async (authorization) => {
      expect((await api.call('GET', '/api/v1/tokens', { token: null, headers: { authorization } })).status).toBe(401);
    },
  );

  test('are shown once, used, and deleted', async () => {
    const made = await api.call('POST', '/api/v1/tokens', { body: { name: 'Dashboard', role: 'viewer' } });
    expect(made.status).toBe(201);
    const { id, token } = made.body;
    expect(token.length).toBeGreaterThanOrEqual(40);
    expect((await api.call('GET', '/api/v1/integrations', { token })).status).toBe(200);
    const listed = await api.call('GET', '/api/v1/tokens');
    expect(listed.body.data).toEqual([
      { id, name: 'Dashboard', role: 'viewer', createdAt: expect.any(String), lastUsedAt: expect.any(String) },
    ]);
    expect(listed.text).not.toContain(token);
    expect((await api.call('DELETE', `/api/v1/tokens/${id}`)).status).toBe(204);
    expect((await api.call('GET', '/api/v1/integrations', { token })).status).toBe(401);
    expect((await api.call('DELETE', `/api/v1/tokens/${id}`)).status).toBe(404);
    expect((await api.call('POST', '/api/v1/tokens', { body: { name: 'x', role: 'root' } })).status).toBe(400);
  });

  test('who tries wrong ones is told to wait, whoever has a right one is not', async () => {
    api.clock = new Date(api.clock.getTime() + 3_600_000);
    const statuses = [];
    for (let n = 0; n < 25; n += 1)
      statuses.push((await api.call('GET', '/api/v1/tokens', { token: `wrong-token-number-${n}-000000` })).status);
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(statuses.slice(20)).toEqual(Array.from({ length: 5 }, () => 429));
    const limited = await api.call('GET', '/api/v1/tokens', { token: 'wrong-token-again-00000000' });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await api.call('GET', '/api/v1/tokens')).status).toBe(200);
    api.clock = new Date(api.clock.getTime() + 61_000);
    expect((await api.call('GET', '/api/v1/tokens', { token: 'wrong-token-again-00000000' })).status).toBe(401);
  });
});

describe('roles', () => {
  const ranks = ['viewer', 'operator', 'admin'] as const;
  const secured = endpoints.filter((endpoint) => endpoint.operation.security === undefined);
  const fill = (path: string): string => path.replace(/\{\w+\}/g, 'none');
  const body = (endpoint: Endpoint): { body?: object } => (endpoint.operation.requestBody ? { body: {} } : {});

  test('every route of the document says whose it is', () => {
    expect(secured.map((endpoint) => endpoint.operation['x-role'])).not.toContain(undefined);
    expect(endpoints.filter((endpoint) => endpoint.operation.security).map((endpoint) => endpoint.path)).toEqual([
      '/oauth/salesforce/callback',
      '/healthz',
      '/readyz',
      '/metrics',
    ]);
  });

  test.each(secured.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
    '%s',
    async (_name, endpoint) => {
      const needed = endpoint.operation['x-role'] ?? 'admin';
      expect((await api.call(endpoint.method, fill(endpoint.path), { token: null, ...body(endpoint) })).status).toBe(401);
      for (const role of ranks) {
        const token = await api.tokenFor(role);
        const { status } = await api.call(endpoint.method, fill(endpoint.path), { token, ...body(endpoint) });
        const allowed = ranks.indexOf(role) >= ranks.indexOf(needed);
        expect({ role, refused: status === 403 || status === 401 }).toEqual({ role, refused: !allowed });
        // Allowed, and then: done, nothing of that id, or a body that lacks what it needs.
        if (allowed) expect([200, 201, 204, 400, 404]).toContain(status);
      }
    },
  );

  test('the contract: viewers read, operators run, admins change', () => {
    const of = (role: string): string[] =>
      secured
        .filter((each) => each.operation['x-role'] === role)
        .map((each) => `${each.method} ${each.path.replace('/api/v1', '')}`);
    expect(of('viewer').filter((name) => !name.startsWith('GET '))).toEqual([]);
    expect(of('operator').sort()).toEqual([
      'POST /executions/retry',
      'POST /executions/{id}/retry',
      'POST /integrations/{id}/catch-up',
      'POST /integrations/{id}/held/discard',
      'POST /integrations/{id}/held/release',
      'POST /integrations/{id}/pause',
      'POST /integrations/{id}/resume',
    ]);
    expect(of('admin').filter((name) => name.startsWith('GET '))).toEqual([]);
  });
});

describe('bodies', () => {
  const post = (raw: string | Uint8Array, type = 'application/json') =>
    api.call('POST', '/api/v1/tokens', { raw, headers: { 'content-type': type } });

  test.each<[string, string, string, number, string]>([
    ['not JSON', '{', 'application/json', 400, 'malformed'],
    ['nothing', '', 'application/json', 400, 'malformed'],
    ['blanks', '  ', 'application/json', 400, 'malformed'],
    ['a list', '[]', 'application/json', 400, 'malformed'],
    ['null', 'null', 'application/json', 400, 'malformed'],
    ['a form', 'name=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['text', '{}', 'text/plain', 415, 'unsupported_media_type'],
    ['another charset', '{}', 'application/json; charset=latin1', 415, 'unsupported_media_type'],
    ['a look-alike', '{}', 'application/jsonp', 415, 'unsupported_media_type'],
    ['a NUL', '{"name":"a\\u0000b","role":"viewer"}', 'application/json', 400, 'malformed'],
    ['half a surrogate pair', '{"name":"\\ud800","role":"viewer"}', 'application/json', 400, 'malformed'],
    ['half a pair in a name', '{"\\udc00":1}', 'application/json', 400, 'malformed'],
    ['a prototype', '{"name":"a","role":"viewer","__proto__":{"role":"admin"}}', 'application/json', 400, 'malformed'],
    ['a constructor', '{"name":"a","role":"viewer","constructor":1}', 'application/json', 400, 'malformed'],
    ['depth', `{"name":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'application/json', 400, 'malformed'],
  ])('%s is refused', async (_what, raw, type, status, code) => {
    const answer = await post(raw, type);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect((await api.call('GET', '/api/v1/tokens')).body.data).toEqual([]);
  });

  test('what is refused in them is named with its path', async () => {
    const of = async (raw: string) => (await post(raw)).body.error.details;
    expect(await of('{"name":"a","role":"viewer","more":1}')).toMatchObject([{ path: 'more', code: 'unknown_property' }]);
    expect(await of('{"name":"a","role":{"x":["ok","a\\u0000"]}}')).toMatchObject([{ path: 'role.x[1]' }]);
    expect(await of('{"role":"viewer"}')).toMatchObject([{ path: 'name' }]);
  });

  test('application/json with utf-8 is taken however it is written', async () => {
    for (const type of ['application/json', 'Application/JSON; Charset=UTF-8', 'application/json;charset="utf-8"']) {
      expect((await post('{"name":"ünïcode 🙂","role":"viewer"}', type)).status, type).toBe(201);
    }
  });

  test('invalid UTF-8 is refused', async () => {
    expect((await post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).status).toBe(400);
  });

  test('a compressed one is refused', async () => {
    const answer = await api.call('POST', '/api/v1/tokens', { raw: '{}', headers: { 'content-encoding': 'gzip' } });
    expect(answer.status).toBe(415);
  });

  test('over 1 MB is refused, announced or not', async () => {
    const raw = `{"name":"${'x'.repeat(1_100_000)}","role":"viewer"}`;
    expect((await post(raw)).status).toBe(413);
    const chunked = await rawRequest(
      [
        'POST /api/v1/tokens HTTP/1.1',
        'Host: relay',
        `Authorization: Bearer ${ADMIN_TOKEN}`,
        'Content-Type: application/json',
        'Transfer-Encoding: chunked',
        '',
        `${raw.length.toString(16)}\r\n${raw}\r\n0\r\n\r\n`,
      ].join('\r\n'),
    );
    expect(chunked).toMatch(/^HTTP\/1.1 413 /);
  });

  test('just under 1 MB is read', async () => {
    expect((await post(`{"name":"${'x'.repeat(1_000_000)}","role":"viewer"}`)).status).toBe(400);
  });

  test('where none belongs is refused when it says something', async () => {
    const made = await api.call('POST', '/api/v1/tokens', { body: { name: 'x', role: 'viewer' } });
    expect((await api.call('DELETE', `/api/v1/tokens/${made.body.id}`, { body: { force: true } })).status).toBe(400);
    expect((await api.call('DELETE', `/api/v1/tokens/${made.body.id}`, { body: {} })).status).toBe(204);
  });

  test('cut off in the middle leaves nothing behind', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(
      `POST /api/v1/tokens HTTP/1.1\r\nHost: r\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na`,
    );
    await new Promise<void>((resolve) => socket.write(' ', () => resolve()));
    socket.destroy();
    expect((await api.call('GET', '/api/v1/tokens')).body.data).toEqual([]);
  });

  function rawRequest(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let received = '';
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(text));
      socket.on('data', (data) => {
        received += data.toString();
        if (received.includes('\r\n\r\n')) socket.destroy();
      });
      socket.on('close', () => resolve(received));
      socket.on('error', (error) => (received ? resolve(received) : reject(error)));
    });
  }
});

describe('answers', () => {
  test('carry a request id, and the security headers', async () => {
    const given = await api.call('GET', '/api/v1/integrations', { headers: { 'X-Request-Id': 'from-outside.1' } });
    expect(given.headers.get('x-request-id')).toBe('from-outside.1');
    const made = await api.call('GET', '/api/v1/nothing', { headers: { 'X-Request-Id': 'no blanks <b>' } });
    expect(made.body.requestId).toBe(made.headers.get('x-request-id'));
    expect(made.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    for (const answer of [given, made]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('strict-transport-security')).toContain('max-age');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('x-powered-by')).toBeNull();
    }
  });

  test('a wrong method is told the right ones', async () => {
    const answer = await api.call('DELETE', '/api/v1/integrations');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST, GET');
    expect((await api.call('POST', '/healthz')).status).toBe(405);
    expect((await api.call('OPTIONS', '/api/v1/integrations', { token: null })).status).toBe(401);
  });

  test('of something unforeseen say nothing of the inside', async () => {
    const { salesforce } = await seedConnections(api);
    breaks.error = new TypeError('secret detail at /srv/relay/inside.ts');
    const answer = await api.call('GET', `/api/v1/salesforce/connections/${salesforce}`);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(/secret|inside\.ts|TypeError/);
    const line = api.logged.find((each) => each.level === 'error');
    expect(line?.fields).toMatchObject({ requestId: answer.body.requestId, err: breaks.error });
  });

  test('while the database is away say 503', async () => {
    const { salesforce } = await seedConnections(api);
    for (const error of [
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
      Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
      new Error('Connection terminated unexpectedly'),
      new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })], 'both'),
    ]) {
      breaks.error = error;
      const answer = await api.call('GET', `/api/v1/salesforce/connections/${salesforce}`);
      expect([answer.status, answer.body.error.code]).toEqual([503, 'database_unavailable']);
      expect(answer.headers.get('retry-after')).toBe('5');
    }
  });

  test('when the database has really gone say 503, and the process lives', async () => {
    const own = await apiUnderTest();
    const token = await own.tokenFor('viewer');
    await own.database.close();
    for (const [method, path, options] of [
      ['GET', '/api/v1/integrations', {}],
      ['GET', '/api/v1/integrations', { token }],
      ['GET', '/api/v1/audit', { token: 'an-unknown-token-0123456789' }],
      ['POST', '/api/v1/tokens', { body: { name: 'x', role: 'viewer' } }],
    ] as const) {
      const answer = await own.call(method, path, options);
      expect([method, path, answer.status, answer.body.error.code]).toEqual([method, path, 503, 'database_unavailable']);
    }
    const page = await own.call('GET', '/oauth/salesforce/callback?code=x&state=y', { token: null });
    expect([page.status, page.text.includes('in a minute')]).toEqual([503, true]);
    expect((await own.call('GET', '/healthz', { token: null })).status).toBe(200);
    await own.close();
  });

  test('HEAD is GET without the body', async () => {
    const answer = await api.call('HEAD', '/api/v1/integrations');
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test('health, readiness and metrics are open', async () => {
    expect((await api.call('GET', '/healthz', { token: null })).body).toEqual({ status: 'ok' });
    expect((await api.call('GET', '/readyz', { token: null })).body).toMatchObject({
      database: 'up',
      streams: { wanted: 1, streaming: 1 },
      backlog: 0,
    });
    const metrics = await api.call('GET', '/metrics', { token: null });
    expect([metrics.text, metrics.headers.get('content-type')]).toEqual([
      'relay_up 1\n',
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
  });
});

test('the audit trail names who, as whom, what, before and after', async () => {
  const ids = await seedConnections(api);
  const token = await api.tokenFor('admin');
  const headers = { 'X-Acting-User': 'admin@acme.example' };
  const { body } = await api.call('POST', '/api/v1/integrations', { token, headers, body: draft(ids) });
  await api.call('PATCH', `/api/v1/zenqms/connections/${ids.zenqms}`, { body: { name: 'Renamed' } });
  await api.call('POST', `/api/v1/integrations/${body.id}/pause`, { token: await api.tokenFor('operator') });
  const { data } = (await api.call('GET', '/api/v1/audit')).body;
  expect(data.map((row: { action: string; actor: string }) => `${row.actor} ${row.action}`)).toEqual([
    'token:operator integration.paused',
    'admin zenqms_connection.updated',
    'token:admin integration.created',
    'admin zenqms_connection.created',
    'salesforce callback salesforce_connection.authorized',
    'admin salesforce_connection.created',
  ]);
  expect(data[1]).toMatchObject({ before: { name: 'Account' }, after: { name: 'Renamed' } });
  expect(data[2]).toMatchObject({
    actingUser: 'admin@acme.example',
    subjectId: body.id,
    before: null,
    after: { object: 'Case' },
  });
  const some = await api.call('GET', `/api/v1/audit?subjectType=integration&subjectId=${body.id}&limit=1`);
  expect(some.body.data).toMatchObject([{ action: 'integration.paused' }]);
  const rest = await api.call(
    'GET',
    `/api/v1/audit?subjectType=integration&subjectId=${body.id}&limit=1&cursor=${some.body.next}`,
  );
  expect(rest.body.data).toMatchObject([{ action: 'integration.created' }]);
});
