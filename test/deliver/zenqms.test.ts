import { createServer, type RequestListener } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  zenqmsClient,
  type Called,
  type Failure,
  type ZenqmsClient,
  type ZenqmsClientOptions,
} from '../../relay/deliver/zenqms.ts';
import type { NewIssue } from '../../relay/model/issue.ts';
import type { Fault } from '../standins/zenqms/faults.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { startZenqms, type Zenqms } from '../standins/zenqms/server.ts';

let zenqms: Zenqms;
const clients: ZenqmsClient[] = [];
const clientOf = (options: Partial<ZenqmsClientOptions> = {}): ZenqmsClient => {
  const client = zenqmsClient({ baseUrl: zenqms.url, token: TOKENS.full, timeoutMs: 5000, connections: 4, ...options });
  clients.push(client);
  return client;
};
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  zenqms = await startZenqms();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(closers.splice(0).map((close) => close()));
  const { contractProblems } = zenqms.counters();
  await zenqms.close();
  expect(contractProblems).toEqual([]);
});

const idOf = (index: number) => `500RM00000${String(index).padStart(5, '0')}AAA`;
const newIssue = (more: Partial<NewIssue> = {}): NewIssue => ({
  categoryId: 'cat_complaint',
  title: 'Pump stops after an hour',
  dueDate: '2026-03-31',
  assigneeId: 'usr_0001',
  firstStageAssigneeId: 'usr_0002',
  externalId: idOf(1),
  customFields: [{ fieldId: 'fld_complaint_description', value: 'It stops. 😀' }],
  ...more,
});
function valueOf<T>(called: Called<T>): T {
  if (called.kind === 'failed') throw new Error(`failed: ${JSON.stringify(called.failure)}`);
  return called.value;
}
function failureOf(called: Called<unknown>): Failure {
  if (called.kind === 'ok') throw new Error(`did not fail: ${JSON.stringify(called.value)}`);
  return called.failure;
}

