/** The relay's API as the contract words it, in memory: what the page is tested against where a fault must be made to order. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';

export type Json = Record<string, unknown>;
type Call = { method: string; path: string; query: URLSearchParams; body: Json };
type Answer = { status?: number; body: unknown };
type Route = (call: Call, ...parts: string[]) => Answer;

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`data/${name}.json`, import.meta.url), 'utf8'));
const SALESFORCE = read('salesforce') as { objects: Json[]; describes: Record<string, Json> };
const ZENQMS = read('zenqms') as { categories: Json[]; fields: Record<string, Json[]>; users: Json[] };

export interface World {
  salesforceConnections: Json[];
  zenqmsConnections: Json[];
  integrations: Json[];
  statuses: Record<string, Json>;
  executions: Json[];
  revisions: Json[];
  held: Json[];
  catchUp: Json | null;
  problems: Json[];
  calls: Call[];
  /** Errors to answer once, by "METHOD path". */
  failures: Map<string, { status: number; error: Json }>;
}

export const connectedOrg = (): Json => ({
  id: 'sf-1',
  name: 'Production org',
  loginUrl: 'https://login.salesforce.com',
  clientId: 'key',
  status: 'connected',
  problem: null,
  callbackUrl: 'https://relay.example.com/oauth/salesforce/callback',
  org: { id: '00D000000000001EAA', name: 'Example Ltd', instanceUrl: 'https://example.my.salesforce.com', sandbox: false },
  user: { id: '005000000000001AAA', username: 'integration@example.com' },
  limits: { apiUsed: 10, apiMax: 1000, eventsDelivered: 5, eventsMax: 1000 },
  stream: { state: 'streaming', positionAge: 12, lastMessageAt: '2026-03-02T09:15:01.000Z', hoursUntilLoss: 71.5 },
});
export const connectedAccount = (): Json => ({
  id: 'zq-1',
  name: 'ZenQMS',
  baseUrl: 'https://public-api.zenqms.com',
  status: 'connected',
  problem: null,
});
export const storedIntegration = (more: Json = {}): Json => ({
  id: 'int-1',
  revision: 3,
  status: 'active',
  name: 'Complaints from Cases',
  salesforceConnectionId: 'sf-1',
  zenqmsConnectionId: 'zq-1',
  object: 'Case',
  triggerOn: 'both',
  filterFormula: 'ISCHANGED(Status)',
  categoryId: 'cat-complaint',
  assigneeId: 'u-quality',
  title: null,
  dueDate: { from: 'today', daysToAdd: 30 },
  timeZone: 'UTC',
  duplicateScope: 'category',
  fieldMappings: [
    { salesforceField: 'Severity__c', zenqmsFieldId: 'f-severity' },
    { salesforceField: 'Description', zenqmsFieldId: 'f-description' },
  ],
  ...more,
});
export const quietStatus = (more: Json = {}): Json => ({
  status: 'active',
  waiting: 0,
  running: 0,
  needsAttention: 1,
  counts: { created: 1204, skipped: 311, error: 1 },
  lastEventAt: '2026-03-02T09:15:00.000Z',
  lastCreatedAt: '2026-03-02T09:00:02.000Z',
  lagSeconds: 2,
  ...more,
});
export const emptyWorld = (): World => ({
  salesforceConnections: [],
  zenqmsConnections: [],
  integrations: [],
  statuses: {},
  executions: [],
  revisions: [],
  held: [],
  catchUp: null,
  problems: [],
  calls: [],
  failures: new Map(),
});
export const busyWorld = (): World => ({
  ...emptyWorld(),
  salesforceConnections: [connectedOrg()],
  zenqmsConnections: [connectedAccount()],
  integrations: [storedIntegration()],
  statuses: { 'int-1': quietStatus() },
  executions: read('executions') as Json[],
  revisions: [
    {
      revision: 2,
      action: 'update',
      actor: 'Salesforce',
      actingUser: 'admin@example.com',
      at: '2026-03-01T08:00:00.000Z',
      definition: storedIntegration(),
    },
    {
      revision: 1,
      action: 'create',
      actor: 'Salesforce',
      actingUser: 'admin@example.com',
      at: '2026-02-01T08:00:00.000Z',
      definition: storedIntegration({ filterFormula: null }),
    },
  ],
});

