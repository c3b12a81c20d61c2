/**
 * Requests of every kind at every route: FUZZ_RUNS of them (2,000), the same ones each time unless FUZZ_SEED says otherwise.
 * Never a 5xx, never an answer that the document does not describe, and whoever is refused has changed nothing.
 */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receive } from '../../relay/inbox/receive.ts';
import { settle } from '../../relay/inbox/settle.ts';
import { take } from '../../relay/inbox/take.ts';
import { changeEvent, recordId } from '../support/rows.ts';
import { endpoints } from './contract.ts';
import { GOOD_TOKEN } from './fakes.ts';
import { type GeneratedRequest, type Known, requestOf } from './generate.ts';
import { ADMIN_TOKEN, type ApiUnderTest, apiUnderTest, draft, seedConnections } from './relay.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_301);
/** After so many requests the world is made anew, so that what was deleted is there again. */
const ROUND = 100;

let api: ApiUnderTest;
beforeAll(async () => {
  api = await apiUnderTest();
});
afterAll(() => api.close());

/** Names that stand for ids of this round's world. */
const NAMES = ['SF_ID', 'ZQ_ID', 'SPARE_SF', 'SPARE_ZQ', 'INT_ID', 'EXEC_ID', 'TOKEN_ID', 'STATE', 'CURSOR'] as const;

const KNOWN: Known = {
  salesforceConnectionId: ['SF_ID'],
  zenqmsConnectionId: ['ZQ_ID'],
  integrationId: ['INT_ID'],
  'salesforce.id': ['SF_ID', 'SPARE_SF'],
  'zenqms.id': ['ZQ_ID', 'SPARE_ZQ'],
  'integrations.id': ['INT_ID'],
  'executions.id': ['EXEC_ID'],
  'tokens.id': ['TOKEN_ID'],
  categoryId: ['cat-complaint'],
  assigneeId: ['user-1'],
  name: ['Case', 'A name'],
  object: ['Case', 'case'],
  salesforceField: ['Subject', 'Priority'],
  zenqmsFieldId: ['field-priority', 'field-account'],
  field: ['Subject'],
  filterFormula: ['ISNEW()', 'ISCHANGED(Status)', ' '],
  timeZone: ['UTC', 'Europe/Berlin', 'Mars/Olympus'],
  loginUrl: ['https://login.salesforce.com', 'https://evil.example', 'http://127.0.0.1:4999'],
  baseUrl: ['https://public-api.zenqms.com', 'http://10.0.0.1'],
  apiToken: [GOOD_TOKEN],
  clientId: ['client'],
  clientSecret: ['secret'],
  recordId: ['5003000000D8cuIAAR', '5003000000D8cuI'],
  start: ['0 1 * * *'],
  authHeader: ['Authorization'],
  authScheme: ['Bearer', ''],
  pathPrefix: ['/v2', ''],
  cursor: ['CURSOR', 'bm9uc2Vuc2U'],
  state: ['STATE'],
  code: ['authorization-code-0001'],
  search: ['a', 'CASE'],
  subjectId: ['INT_ID'],
  revision: ['1'],
};

type World = Record<(typeof NAMES)[number], string>;

async function makeWorld(): Promise<World> {
  await api.reset();
  const spare = await seedConnections(api);
  const ids = await seedConnections(api);
  const integration = (await api.call('POST', '/api/v1/integrations', { body: draft(ids) })).body.id as string;
  await api.call('POST', '/api/v1/integrations', { body: draft(ids, { name: 'Second' }) });
  const { db } = api.database;
  const events = [1, 2].map((n) => changeEvent({ recordId: recordId(n), eventAt: new Date().toISOString() }));
  await receive(db, { connectionId: ids.salesforce, position: null, events }, async (_trx, all) =>
    all.map((event) => ({
      event,
      integrationId: integration,
      zenqmsConnectionId: ids.zenqms,
      state: 'ready',
      awake: true,
      prior: null,
    })),
  );
  const taken = await take(db, { limit: 10, lease: 'l', leaseMs: 60_000 });
  const end = {
    kind: 'finished',
    outcome: 'error',
    reason: 'zenqms_refused',
    message: 'm',
    issueId: null,
    issueNumber: null,
    steps: [],
    attempt: null,
    claim: null,
  } as const;
  await settle(
    db,
    taken.map((delivery) => ({ ...end, delivery })),
  );
  const token = (await api.call('POST', '/api/v1/tokens', { body: { name: 't', role: 'viewer' } })).body.id as string;
  const authorize = await api.call('POST', `/api/v1/salesforce/connections/${ids.salesforce}/authorize`);
  const list = await api.call('GET', '/api/v1/integrations?limit=1');
  return {
    SF_ID: ids.salesforce,
    ZQ_ID: ids.zenqms,
    SPARE_SF: spare.salesforce,
    SPARE_ZQ: spare.zenqms,
    INT_ID: integration,
    EXEC_ID: taken[0]?.id ?? '',
    TOKEN_ID: token,
    STATE: new URL(authorize.body.authorizeUrl).searchParams.get('state') ?? '',
    CURSOR: list.body.next,
  };
}

