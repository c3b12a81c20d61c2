/** The REST API: versions, sessions and allowances in front of every resource. */
import { FieldError } from './errors.ts';
import { type Reply, type Request, json } from './http.ts';
import type { Org } from './org.ts';
import { type Cursors, query, queryMore } from './rest-query.ts';
import { collection, records, retrieveMany } from './rest-records.ts';
import { tooling } from './tooling.ts';

export type { Cursors } from './rest-query.ts';

export function rest(org: Org, request: Request, cursors: Cursors): Reply {
  if (request.path === '/services/data' || request.path === '/services/data/') {
    return json(
      200,
      org.versions.map((version) => ({ label: `Release ${version}`, url: `/services/data/v${version}`, version })),
    );
  }
  const match = /^\/services\/data\/v(\d+\.0)(\/.*)?$/.exec(request.path);
  const version = match?.[1] ?? '';
  if (!org.versions.includes(version)) return failure(404, 'NOT_FOUND', 'The requested resource does not exist');
  const session = org.sessions.valid(request.bearer);
  if (!session) return failure(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  if (!org.access.apiEnabled) return failure(403, 'API_DISABLED_FOR_ORG', 'API is not enabled for this Organization or Partner');
  org.counters.apiCalls += 1;
  const used = org.counters.apiCalls + org.limits.apiUsedElsewhere;
  const headers = { 'sforce-limit-info': `api-usage=${used}/${org.limits.apiMax}` };
  if (used > org.limits.apiMax) return failure(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', headers);
  try {
    const reply = route(org, request, match?.[2]?.replace(/\/$/, '') ?? '', version, cursors);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  } catch (error) {
    if (error instanceof FieldError) return failure(error.status, error.errorCode, error.message, headers);
    if (error instanceof SyntaxError) return failure(400, 'JSON_PARSER_ERROR', error.message, headers);
    throw error;
  }
}

const failure = (status: number, errorCode: string, message: string, headers: Reply['headers'] = {}): Reply =>
  json(status, [{ message, errorCode }], headers);

function route(org: Org, request: Request, path: string, api: string, cursors: Cursors): Reply {
  const { method } = request;
  const get = method === 'GET';
  if (path === '' && get) return json(200, resources(org, api));
  if (path === '/limits' && get) return json(200, limits(org));
  if (path === '/composite/sobjects' && ['POST', 'PATCH', 'DELETE'].includes(method)) return collection(org, request);
  const many = /^\/composite\/sobjects\/([^/]+)$/.exec(path);
  if (many && method === 'POST') return retrieveMany(org, many[1] ?? '', JSON.parse(request.text) as unknown, api);
  const asked = /^(\/tooling)?\/query(All)?$/.exec(path);
  if (asked && get) return query(org, request, { tooling: !!asked[1], deletedToo: !!asked[2], api }, cursors);
  const more = /^(?:\/tooling)?\/query(?:All)?\/(.+)$/.exec(path);
  if (more && get) return queryMore(request, more[1] ?? '', api, cursors);
  const answer = path.startsWith('/tooling/') ? tooling(org, request, path, api) : records(org, request, path, api);
  return answer ?? failure(404, 'NOT_FOUND', 'The requested resource does not exist');
}

function resources(org: Org, api: string): Record<string, string> {
  const names = ['tooling', 'limits', 'sobjects', 'query', 'queryAll', 'composite'];
  return {
    identity: `${org.url()}/id/${org.orgId}/${org.user.id}`,
    ...Object.fromEntries(names.map((name) => [name, `/services/data/v${api}/${name}`])),
  };
}

function limits(org: Org): unknown {
  const left = (max: number, used: number) => ({ Max: max, Remaining: Math.max(0, max - used) });
  return {
    DailyApiRequests: left(org.limits.apiMax, org.counters.apiCalls + org.limits.apiUsedElsewhere),
    DailyDeliveredPlatformEvents: left(org.limits.eventsMax, org.counters.eventsDelivered),
    MonthlyPlatformEvents: left(org.limits.eventsMax * 30, 0),
    DailyStreamingApiEvents: left(org.limits.eventsMax, 0),
    StreamingApiConcurrentClients: left(org.limits.cometdClients, org.counters.cometd.clients),
  };
}
