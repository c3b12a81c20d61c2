import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKENS } from './zenqms/seed.ts';
import { startZenqms, type Zenqms, type ZenqmsOptions } from './zenqms/server.ts';

let zenqms: Zenqms;
const start = async (options: ZenqmsOptions = {}) => {
  await zenqms?.close().catch(() => undefined);
  zenqms = await startZenqms(options);
};
beforeEach(() => start());
afterEach(async () => {
  const { contractProblems } = zenqms.counters();
  await zenqms.close();
  expect(contractProblems).toEqual([]);
});

const RECORD = '500RM000001aAAAAA0';
const newIssue = (more: object = {}) => ({
  category_id: 'cat_complaint',
  title: 'Pump stops after an hour',
  due_date: '2026-03-31',
  assignee_id: 'usr_0001',
  first_stage_assignee_id: 'usr_0001',
  external_system: 'Salesforce',
  external_id: RECORD,
  custom_fields: [{ field_id: 'fld_complaint_description', value: 'It stops.' }],
  ...more,
});

interface Reply {
  status: number;
  headers: Headers;
  body: any;
}
async function call(
  method: string,
  path: string,
  body?: unknown,
  options: { token?: string; headers?: object } = {},
): Promise<Reply> {
  const response = await fetch(zenqms.url + path, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${options.token ?? TOKENS.full}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}
const create = (more: object = {}, options = {}) => call('POST', '/v2/issues', newIssue(more), options);
const search = (externalId: string | string[], more = {}) =>
  call('POST', '/v2/issues/search', { filters: { external_system: 'Salesforce', external_id: externalId }, ...more });

describe('the contract', () => {
  it('makes an Issue, finds it, gives it', async () => {
    const made = await create();
    expect(made).toMatchObject({ status: 201, body: { number: 'COMPLAINT-1', external_id: RECORD, status: 'open' } });
    expect((await search(RECORD)).body).toEqual({ page: 1, page_size: 100, total: 1, data: [made.body] });
    expect((await call('GET', `/v2/issues/${made.body.id}`)).body).toEqual(made.body);
    expect(zenqms.issues()).toEqual([made.body]);
    expect(zenqms.counters()).toMatchObject({ operations: { createIssue: 1, searchIssues: 1, getIssue: 1 }, issuesMade: 1 });
  });

  it.each([
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['no title', { title: undefined }, 'title'],
    ['an empty title', { title: '' }, 'title'],
    ['a title of 256 characters', { title: 'x'.repeat(256) }, 'title'],
    ['a day that does not exist', { due_date: '2026-02-30' }, 'due_date'],
    ['a 15-character id', { external_id: '500RM000001aAAA' }, 'external_id'],
    ['another system', { external_system: 'HubSpot' }, 'external_system'],
    ['a number as a value', { custom_fields: [{ field_id: 'fld_complaint_description', value: 7 }] }, 'custom_fields[0].value'],
    ['an unknown field in a field', { custom_fields: [{ field_id: 'f', value: 'v', type: 't' }] }, 'custom_fields[0].type'],
    ['fields that are no list', { custom_fields: {} }, 'custom_fields'],
  ])('refuses %s', async (_, more, field) => {
    const answer = await create(more);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: [{ field }] } } });
    expect(zenqms.issues()).toEqual([]);
  });

  it('counts characters, not UTF-16 units, as JSON Schema does', async () => {
    expect((await create({ title: '😀'.repeat(255) })).status).toBe(201);
    expect((await create({ title: '😀'.repeat(256) })).status).toBe(400);
  });

  it.each([
    ['101 ids', { filters: { external_system: 'Salesforce', external_id: Array(101).fill(RECORD) } }],
    ['no id', { filters: { external_system: 'Salesforce', external_id: [] } }],
    ['a short id', { filters: { external_system: 'Salesforce', external_id: 'x' } }],
    ['no filters', {}],
    ['a page 0', { filters: { external_system: 'Salesforce', external_id: RECORD }, page: 0 }],
    ['a page size of 101', { filters: { external_system: 'Salesforce', external_id: RECORD }, page_size: 101 }],
  ])('refuses a search with %s', async (_, body) => {
    expect((await call('POST', '/v2/issues/search', body)).status).toBe(400);
  });

  it('refuses what is not JSON, not a known path, not the right method', async () => {
    expect((await call('POST', '/v2/issues', '{"title":')).body.error.code).toBe('malformed_json');
    expect((await call('POST', '/v2/issues', 'a=b', { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await call('POST', '/v2/issues', undefined)).status).toBe(400);
    expect((await call('GET', '/v1/users')).status).toBe(404);
    expect(await call('GET', '/v2/issues')).toMatchObject({ status: 405 });
    expect((await call('GET', '/v2/issue-categories/cat_capa/fields')).status).toBe(400);
    expect((await call('GET', '/v2/issue-categories?colour=red')).status).toBe(400);
    expect((await create({}, { headers: { 'idempotency-key': 'k'.repeat(256) } })).status).toBe(400);
  });

  it('pages', async () => {
    const first = await call('POST', '/v2/users/search', {});
    const second = await call('POST', '/v2/users/search', { page: 2 });
    expect([first.body.total, first.body.data.length, second.body.data.length]).toEqual([120, 100, 20]);
    const ids = [...first.body.data, ...second.body.data].map((user: { id: string }) => user.id);
    expect(new Set(ids).size).toBe(120);
    const small = await call('GET', '/v2/issue-categories?page=3&page_size=3');
    expect(small.body).toMatchObject({ page: 3, page_size: 3, total: 7, data: [{ key: 'LEGACY', state: 'inactive' }] });
  });

  it('finds users by id, name, e-mail and state', async () => {
    const find = async (filters: object) => (await call('POST', '/v2/users/search', { filters })).body;
    expect((await find({ id: 'usr_0017' })).data).toMatchObject([{ id: 'usr_0017', is_active: false }]);
    expect((await find({ name: 'ada alb' })).total).toBe(1);
    expect((await find({ email: 'ADA.ALBRECHT@meddevice.example' })).total).toBe(1);
    expect((await find({ is_active: false })).total).toBe(7);
  });
});

