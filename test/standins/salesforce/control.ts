/** What people and the weather do to the org, for those who run the stand-in as a process of its own. Never used by the relay. */
import { authorizeInBrowser } from './browser.ts';
import { noFaults } from './cometd-faults.ts';
import { FieldError } from './errors.ts';
import { ERRORS, type HttpFault, OAUTH_ERRORS } from './faults.ts';
import { type Reply, type Request, json } from './http.ts';
import type { Salesforce } from './server.ts';
import type { Values } from './store.ts';

type Body = Record<string, unknown>;
type Action = (salesforce: Salesforce, body: Body) => unknown;

const text = (body: Body, name: string): string => String(body[name] ?? '');
const record = (body: Body, name: string): Values => (body[name] ?? {}) as Values;

interface Operation {
  kind: 'insert' | 'update' | 'delete' | 'undelete';
  object: string;
  id?: string;
  values?: Values;
}

function apply({ db }: Salesforce, { kind, object, id = '', values = {} }: Operation): string {
  switch (kind) {
    case 'insert':
      return db.insert(object, values);
    case 'update':
      db.update(object, id, values);
      return id;
    case 'delete':
      db.delete(object, id);
      return id;
    case 'undelete':
      db.undelete(object, id);
      return id;
  }
}

/** Each answers what it returns, or {ok: true}. */
const ACTIONS: Readonly<Record<string, Action>> = {
  '/app': ({ app, orgId, user, url }) => ({ clientId: app.clientId, clientSecret: app.clientSecret, orgId, user, url }),
  '/counters': ({ counters, cometd, org }) => ({
    ...counters,
    clients: cometd.clients(),
    subscriptions: cometd.subscriptions(),
    refreshes: org.sessions.counts.refreshes,
    retained: org.bus.retained(),
  }),
  '/insert': ({ db }, body) => ({ ids: db.insertMany(text(body, 'object'), body['records'] as Values[]) }),
  '/insert-each': ({ db }, body) => ({
    ids: (body['records'] as Values[]).map((values) => db.insert(text(body, 'object'), values)),
  }),
  '/insert-silently': ({ db }, body) => ({
    ids: db.silently(() => db.insertMany(text(body, 'object'), body['records'] as Values[])),
  }),
  '/update': ({ db }, body) => db.update(text(body, 'object'), text(body, 'id'), record(body, 'values')),
  '/update-each': ({ db }, body) => {
    for (const each of body['updates'] as { id: string; values: Values }[]) db.update(text(body, 'object'), each.id, each.values);
  },
  '/delete': ({ db }, body) => db.delete(text(body, 'object'), text(body, 'id')),
  '/undelete': ({ db }, body) => db.undelete(text(body, 'object'), text(body, 'id')),
  '/transaction': (salesforce, body) => ({
    ids: salesforce.db.transaction(() => (body['operations'] as Operation[]).map((each) => apply(salesforce, each))),
  }),
  '/get': ({ db }, body) => ({ record: db.get(text(body, 'object'), text(body, 'id')) ?? null }),
  '/publish': (salesforce, body) => salesforce.publish(text(body, 'event'), record(body, 'payload')),
  '/age': (salesforce, body) => salesforce.age(Number(body['ms'] ?? 0)),
  '/migrate': ({ org }, body) => org.bus.migrate(Number(body['nextId'] ?? 1_000)),
  '/authorize': (_, body) => authorizeInBrowser(text(body, 'authorizeUrl'), body['decision'] === 'deny' ? 'deny' : 'allow'),
  '/tokens': ({ org }, body) => org.sessions.issue(text(body, 'scope') || 'api refresh_token', true),
  '/expire-tokens': ({ org, cometd }) => {
    org.sessions.expireAccessTokens();
    cometd.endSessions();
  },
  '/revoke-tokens': ({ org, cometd }) => {
    org.sessions.revokeRefreshTokens();
    cometd.endSessions();
  },
  '/forget-clients': ({ cometd }) => cometd.forgetClients(),
  '/disconnect-clients': ({ cometd }) => cometd.disconnectClients(),
  '/cometd-faults': ({ cometd }, body) => void Object.assign(cometd.faults, body),
  '/fault': ({ faults }, body) => faults.add(faultOf(body)),
  '/clear-faults': ({ faults, cometd, org }) => {
    faults.clear();
    Object.assign(cometd.faults, noFaults());
    Object.assign(org, { refusal: null, tokenRefusal: null });
  },
  '/refusal': ({ org }, body) => void Object.assign(org, { refusal: body['error'] === undefined ? null : body }),
  '/token-refusal': ({ org }, body) => void Object.assign(org, { tokenRefusal: body['error'] === undefined ? null : body }),
  '/access': ({ access }, body) => {
    for (const [name, value] of Object.entries(body))
      Object.assign(access, { [name]: Array.isArray(value) ? new Set(value as string[]) : value });
  },
  '/limits': ({ org }, body) => void Object.assign(org.limits, body),
  '/settings': ({ org, app }, body) => {
    if (Array.isArray(body['versions'])) org.versions = body['versions'] as string[];
    Object.assign(app, record(body, 'app'));
  },
  '/origin': ({ origin }, body) => void (origin.value = text(body, 'value')),
};

/** {method?, path, times?, after?} with `error` (a name of ERRORS or OAUTH_ERRORS) or an `answer`. A path of /…/ is a pattern. */
function faultOf(body: Body): HttpFault {
  const named = { ...ERRORS, ...OAUTH_ERRORS }[text(body, 'error') as keyof typeof ERRORS];
  const pattern = /^\/(.+)\/$/.exec(text(body, 'path'))?.[1];
  return {
    ...(body['method'] === undefined ? {} : { method: text(body, 'method') }),
    path: pattern !== undefined && body['pattern'] === true ? new RegExp(pattern) : text(body, 'path'),
    times: (body['times'] as number | null | undefined) ?? (body['times'] === null ? null : 1),
    after: Number(body['after'] ?? 0),
    answer: named ?? (body['answer'] as HttpFault['answer'] | undefined) ?? { kind: 'reset' },
  };
}

export async function control(salesforce: Salesforce, request: Request): Promise<Reply> {
  const action = ACTIONS[request.path.replace('/__control', '')];
  if (!action) return json(404, { error: `no such control: ${request.path}`, known: Object.keys(ACTIONS) });
  try {
    const body = (request.text === '' ? {} : JSON.parse(request.text)) as Body;
    return json(200, (await action(salesforce, body)) ?? { ok: true });
  } catch (error) {
    return json(400, { error: error instanceof FieldError ? `${error.errorCode}: ${error.message}` : String(error) });
  }
}
