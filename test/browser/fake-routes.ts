/** The relay's routes as the contract words them, in memory; what a body may hold is checked, so that a wrong call fails a test. */
import { connectedAccount, connectedOrg, quietStatus, read, type Call, type Json, type World } from './world.ts';

export type Answer = { status?: number; body: unknown };
export type Route = (call: Call, ...parts: string[]) => Answer;

const SALESFORCE = read('salesforce') as { objects: Json[]; describes: Record<string, Json> };
const ZENQMS = read('zenqms') as { categories: Json[]; fields: Record<string, Json[]>; users: Json[] };

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
export const fail = (status: number, code: string, message: string, details: Json[] = []): Answer => ({
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

export function routes(world: World): Array<[string, RegExp, Route]> {
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
    [
      'GET',
      /^\/integrations\/[^/]+\/held$/,
      () => ok({ count: world.held, oldestReceivedAt: '2026-03-02T09:00:00.000Z', newestReceivedAt: '2026-03-02T09:05:00.000Z' }),
    ],
    [
      'POST',
      /^\/integrations\/[^/]+\/held\/(release|discard)$/,
      (_call, what) => {
        const count = world.held;
        world.held = 0;
        return ok(what === 'release' ? { released: count } : { discarded: count });
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