describe('rules of the account', () => {
  const description = { field_id: 'fld_complaint_description', value: 'x' };
  it.each([
    ['an unknown category', { category_id: 'cat_none' }, 'category_id'],
    ['an inactive category', { category_id: 'cat_legacy', custom_fields: [] }, 'category_id'],
    ['an unknown assignee', { assignee_id: 'usr_9999' }, 'assignee_id'],
    ['an inactive assignee', { first_stage_assignee_id: 'usr_0017' }, 'first_stage_assignee_id'],
    ['a missing required field', { custom_fields: [] }, 'custom_fields'],
    ['an empty required field', { custom_fields: [{ ...description, value: ' ' }] }, 'custom_fields[0].value'],
    [
      'a field of another category',
      { custom_fields: [description, { field_id: 'fld_capa_problem', value: 'x' }] },
      'custom_fields[1].field_id',
    ],
    ['a field given twice', { custom_fields: [description, description] }, 'custom_fields[1].field_id'],
  ])('refuses %s', async (_, more, field) => {
    expect(await create(more)).toMatchObject({ status: 422, body: { error: { details: [{ field }] } } });
  });

  it.each([
    ['text', 'one line', 'two\nlines'],
    ['paragraph', 'two\nlines', 'x'.repeat(32_001)],
    ['integer', '-12', '12.0'],
    ['decimal', '12.50', '1,250'],
    ['date', '2028-02-29', '2027-02-29'],
    ['website', 'https://example.com/x?y=1', 'example.com'],
    ['yes_no', 'Yes', 'true'],
    ['single', 'Ventilator', 'ventilator'],
    ['multiple', 'Ventilator; Catheter kit', 'Ventilator; Pump'],
    ['role', 'Quality Manager', 'Cook'],
    ['roles', 'Quality Manager; Document Control', 'Quality Manager; Quality Manager'],
    ['user', 'usr_0002', 'usr_0017'],
    ['users', 'usr_0001; usr_0002', 'usr_0001; nobody'],
  ])('takes and refuses values of a field of the type %s', async (name, good, bad) => {
    const fields = (value: string) => ({
      category_id: 'cat_deviation',
      custom_fields: [
        { field_id: 'fld_deviation_summary', value: 'x' },
        { field_id: `fld_deviation_${name}`, value },
      ],
    });
    expect((await create(fields(good))).status).toBe(201);
    expect(await create(fields(bad))).toMatchObject({
      status: 422,
      body: { error: { details: [{ field: 'custom_fields[1].value' }] } },
    });
  });

  it('has a field of every type that the contract names', () => {
    const types = new Set(zenqms.store.categories.flatMap((category) => category.fields.map((field) => field.type)));
    expect([...types].sort()).toEqual(
      'date decimal formatted_text integer multiple_selection paragraph_text role_multiple role_single single_line_text single_selection user_multiple user_single website yes_no'.split(
        ' ',
      ),
    );
  });
});