const INTEGRATION_KEYS = [
  'name',
  'salesforceConnectionId',
  'zenqmsConnectionId',
  'object',
  'triggerOn',
  'filterFormula',
  'categoryId',
  'assigneeId',
  'title',
  'dueDate',
  'timeZone',
  'duplicateScope',
  'fieldMappings',
  'bulkLimit',
  'status',
  'revision',
];
const list = (data: unknown[]): Answer => ({ body: { data, next: null } });
const ok = (body: unknown, status = 200): Answer => ({ status, body });
const fail = (status: number, code: string, message: string, details: Json[] = []): Answer => ({
  status,
  body: { error: { code, message, details }, requestId: 'req-1' },
});
const byId = (rows: Json[], id: string | undefined): Json => {
  const found = rows.find((row) => row.id === id);
  if (!found) throw Object.assign(new Error('not found'), { notFound: true });
  return found;
};
function known(body: Json, keys: string[]): Answer | null {
  const unknown = Object.keys(body).filter((key) => !keys.includes(key));
  return unknown.length
    ? fail(
        400,
        'unknown_property',
        `Unknown: ${unknown.join()}`,
        unknown.map((path) => ({ path, message: 'Unknown property' })),
      )
    : null;
}

function routes(world: World): Array<[string, RegExp, Route]> {
  const problemsOf = (body: Json) => {
    const refused = known(body, INTEGRATION_KEYS);
    return refused ?? { body: { valid: world.problems.every((each) => each.severity === 'warning'), problems: world.problems } };
  };
  const setStatus = (id: string, status: string) => {
    Object.assign(byId(world.integrations, id), { status });
    world.statuses[id] = { ...quietStatus(world.statuses[id]), status };
    return ok(byId(world.integrations, id));
  };
  const match = (row: Json, query: URLSearchParams) =>
    ['integrationId', 'outcome', 'reason', 'recordId'].every((key) => !query.get(key) || row[key] === query.get(key));
  return [
    ['GET', /^\/salesforce\/connections$/, () => list(world.salesforceConnections)],
    [
      'POST',
      /^\/salesforce\/connections$/,
      ({ body }) => {
        const refused = known(body, ['name', 'loginUrl', 'clientId', 'clientSecret']);
        if (refused) return refused;
        const { clientSecret: _secret, ...shown } = body;
        const connection = { ...connectedOrg(), ...shown, id: 'sf-new', status: 'awaiting_authorization', org: null, user: null };
        world.salesforceConnections.push(connection);
        return ok({ ...connection, authorizeUrl: 'about:blank#authorize' }, 201);
      },
    ],
    ['GET', /^\/salesforce\/connections\/([^/]+)$/, (_call, id) => ok(byId(world.salesforceConnections, id))],
    [
      'PATCH',
      /^\/salesforce\/connections\/([^/]+)$/,
      ({ body }, id) => ok(Object.assign(byId(world.salesforceConnections, id), body)),
    ],
    [
      'POST',
      /^\/salesforce\/connections\/([^/]+)\/authorize$/,
      (_call, id) => {
        Object.assign(byId(world.salesforceConnections, id), { status: 'awaiting_authorization', problem: null });
        return ok({ authorizeUrl: 'about:blank#authorize' });
      },
    ],
    [
      'GET',
      /^\/salesforce\/connections\/[^/]+\/objects$/,
      ({ query }) =>
        list(
          SALESFORCE.objects.filter((each) => `${each.label}`.toLowerCase().includes((query.get('search') ?? '').toLowerCase())),
        ),
    ],
    [
      'GET',
      /^\/salesforce\/connections\/[^/]+\/objects\/(\w+)$/,
      (_call, name = '') =>
        SALESFORCE.describes[name] ? ok(SALESFORCE.describes[name]) : fail(404, 'not_found', `No object ${name}`),
    ],
    [
      'POST',
      /^\/salesforce\/connections\/[^/]+\/preflight$/,
      ({ body }) =>
        known(body, ['object', 'fields']) ??
        ok({
          ok: true,
          checks: [
            { name: 'scopes', status: 'pass', message: 'The connection has the scopes api and refresh_token.', remedy: null },
            {
              name: 'view_all',
              status: 'warn',
              message: 'The connected user can not view all Cases.',
              remedy: 'Give it the permission set ZenQMS Integration User.',
            },
          ],
        }),
    ],
    ['GET', /^\/zenqms\/connections$/, () => list(world.zenqmsConnections)],
    [
      'POST',
      /^\/zenqms\/connections$/,
      ({ body }) => {
        const refused = known(body, ['name', 'baseUrl', 'apiToken']);
        if (refused) return refused;
        if (body.apiToken === 'wrong')
          return fail(422, 'zenqms_unauthorized', 'ZenQMS refused the token.', [
            { path: 'apiToken', message: 'ZenQMS refused this token.' },
          ]);
        const { apiToken: _token, ...shown } = body;
        const connection = { ...connectedAccount(), ...shown, id: 'zq-new' };
        world.zenqmsConnections.push(connection);
        return ok(connection, 201);
      },
    ],
    ['GET', /^\/zenqms\/connections\/[^/]+\/categories$/, () => list(ZENQMS.categories)],
    ['GET', /^\/zenqms\/connections\/[^/]+\/categories\/([^/]+)\/fields$/, (_call, id = '') => list(ZENQMS.fields[id] ?? [])],
    [
      'GET',
      /^\/zenqms\/connections\/[^/]+\/users$/,
      ({ query }) =>
        list(
          ZENQMS.users.filter((each) =>
            `${each.name} ${each.email}`.toLowerCase().includes((query.get('search') ?? '').toLowerCase()),
          ),
        ),
    ],
    ['GET', /^\/formula\/functions$/, () => ok(read('functions'))],
    ['GET', /^\/integrations$/, () => list(world.integrations)],
    [
      'POST',
      /^\/integrations$/,
      ({ body }) => {
        const refused = known(body, INTEGRATION_KEYS);
        if (refused) return refused;
        const stored = { ...body, id: `int-${world.integrations.length + 1}`, revision: 1, status: body.status ?? 'active' };
        world.integrations.push(stored);
        world.statuses[stored.id] = quietStatus({
          needsAttention: 0,
          counts: { created: 0, skipped: 0, error: 0 },
          lastCreatedAt: null,
          lagSeconds: null,
        });
        return ok(stored, 201);
      },
    ],
    ['POST', /^\/integrations\/validate$/, ({ body }) => problemsOf(body)],
    [
      'POST',
      /^\/integrations\/preview$/,
      ({ body }) =>
        known(body, ['integration', 'recordId', 'changeType', 'changedFields']) ??
        ok({
          decision: {
            outcome: 'deliver',
            reason: 'created',
            message: 'Every clause is true.',
            steps: [
              { step: 'trigger', passed: true, message: 'The record was updated.' },
              { step: 'ISCHANGED(Status)', passed: true, message: 'ISCHANGED(Status) is true: Status changed' },
            ],
          },
          issue: {
            categoryId: 'cat-complaint',
            title: 'Leaking vial',
            dueDate: '2026-04-01',
            assigneeId: 'u-quality',
            customFields: [{ fieldId: 'f-severity', value: 'High' }],
          },
          duplicateOf: null,
        }),
    ],
    ['GET', /^\/integrations\/([^/]+)$/, (_call, id) => ok(byId(world.integrations, id))],
    [
      'PUT',
      /^\/integrations\/([^/]+)$/,
      ({ body }, id) => {
        const stored = byId(world.integrations, id);
        if (body.revision !== stored.revision) return fail(409, 'conflict', 'Somebody saved first.');
        return known(body, INTEGRATION_KEYS) ?? ok(Object.assign(stored, body, { revision: Number(stored.revision) + 1 }));
      },
    ],
    [
      'DELETE',
      /^\/integrations\/([^/]+)$/,
      (_call, id) => {
        world.integrations = world.integrations.filter((each) => each.id !== id);
        return { status: 204, body: null };
      },
    ],
    ['GET', /^\/integrations\/([^/]+)\/status$/, (_call, id = '') => ok(world.statuses[id] ?? quietStatus())],
    ['GET', /^\/integrations\/[^/]+\/revisions$/, () => list(world.revisions)],
    ['POST', /^\/integrations\/([^/]+)\/pause$/, (_call, id = '') => setStatus(id, 'paused')],
    ['POST', /^\/integrations\/([^/]+)\/resume$/, ({ body }, id = '') => known(body, ['from']) ?? setStatus(id, 'active')],
    [
      'POST',
      /^\/integrations\/[^/]+\/catch-up$/,
      ({ body }) => {
        world.catchUp = {
          id: 'cu-1',
          state: 'done',
          since: body.since,
          until: body.since,
          cursorAt: body.since,
          found: 12,
          added: 3,
          message: null,
        };
        return ok({ id: 'cu-1' }, 202);
      },
    ],
    [
      'GET',
      /^\/integrations\/[^/]+\/catch-up$/,
      () => (world.catchUp ? ok(world.catchUp) : fail(404, 'not_found', 'No catch-up yet.')),
    ],
    ['GET', /^\/integrations\/[^/]+\/held$/, () => list(world.held)],
    [
      'POST',
      /^\/integrations\/[^/]+\/held\/(release|discard)$/,
      () => {
        const count = world.held.length;
        world.held = [];
        return ok({ count });
      },
    ],
    ['GET', /^\/executions$/, ({ query }) => list(world.executions.filter((row) => match(row, query)))],
    ['GET', /^\/executions\/([^/]+)$/, (_call, id) => ok(byId(world.executions, id))],
    [
      'POST',
      /^\/executions\/retry$/,
      ({ body }) => {
        const failed = world.executions.filter((row) => row.outcome === 'error' && row.integrationId === body.integrationId);
        for (const row of failed)
          Object.assign(row, {
            outcome: 'created',
            reason: 'created',
            issueNumber: 'COMPLAINT-18',
            message: 'Issue COMPLAINT-18 was created.',
          });
        return ok({ retried: failed.length });
      },
    ],
    [
      'POST',
      /^\/executions\/([^/]+)\/retry$/,
      ({ body }, id) =>
        known(body, ['force']) ??
        ok(
          Object.assign(byId(world.executions, id), {
            outcome: 'created',
            reason: 'created',
            issueNumber: 'COMPLAINT-18',
            attempts: 2,
          }),
        ),
    ],
  ];
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Json);
}