describe('what ZenQMS tells', () => {
  it('creates, searches and gets an Issue', async () => {
    const client = clientOf();
    const made = valueOf(await client.createIssue(newIssue(), 'key-1'));
    expect(made).toMatchObject({ number: 'COMPLAINT-1', categoryId: 'cat_complaint', externalId: idOf(1), status: 'open' });
    expect(zenqms.issues()).toMatchObject([
      {
        title: 'Pump stops after an hour',
        due_date: '2026-03-31',
        assignee_id: 'usr_0001',
        first_stage_assignee_id: 'usr_0002',
        external_system: 'Salesforce',
        custom_fields: [{ field_id: 'fld_complaint_description', value: 'It stops. 😀' }],
      },
    ]);
    expect(valueOf(await client.searchIssues([idOf(1), idOf(2)]))).toEqual([made]);
    expect(valueOf(await client.getIssue(made.id))).toEqual(made);
  });

  it('sends the Idempotency-Key', async () => {
    zenqms.settings.honourIdempotencyKey = true;
    const client = clientOf();
    const first = valueOf(await client.createIssue(newIssue(), 'same'));
    expect(valueOf(await client.createIssue(newIssue(), 'same')).id).toBe(first.id);
    expect(zenqms.issues()).toHaveLength(1);
  });

  it('looks 250 records up in three calls, and pages where records have several Issues', async () => {
    const client = clientOf();
    for (let index = 0; index < 130; index++)
      zenqms.store.add({ ...wire(newIssue({ externalId: idOf(index % 65) })) }, zenqms.store.categories[0]!, 0);
    const ids = Array.from({ length: 250 }, (_, index) => idOf(index));
    expect(valueOf(await client.searchIssues(ids))).toHaveLength(130);
    expect(zenqms.counters().operations.searchIssues).toBe(4);
    expect(valueOf(await client.searchIssues([]))).toEqual([]);
  });

  it('reads all users, or as many as are asked for', async () => {
    const client = clientOf();
    expect(valueOf(await client.searchUsers({}))).toHaveLength(120);
    expect(valueOf(await client.searchUsers({ active: true }))).toHaveLength(113);
    expect(valueOf(await client.searchUsers({ email: 'ada.albrecht' }))).toEqual([
      { id: 'usr_0001', name: 'Ada Albrecht', email: 'ada.albrecht@meddevice.example', active: true },
    ]);
    zenqms.resetCounters();
    expect(valueOf(await client.searchUsers({}, 10))).toHaveLength(10);
    expect(zenqms.counters().operations.searchUsers).toBe(1);
  });

  it('lists categories and the fields of one', async () => {
    const client = clientOf();
    const categories = valueOf(await client.listCategories());
    expect(categories[0]).toEqual(expect.objectContaining({ id: 'cat_complaint', key: 'COMPLAINT', state: 'active' }));
    expect(categories).toHaveLength(7);
    const fields = valueOf(await client.listFields('cat_complaint'));
    expect(fields[1]).toMatchObject({
      id: 'fld_complaint_priority',
      type: 'single_selection',
      options: ['Low', 'Medium', 'High', 'Critical'],
    });
    expect(fields[0]).toMatchObject({ required: true, options: null });
  });

  it('speaks to another path, with another header, when told to', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.url} ${request.headers['x-api-key']} ${request.headers.authorization}`);
      response.end(JSON.stringify({ page: 1, page_size: 100, total: 0, data: [] }));
    });
    const client = clientOf({
      baseUrl: `${url}/proxy/`,
      pathPrefix: '/v3',
      authHeader: 'X-Api-Key',
      authScheme: '',
      token: 'secret',
    });
    valueOf(await client.listCategories());
    expect(seen).toEqual(['/proxy/v3/issue-categories?page=1&page_size=100 secret undefined']);
  });
});

const wire = (issue: NewIssue) => ({
  category_id: issue.categoryId,
  title: issue.title,
  due_date: issue.dueDate,
  assignee_id: issue.assigneeId,
  first_stage_assignee_id: issue.firstStageAssigneeId,
  external_system: 'Salesforce' as const,
  external_id: issue.externalId,
  custom_fields: issue.customFields.map(({ fieldId, value }) => ({ field_id: fieldId, value })),
});

describe('failures', () => {
  const RATE = { kind: 'rate_limited', retryAfter: 7 } as const;
  it.each<[string, Fault, Partial<Failure>]>([
    ['429', RATE, { class: 'rate_limited', httpStatus: 429, retryAfterMs: 7000, mayHaveHappened: false }],
    ['429 without Retry-After', { kind: 'rate_limited', retryAfter: null }, { class: 'rate_limited', retryAfterMs: 1000 }],
    ['500', { kind: 'status', status: 500 }, { class: 'unavailable', code: 'status_500', mayHaveHappened: true }],
    [
      '503 with Retry-After',
      { kind: 'status', status: 503, headers: { 'retry-after': '30' } },
      { class: 'unavailable', retryAfterMs: 30_000, mayHaveHappened: true },
    ],
    [
      '502 as HTML',
      { kind: 'html', status: 502 },
      { class: 'unavailable', message: 'ZenQMS answered 502 with "502 502 from the proxy".', mayHaveHappened: true },
    ],
    [
      '504 as text',
      { kind: 'plain_text', status: 504 },
      { class: 'unavailable', message: 'ZenQMS answered 504 with "upstream said 504".' },
    ],
    ['400 as text', { kind: 'plain_text', status: 400 }, { class: 'refused', mayHaveHappened: false }],
    ['413 as HTML', { kind: 'html', status: 413 }, { class: 'refused', mayHaveHappened: false }],
    ['404 of a proxy', { kind: 'html', status: 404 }, { class: 'bad_answer', mayHaveHappened: false }],
    ['409 in any form', { kind: 'plain_text', status: 409 }, { class: 'duplicate', mayHaveHappened: false }],
    ['408', { kind: 'status', status: 408 }, { class: 'unavailable', mayHaveHappened: true }],
    ['401', { kind: 'unauthorized' }, { class: 'unauthorized', httpStatus: 401, mayHaveHappened: false }],
    ['403', { kind: 'forbidden' }, { class: 'forbidden_scope', code: 'insufficient_scope', mayHaveHappened: false }],
    [
      'a redirect',
      { kind: 'redirect', location: 'https://elsewhere.example/' },
      { class: 'bad_answer', httpStatus: 302, mayHaveHappened: true },
    ],
    ['200 with nonsense', { kind: 'malformed' }, { class: 'bad_answer', code: 'malformed_answer', mayHaveHappened: true }],
    ['200 with a page', { kind: 'html', status: 200 }, { class: 'bad_answer', mayHaveHappened: true }],
    ['a reset', { kind: 'reset' }, { class: 'network', mayHaveHappened: true }],
    ['half an answer', { kind: 'truncated' }, { class: 'bad_answer', code: 'broken_answer', mayHaveHappened: true }],
  ])('%s', async (_, fault, expected) => {
    zenqms.faults.add(fault);
    expect(failureOf(await clientOf().createIssue(newIssue(), 'k'))).toMatchObject(expected);
    expect(zenqms.counters().operations.createIssue, 'nothing is sent twice').toBe(1);
  });

  it('reads Retry-After as a date', async () => {
    zenqms.faults.add({ kind: 'rate_limited', retryAfter: 'Mon, 05 Jan 2026 10:00:09 GMT' });
    const client = clientOf({ now: () => Date.parse('2026-01-05T10:00:00Z') });
    expect(failureOf(await client.createIssue(newIssue(), 'k')).retryAfterMs).toBe(9000);
  });

  it('says what was refused, field by field', async () => {
    const failure = failureOf(await clientOf().createIssue(newIssue({ customFields: [], assigneeId: 'usr_0017' }), 'k'));
    expect(failure).toMatchObject({ class: 'refused', httpStatus: 422, code: 'unprocessable', mayHaveHappened: false });
    expect(failure.details).toHaveLength(2);
    expect(failure.message).toBe(
      'The Issue cannot be created as it is (assignee_id: this user is not active; custom_fields: Description of the event (fld_complaint_description) is required).',
    );
  });

  it('tells a duplicate, an unknown Issue, a token that is not active', async () => {
    zenqms.settings.uniqueExternalIds = true;
    const client = clientOf();
    await client.createIssue(newIssue(), 'a');
    expect(failureOf(await client.createIssue(newIssue(), 'b'))).toMatchObject({ class: 'duplicate', httpStatus: 409 });
    expect(failureOf(await client.getIssue('iss_0'))).toMatchObject({ class: 'not_found' });
    expect(failureOf(await clientOf({ token: TOKENS.inactive }).listCategories())).toMatchObject({
      class: 'unauthorized',
      code: 'token_inactive',
    });
  });

  it('never says that a search may have happened', async () => {
    zenqms.faults.add({ kind: 'status', status: 500, times: 2 });
    const client = clientOf();
    expect(failureOf(await client.searchIssues([idOf(1)])).mayHaveHappened).toBe(false);
    expect(failureOf(await client.getIssue('iss_1')).mayHaveHappened).toBe(false);
  });

  it('fails a look-up of several calls as a whole', async () => {
    zenqms.faults.add({ kind: 'status', status: 500, after: 1 });
    const ids = Array.from({ length: 150 }, (_, index) => idOf(index));
    expect(failureOf(await clientOf().searchIssues(ids)).class).toBe('unavailable');
  });

  it('does not take an Issue of another record for an answer', async () => {
    const other = {
      ...wire(newIssue()),
      external_id: idOf(2),
      id: 'iss_9',
      number: 'COMPLAINT-9',
      status: 'open',
      created_at: '2026-01-05T10:00:00Z',
    };
    zenqms.faults.add({ kind: 'malformed', body: other });
    expect(failureOf(await clientOf().createIssue(newIssue(), 'k'))).toMatchObject({
      class: 'bad_answer',
      mayHaveHappened: true,
    });
    zenqms.faults.add({ kind: 'malformed', body: { page: 1, page_size: 100, total: 1, data: [other] } });
    expect(valueOf(await clientOf().searchIssues([idOf(1)]))).toEqual([]);
  });

  it('does not follow a server that pages in circles', async () => {
    const row = { id: 'cat', name: 'n', key: 'K', state: 'active' };
    const url = await serve((_, response) => response.end(JSON.stringify({ page: 1, page_size: 100, total: 1e9, data: [row] })));
    expect(failureOf(await clientOf({ baseUrl: url }).listCategories()).message).toContain('1000 pages');
  });

  it('reads no more than 8 MB', async () => {
    const url = await serve((_, response) => {
      response.on('error', () => undefined);
      const chunk = Buffer.alloc(1_048_576, 32);
      const more = () => void (response.destroyed || response.write(chunk, more));
      more();
    });
    expect(failureOf(await clientOf({ baseUrl: url }).getIssue('x'))).toMatchObject({
      class: 'bad_answer',
      code: 'broken_answer',
    });
  });
});

describe('time limits and connections', () => {
  it.each([
    ['not made', false, 0],
    ['made', true, 1],
  ] as const)('gives up on an answer that never comes; the Issue was %s', async (_, committed, issues) => {
    zenqms.faults.add({ kind: 'never_answer', committed });
    const failure = failureOf(await clientOf({ timeoutMs: 150 }).createIssue(newIssue(), 'k'));
    expect(failure).toMatchObject({ class: 'timeout', mayHaveHappened: true });
    expect(zenqms.issues()).toHaveLength(issues);
  });

  it('counts the whole answer, not only its beginning', async () => {
    const url = await serve((_, response) => void response.write('{"id":'));
    expect(failureOf(await clientOf({ baseUrl: url, timeoutMs: 150 }).getIssue('x')).class).toBe('timeout');
  });

  it('knows that what waited for a connection was never sent', async () => {
    zenqms.faults.add({ kind: 'never_answer' });
    const client = clientOf({ timeoutMs: 200, connections: 1 });
    // Both run out of time in one breath: what frees the connection for the second must not come in between.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const both = Promise.all([client.createIssue(newIssue(), 'a'), client.createIssue(newIssue({ externalId: idOf(2) }), 'b')]);
    while (zenqms.counters().operations.createIssue < 1) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(200);
    vi.useRealTimers();
    const [first, second] = await both;
    expect(failureOf(first)).toMatchObject({ class: 'timeout', mayHaveHappened: true });
    expect(failureOf(second)).toMatchObject({ class: 'timeout', mayHaveHappened: false });
    valueOf(await client.createIssue(newIssue({ externalId: idOf(3) }), 'c'));
    expect(zenqms.issues().map((issue) => issue.external_id)).toEqual([idOf(3)]);
  });

  it('can be told to give up', async () => {
    zenqms.faults.add({ kind: 'never_answer' });
    const client = clientOf();
    const controller = new AbortController();
    const pending = client.createIssue(newIssue(), 'a', controller.signal);
    await until(() => zenqms.counters().operations.createIssue === 1);
    controller.abort();
    expect(failureOf(await pending)).toMatchObject({ class: 'network', code: 'aborted', mayHaveHappened: true });
    expect(failureOf(await client.createIssue(newIssue(), 'a', controller.signal))).toMatchObject({
      code: 'aborted',
      mayHaveHappened: false,
    });
  });

  it('says that nobody answers, and that nothing can have happened', async () => {
    const { url, close } = await listening(createTcpServer());
    await close();
    expect(failureOf(await clientOf({ baseUrl: url }).createIssue(newIssue(), 'k'))).toMatchObject({
      class: 'network',
      code: 'ECONNREFUSED',
      mayHaveHappened: false,
    });
  });

  it('is in doubt when the connection breaks before the answer', async () => {
    const proxy = createTcpServer((socket: Socket) => {
      const upstream = connect(Number(new URL(zenqms.url).port), '127.0.0.1');
      socket.pipe(upstream);
      upstream.once('data', () => socket.resetAndDestroy());
      for (const end of [socket, upstream]) end.on('error', () => undefined);
      socket.on('close', () => upstream.destroy());
    });
    const { url, close } = await listening(proxy);
    closers.push(close);
    const failure = failureOf(await clientOf({ baseUrl: url }).createIssue(newIssue(), 'k'));
    expect(failure).toMatchObject({ class: 'network', mayHaveHappened: true });
    expect(zenqms.issues()).toHaveLength(1);
  });

  it('keeps its connections, and to their number', async () => {
    zenqms.settings.latencyMs = 5;
    const client = clientOf({ connections: 3 });
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, index) => client.createIssue(newIssue({ externalId: idOf(index) }), String(index))),
    );
    expect(results.every((result) => result.kind === 'ok')).toBe(true);
    expect(zenqms.counters().peakConcurrency).toBe(3);
  });
});

async function listening(server: ReturnType<typeof createTcpServer>): Promise<{ url: string; close: () => Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  const { url, close } = await listening(server);
  closers.push(() => {
    server.closeAllConnections();
    return close();
  });
  return url;
}

async function until(fact: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!fact()) {
    if (Date.now() > deadline) throw new Error('it did not come true within 5 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