describe('tokens', () => {
  it('refuses a missing, unknown or inactive token', async () => {
    expect((await call('POST', '/v2/users/search', {}, { headers: { authorization: '' } })).status).toBe(401);
    expect((await call('POST', '/v2/users/search', {}, { token: 'nobody' })).status).toBe(401);
    expect((await call('POST', '/v2/users/search', {}, { token: TOKENS.inactive })).body.error.code).toBe('token_inactive');
  });

  it('keeps to the scopes', async () => {
    expect((await call('POST', '/v2/users/search', {}, { token: TOKENS.withoutUsers })).status).toBe(403);
    const listed = await call('GET', '/v2/issue-categories', undefined, { token: TOKENS.complaintsOnly });
    expect(listed.body.data).toMatchObject([{ key: 'COMPLAINT' }]);
    expect((await call('GET', '/v2/issue-categories', undefined, { token: TOKENS.readOnly })).body.data).toEqual([]);
    expect((await create({}, { token: TOKENS.readOnly })).status).toBe(403);
    expect(
      (await call('GET', '/v2/issue-categories/cat_capa/fields?stage=first', undefined, { token: TOKENS.complaintsOnly })).status,
    ).toBe(200);
    expect(
      (await call('GET', '/v2/issue-categories/cat_ncr/fields?stage=first', undefined, { token: TOKENS.complaintsOnly })).status,
    ).toBe(403);
    expect((await call('GET', '/v2/issue-categories/cat_none/fields?stage=first')).status).toBe(404);
  });

  it('hides Issues of categories that the token may not read', async () => {
    const made = await create({ category_id: 'cat_ncr', custom_fields: [] });
    expect(made.status).toBe(201);
    expect((await call('GET', `/v2/issues/${made.body.id}`, undefined, { token: TOKENS.complaintsOnly })).status).toBe(404);
  });
});

describe('switches', () => {
  it('makes a second Issue of a record unless ids are unique, and then once a category', async () => {
    await create();
    expect((await create()).status).toBe(201);
    await start({ settings: { uniqueExternalIds: true } });
    const made = await create();
    expect(await create()).toMatchObject({
      status: 409,
      body: { error: { code: 'duplicate_external_id', details: [{ message: made.body.id }] } },
    });
    expect((await create({ category_id: 'cat_ncr', custom_fields: [] })).status).toBe(201);
    expect(zenqms.delete(made.body.id)).toBe(true);
    expect((await create()).status).toBe(201);
  });

  it('honours an Idempotency-Key when told to', async () => {
    const key = { headers: { 'idempotency-key': 'one' } };
    await create({}, key);
    await create({}, key);
    expect(zenqms.issues()).toHaveLength(2);
    await start({ settings: { honourIdempotencyKey: true } });
    const made = await create({}, key);
    expect((await create({}, key)).body.id).toBe(made.body.id);
    expect((await create({ title: 'Another' }, key)).body.error.code).toBe('idempotency_key_reused');
    expect(zenqms.issues()).toHaveLength(1);
  });

  it('lets searches lag behind creates', async () => {
    let now = Date.parse('2026-01-05T10:00:00Z');
    await start({ now: () => now, settings: { searchLagMs: 2000 } });
    const made = await create();
    now += 1999;
    expect((await search(RECORD)).body.total).toBe(0);
    expect((await call('GET', `/v2/issues/${made.body.id}`)).status).toBe(200);
    now += 1;
    expect((await search([RECORD, RECORD])).body.total).toBe(1);
  });

  it('limits the rate for each token', async () => {
    let now = 0;
    await start({ now: () => now, settings: { rateLimit: { requests: 2, windowMs: 5000 } } });
    expect((await create()).headers.get('x-ratelimit-remaining')).toBe('1');
    await create();
    now = 1500;
    const limited = await create();
    expect(limited.status).toBe(429);
    expect(Object.fromEntries(limited.headers)).toMatchObject({
      'retry-after': '4',
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '4',
    });
    expect((await create({}, { token: TOKENS.complaintsOnly })).status).toBe(201);
    now = 5000;
    expect((await create()).status).toBe(201);
  });
});

