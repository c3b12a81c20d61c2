/** The REST API: versions, limits, describe, retrieve, query, and the creates that people make in tests through it. */
import { valueAt, visibleFields, visibleObject } from './access.ts';
import { FieldError } from './errors.ts';
import { type Reply, type Request, json } from './http.ts';
import { isId, to18 } from './ids.ts';
import { type ObjectType, changeEventName } from './objects.ts';
import type { Org } from './org.ts';
import { permissionRows } from './permissions.ts';
import { runQuery, shape } from './query.ts';
import { parseSoql } from './soql.ts';
import { toolingCreate, toolingDelete, toolingQuery } from './tooling.ts';

const PAGE = 2_000;
const MOST_RETRIEVED = 2_000;

export interface Cursors {
  next: number;
  pages: Map<string, Record<string, unknown>[]>;
}

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
  if (!org.sessions.valid(request.bearer)) return failure(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  org.counters.apiCalls += 1;
  const used = org.counters.apiCalls + org.limits.apiUsedElsewhere;
  const headers = { 'sforce-limit-info': `api-usage=${used}/${org.limits.apiMax}` };
  if (used > org.limits.apiMax) return failure(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', headers);
  try {
    const reply = route(org, request, match?.[2] ?? '/', version, cursors);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  } catch (error) {
    if (error instanceof FieldError) return failure(error.status, error.errorCode, error.message, headers);
    if (error instanceof SyntaxError) return failure(400, 'JSON_PARSER_ERROR', error.message, headers);
    throw error;
  }
}

const failure = (status: number, errorCode: string, message: string, headers: Reply['headers'] = {}): Reply =>
  json(status, [{ message, errorCode }], headers);

function route(org: Org, request: Request, path: string, version: string, cursors: Cursors): Reply {
  const { method } = request;
  if (path === '/' && method === 'GET')
    return json(200, {
      identity: `${org.url()}/id/${org.orgId}/${org.user.id}`,
      sobjects: `/services/data/v${version}/sobjects`,
      query: `/services/data/v${version}/query`,
      limits: `/services/data/v${version}/limits`,
    });
  if (path === '/limits' && method === 'GET') return limits(org);
  if (path === '/sobjects' && method === 'GET') return globalDescribe(org);
  const describe = /^\/sobjects\/([^/]+)\/describe$/.exec(path);
  if (describe && method === 'GET') return describeObject(org, describe[1] ?? '');
  const collection = /^\/composite\/sobjects\/([^/]+)$/.exec(path);
  if (collection && method === 'POST') return retrieve(org, collection[1] ?? '', JSON.parse(request.text) as unknown, version);
  if (['/query', '/queryAll'].includes(path) && method === 'GET')
    return query(org, request.query.get('q') ?? '', path === '/queryAll', version, cursors);
  const more = /^\/query(?:All)?\/(.+)$/.exec(path);
  if (more && method === 'GET') return page(more[1] ?? '', version, cursors);
  if (path === '/tooling/query' && method === 'GET') return json(200, toolingQuery(org, request.query.get('q') ?? ''));
  const tooling = /^\/tooling\/sobjects\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  if (tooling && method === 'POST') return json(201, toolingCreate(org, tooling[1] ?? '', JSON.parse(request.text) as unknown));
  if (tooling?.[2] && method === 'DELETE') {
    toolingDelete(org, tooling[1] ?? '', tooling[2]);
    return { status: 204, headers: {}, body: '' };
  }
  const record = /^\/sobjects\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  if (record) return records(org, request, record[1] ?? '', record[2] ?? null, version);
  return failure(404, 'NOT_FOUND', 'The requested resource does not exist');
}

function limits(org: Org): Reply {
  const left = (max: number, used: number) => ({ Max: max, Remaining: Math.max(0, max - used) });
  return json(200, {
    DailyApiRequests: left(org.limits.apiMax, org.counters.apiCalls + org.limits.apiUsedElsewhere),
    DailyDeliveredPlatformEvents: left(org.limits.eventsMax, org.counters.eventsDelivered),
    MonthlyPlatformEvents: left(org.limits.eventsMax * 30, 0),
    DailyStreamingApiEvents: left(org.limits.eventsMax, 0),
  });
}

function globalDescribe(org: Org): Reply {
  const item = (name: string, label: string, custom: boolean, keyPrefix: string | null, queryable: boolean) => ({
    name,
    label,
    labelPlural: `${label}s`,
    custom,
    keyPrefix,
    queryable,
    retrieveable: queryable,
    createable: queryable,
    triggerable: queryable,
    layoutable: queryable,
    deprecatedAndHidden: false,
  });
  const sobjects = [...org.store.objects.values()]
    .filter((object) => !org.access.unreadableObjects.has(object.name.toLowerCase()))
    .flatMap((object) => [
      item(object.name, object.label, object.custom, object.keyPrefix, true),
      ...(object.changeEvents
        ? [item(changeEventName(object.name), `Change Event: ${object.label}`, object.custom, null, false)]
        : []),
    ]);
  if (org.multiCurrency) sobjects.push(item('CurrencyType', 'Currency Type', false, '01L', true));
  return json(200, { encoding: 'UTF-8', maxBatchSize: 200, sobjects });
}

function describeObject(org: Org, name: string): Reply {
  const object = visibleObject(org.store, org.access, name);
  const currency = org.multiCurrency && object.fields.some((each) => each.type === 'currency');
  const fields = visibleFields(object, org.access);
  const iso = { ...fields[0]!, name: 'CurrencyIsoCode', label: 'Currency ISO Code', type: 'picklist', nillable: true };
  return json(200, {
    name: object.name,
    label: object.label,
    labelPlural: `${object.label}s`,
    custom: object.custom,
    keyPrefix: object.keyPrefix,
    queryable: true,
    retrieveable: true,
    fields: currency ? [...fields, iso] : fields,
    childRelationships: [],
    recordTypeInfos: [],
  });
}

function retrieve(org: Org, name: string, body: unknown, version: string): Reply {
  const object = visibleObject(org.store, org.access, name);
  const { ids, fields } = (body ?? {}) as { ids?: unknown; fields?: unknown };
  if (!Array.isArray(ids) || !Array.isArray(fields)) throw new FieldError('INVALID_INPUT', 'ids and fields are required');
  if (ids.length > MOST_RETRIEVED)
    throw new FieldError('INVALID_INPUT', `The maximum number of records that can be retrieved is ${MOST_RETRIEVED}`);
  for (const path of fields) {
    if (
      String(path).includes('.') ||
      !visibleFields(withCurrency(org, object), org.access).some((each) => each.name.toLowerCase() === String(path).toLowerCase())
    ) {
      throw new FieldError('INVALID_FIELD', `No such column '${String(path)}' on sobject of type ${object.name}`);
    }
  }
  const rows = ids.map((id) => {
    if (!isId(id)) throw new FieldError('MALFORMED_ID', `malformed id ${String(id)}`);
    const record = org.store.get(object.name, to18(id));
    if (!record || record.deleted || org.access.hiddenRecords.has(record.id)) return null;
    return shape(org.store, org.access, withCurrency(org, object), record, fields.map(String), version);
  });
  return json(200, rows);
}

/** Orgs with several currencies have the code on every record. */
function withCurrency(org: Org, object: ObjectType): ObjectType {
  if (!org.multiCurrency || object.fields.some((each) => each.name === 'CurrencyIsoCode')) return object;
  if (!object.fields.some((each) => each.type === 'currency')) return object;
  object.fields.push({
    ...object.fields[0]!,
    name: 'CurrencyIsoCode',
    label: 'Currency ISO Code',
    type: 'picklist',
    nillable: true,
    createable: true,
    updateable: true,
  });
  return object;
}

function query(org: Org, soql: string, deletedToo: boolean, version: string, cursors: Cursors): Reply {
  const parsed = parseSoql(soql);
  const object = org.store.object(parsed.object);
  if (object) withCurrency(org, object);
  if (parsed.object.toLowerCase() === 'userrecordaccess') return recordAccess(org, soql);
  const permissions = permissionRows(org, parsed.object, soql);
  if (permissions) return json(200, { totalSize: permissions.length, done: true, records: permissions });
  const result = runQuery(org.store, org.access, parsed, { deletedToo, api: version });
  if (result.count) return json(200, { totalSize: result.total, done: true, records: [] });
  const first = result.records.slice(0, PAGE);
  if (result.records.length <= PAGE) return json(200, { totalSize: result.total, done: true, records: first });
  const cursor = `01g5x${String((cursors.next += 1)).padStart(10, '0')}AAA`;
  cursors.pages.set(cursor, result.records);
  return json(200, {
    totalSize: result.total,
    done: false,
    nextRecordsUrl: `/services/data/v${version}/query/${cursor}-${PAGE}`,
    records: first,
  });
}

function page(locator: string, version: string, cursors: Cursors): Reply {
  const [cursor = '', from = '0'] = locator.split('-');
  const records = cursors.pages.get(cursor);
  if (!records) throw new FieldError('INVALID_QUERY_LOCATOR', 'invalid query locator');
  const start = Number(from);
  const end = start + PAGE;
  const done = end >= records.length;
  return json(200, {
    totalSize: records.length,
    done,
    ...(done ? {} : { nextRecordsUrl: `/services/data/v${version}/query/${cursor}-${end}` }),
    records: records.slice(start, end),
  });
}

function recordAccess(org: Org, soql: string): Reply {
  const ids = [...soql.matchAll(/'([a-zA-Z0-9]{18})'/g)].map((match) => match[1] ?? '').filter((id) => id !== org.user.id);
  const records = ids.map((id) => ({ RecordId: id, HasReadAccess: !org.access.hiddenRecords.has(id) }));
  return json(200, { totalSize: records.length, done: true, records });
}

/** Single records: what people and other systems do in the org. */
function records(org: Org, request: Request, name: string, id: string | null, version: string): Reply {
  const object = visibleObject(org.store, org.access, name);
  if (id === null && request.method === 'POST') {
    const created = org.store.insert(object.name, JSON.parse(request.text) as Record<string, unknown>);
    return json(201, { id: created, success: true, errors: [] });
  }
  if (id === null) throw new FieldError('METHOD_NOT_ALLOWED', 'HTTP Method not allowed', 405);
  if (!isId(id)) throw new FieldError('MALFORMED_ID', `malformed id ${id}`);
  const record = org.store.get(object.name, id);
  if (!record || org.access.hiddenRecords.has(record.id))
    throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
  if (record.deleted) throw new FieldError('ENTITY_IS_DELETED', 'entity is deleted', 404);
  if (request.method === 'GET') {
    const fields = request.query.get('fields')?.split(',') ?? visibleFields(object, org.access).map((each) => each.name);
    for (const path of fields) valueAt(org.store, org.access, object, record, path);
    return json(200, shape(org.store, org.access, object, record, fields, version));
  }
  if (request.method === 'PATCH') org.store.update(object.name, record.id, JSON.parse(request.text) as Record<string, unknown>);
  else if (request.method === 'DELETE') org.store.delete(object.name, record.id);
  else throw new FieldError('METHOD_NOT_ALLOWED', 'HTTP Method not allowed', 405);
  return { status: 204, headers: {}, body: '' };
}