const inWorld = (text: string, world: World): string =>
  NAMES.reduce((result, name) => result.replaceAll(name, world[name]), text);

/** Everything that a request could change, in one line. */
async function stateOfDatabase(): Promise<string> {
  const tables = [
    'salesforce_connection',
    'zenqms_connection',
    'integration',
    'integration_revision',
    'integration_pause',
    'audit',
    'delivery',
    'execution',
    'catch_up',
    'oauth_state',
  ];
  const sums = tables.map((table) => `(select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from ${table} t)`);
  const { rows } = await sql<{ state: string }>`
    select concat_ws(' ', ${sql.raw(sums.join(', '))}, (select md5(coalesce(string_agg(id || name || role, '|' order by id), '')) from api_token)) as state`.execute(
    api.database.db,
  );
  return rows[0]?.state ?? '';
}

const anyRequest = fc.oneof(...endpoints.map((endpoint) => requestOf(endpoint, KNOWN)));

test(
  `${RUNS} requests`,
  async () => {
    let world = await makeWorld();
    let before = await stateOfDatabase();
    let count = 0;
    const statuses = new Map<string, Map<number, number>>();

    const send = async ({ endpoint, path, raw, contentType }: GeneratedRequest): Promise<void> => {
      if (count > 0 && count % ROUND === 0) {
        world = await makeWorld();
        before = await stateOfDatabase();
      }
      count += 1;
      const withBody = raw !== undefined && endpoint.method !== 'GET';
      const answer = await api.call(endpoint.method, inWorld(path, world), {
        token: ADMIN_TOKEN,
        ...(withBody ? { raw: inWorld(raw, world).toWellFormed(), headers: { 'content-type': contentType } } : {}),
      });
      const seen = statuses.get(endpoint.operation.operationId) ?? new Map<number, number>();
      statuses.set(endpoint.operation.operationId, seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1));
      expect(answer.status, answer.text).toBeLessThan(500);
      if (endpoint.method === 'GET' && endpoint.operation.operationId !== 'salesforceCallback') return;
      const after = await stateOfDatabase();
      // The callback takes its state whatever comes of it, and leaves what went wrong with the connection.
      if (answer.status >= 400 && endpoint.method !== 'GET')
        expect(after, `${endpoint.method} ${path} changed something`).toBe(before);
      before = after;
    };

    await fc.assert(fc.asyncProperty(anyRequest, send), { numRuns: RUNS, seed: SEED, endOnFailure: true });

    expect((await api.call('GET', '/healthz', { token: null })).status).toBe(200);
    expect(api.logged.filter((line) => line.level === 'error')).toEqual([]);
    // Generated requests that never get anywhere would prove little: each route was carried out, and each that takes input refused some.
    const succeeded = [...statuses].filter(([, seen]) => [...seen.keys()].some((status) => status < 300)).map(([name]) => name);
    expect(endpoints.map((endpoint) => endpoint.operation.operationId).filter((name) => !succeeded.includes(name))).toEqual([]);
    const total = [...statuses.values()]
      .flatMap((seen) => [...seen])
      .reduce((sums, [status, n]) => sums.set(status, (sums.get(status) ?? 0) + n), new Map<number, number>());
    console.log(
      `fuzz: ${[...total]
        .sort()
        .map(([status, n]) => `${n} × ${status}`)
        .join(', ')}`,
    );
  },
  Math.max(300_000, RUNS * 150),
);