describe('faults', () => {
  it('shows a status, an HTML page, plain text, each once', async () => {
    zenqms.faults.add({ kind: 'status', status: 503, operation: 'createIssue' });
    zenqms.faults.add({ kind: 'html', status: 502 });
    zenqms.faults.add({ kind: 'plain_text', status: 504 });
    zenqms.faults.add({ kind: 'rate_limited', retryAfter: 7 });
    zenqms.faults.add({ kind: 'unauthorized', after: 1 });
    expect((await create()).body.error.code).toBe('status_503');
    expect((await create()).body).toContain('<h1>502');
    expect((await create()).body).toBe('upstream said 504');
    expect((await create()).headers.get('retry-after')).toBe('7');
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(401);
    expect(zenqms.faults.pending()).toBe(0);
    expect(zenqms.counters()).toMatchObject({
      faultsShown: 5,
      issuesMade: 1,
      statuses: { 201: 1, 503: 1, 502: 1, 504: 1, 429: 1, 401: 1 },
    });
  });

  it('spoils only the record it names, as often as it is told', async () => {
    zenqms.faults.add({ kind: 'status', status: 500, externalId: RECORD, times: null });
    expect((await create({ external_id: '500RM000001aBBBBA0' })).status).toBe(201);
    expect((await create()).status).toBe(500);
    expect((await search([RECORD])).status).toBe(500);
    zenqms.faults.clear();
    expect((await create()).status).toBe(201);
  });

  it.each([
    ['never answers', 'never_answer', false, 0],
    ['never answers though the Issue was made', 'never_answer', true, 1],
    ['cuts the connection before', 'reset', false, 0],
    ['cuts the connection after', 'reset', true, 1],
    ['cuts the answer in two', 'truncated', true, 1],
  ] as const)('%s', async (_, kind, committed, made) => {
    zenqms.faults.add({ kind, committed });
    const response = fetch(`${zenqms.url}/v2/issues`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKENS.full}`, 'content-type': 'application/json' },
      body: JSON.stringify(newIssue()),
      signal: AbortSignal.timeout(300),
    }).then((answer) => answer.text());
    await expect(response).rejects.toThrow();
    expect(zenqms.issues()).toHaveLength(made);
  });

  it('makes the Issue and answers 500 all the same', async () => {
    zenqms.faults.add({ kind: 'html', status: 500, committed: true });
    expect((await create()).status).toBe(500);
    expect(zenqms.issues()).toHaveLength(1);
  });

  it('comes by chance that is the same for the same seed', async () => {
    const run = async (seed: number) => {
      await start({ seed });
      zenqms.faults.add({ kind: 'status', status: 500, probability: 0.5, times: null });
      const statuses: number[] = [];
      for (let index = 0; index < 12; index++) statuses.push((await create()).status);
      return statuses;
    };
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect(new Set(first)).toEqual(new Set([201, 500]));
  });
});

it('runs as a process of its own, controlled over HTTP', async () => {
  const child = spawn(process.execPath, ['test/standins/zenqms/main.ts'], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { msg, url, token } = JSON.parse(line) as { msg: string; url: string; token: string };
    expect(msg).toBe('listening');
    const json = async (method: string, path: string, body?: unknown): Promise<any> =>
      (
        await fetch(url + path, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      ).json();
    await json('PATCH', '/__control/settings', { uniqueExternalIds: true });
    await json('POST', '/__control/faults', [{ kind: 'status', status: 500, operation: 'createIssue' }]);
    expect((await json('POST', '/v2/issues', newIssue())).error.code).toBe('status_500');
    const made = await json('POST', '/v2/issues', newIssue());
    expect((await json('POST', '/v2/issues', newIssue())).error.code).toBe('duplicate_external_id');
    expect((await json('GET', '/__control/issues')).issues).toEqual([made]);
    expect((await json('GET', '/__control/counters')).operations.createIssue).toBe(3);
    await json('DELETE', `/__control/issues/${made.id}`);
    expect((await json('GET', '/__control/issues')).issues).toEqual([]);
    expect((await json('GET', '/__control/nothing')).error).toContain('No control');
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }
});