/** @returns the address, and `close` */
export async function startFakeRelay(token: string, current: () => World): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const send = ({ status = 200, body }: Answer) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body === null ? '' : JSON.stringify(body));
    };
    void (async () => {
      const world = current();
      const url = new URL(request.url ?? '/', 'http://relay');
      if (request.headers.authorization !== `Bearer ${token}`) return send(fail(401, 'unauthorized', 'No valid token.'));
      const call = {
        method: request.method ?? 'GET',
        path: url.pathname.replace('/api/v1', ''),
        query: url.searchParams,
        body: await bodyOf(request),
      };
      world.calls.push(call);
      const failure = world.failures.get(`${call.method} ${call.path}`);
      if (failure) {
        world.failures.delete(`${call.method} ${call.path}`);
        return send({ status: failure.status, body: { error: failure.error, requestId: 'req-9' } });
      }
      for (const [method, pattern, route] of routes(world)) {
        const found = method === call.method ? pattern.exec(call.path) : null;
        if (found) return send(route(call, ...found.slice(1)));
      }
      return send(fail(404, 'not_found', `No route ${call.method} ${call.path}`));
    })().catch((error: Error & { notFound?: boolean }) =>
      send(error.notFound ? fail(404, 'not_found', 'Unknown id.') : fail(500, 'fake', error.message)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
