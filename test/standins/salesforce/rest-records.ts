/** Records by id: the retrieve of many, and what people and other systems do to single ones and collections in the org. */
import { visibleFields, visibleObject } from './access.ts';
import { describeObject, globalDescribe, plainFields } from './describe.ts';
import { FieldError } from './errors.ts';
import { type Reply, type Request, json } from './http.ts';
import { isId, to18 } from './ids.ts';
import type { ObjectType } from './objects.ts';
import type { Org } from './org.ts';
import { worldOf } from './rest-query.ts';
import type { Query } from './soql/ast.ts';
import { type Shape, shapeOf } from './soql/shape.ts';
import type { StoredRecord, Values } from './store.ts';

const MOST_RETRIEVED = 2_000;
const MOST_WRITTEN = 200;

const empty = (status: number): Reply => ({ status, headers: {}, body: '' });

function shaper(org: Org, object: ObjectType, paths: readonly string[], api: string): Shape {
  const query: Query = {
    text: '',
    count: false,
    selected: paths.map((text) => ({ kind: 'path', path: { text, at: 0 } })),
    object: { text: object.name, at: 0 },
    where: null,
    order: [],
    limit: null,
    offset: 0,
  };
  return shapeOf(worldOf(org, api, false), object, query);
}

/** POST composite/sobjects/X {ids, fields}: null for what is deleted or not visible; one unreadable field fails the whole. */
export function retrieveMany(org: Org, name: string, body: unknown, api: string): Reply {
  const object = visibleObject(org.store, org.access, name);
  worldOf(org, api, false);
  const { ids, fields } = (body ?? {}) as { ids?: unknown; fields?: unknown };
  if (!Array.isArray(ids) || !Array.isArray(fields)) throw new FieldError('INVALID_INPUT', 'ids and fields are required');
  if (ids.length > MOST_RETRIEVED)
    throw new FieldError(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MOST_RETRIEVED} records into this call`,
    );
  const names = [...new Set(plainFields(org, object, fields).map((each) => each.name))];
  const shape = shaper(org, object, names, api);
  const rows = ids.map((id) => {
    if (!isId(id)) throw new FieldError('MALFORMED_ID', `malformed id ${String(id)}`);
    const record = org.store.get(object.name, to18(id));
    return !record || record.deleted || org.access.hiddenRecords.has(record.id) ? null : shape(record);
  });
  return json(200, rows);
}

/** @returns null where the path is none of these */
export function records(org: Org, request: Request, path: string, api: string): Reply | null {
  if (path === '/sobjects') return request.method === 'GET' ? json(200, globalDescribe(org, api)) : null;
  const [, name = '', id = null, last = null] = /^\/sobjects\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(path) ?? [];
  if (name === '' || last !== null) return null;
  if (id === 'describe') return request.method === 'GET' ? json(200, describeObject(org, name, api)) : null;
  const object = visibleObject(org.store, org.access, name);
  if (id === null) {
    if (request.method !== 'POST')
      throw new FieldError('METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed. Allowed are HEAD,GET,POST`, 405);
    return json(201, { id: org.store.insert(object.name, bodyOf(request), { byUser: true }), success: true, errors: [] });
  }
  return one(org, request, object, id, api);
}

const bodyOf = (request: Request): Values => JSON.parse(request.text) as Values;

function one(org: Org, request: Request, object: ObjectType, id: string, api: string): Reply {
  const record = isId(id) ? org.store.get(object.name, id) : undefined;
  if (!record || org.access.hiddenRecords.has(record.id))
    throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
  if (record.deleted) throw new FieldError('ENTITY_IS_DELETED', 'entity is deleted', 404);
  switch (request.method) {
    case 'GET':
      return json(200, read(org, request, object, record, api));
    case 'PATCH':
      org.store.update(object.name, record.id, bodyOf(request), { byUser: true });
      return empty(204);
    case 'DELETE':
      org.store.delete(object.name, record.id);
      return empty(204);
    default:
      throw new FieldError(
        'METHOD_NOT_ALLOWED',
        `HTTP Method '${request.method}' not allowed. Allowed are DELETE,GET,HEAD,PATCH`,
        405,
      );
  }
}

function read(org: Org, request: Request, object: ObjectType, record: StoredRecord, api: string): Values {
  const asked = request.query
    .get('fields')
    ?.split(',')
    .map((each) => each.trim());
  const names = asked ?? visibleFields(object, org.access).map((each) => each.name);
  return shaper(org, object, names, api)(record);
}

interface Result {
  id?: string;
  success: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
}

/** POST, PATCH and DELETE composite/sobjects: up to 200 records; without allOrNone each stands for itself. */
export function collection(org: Org, request: Request): Reply {
  if (request.method === 'DELETE') {
    const ids = (request.query.get('ids') ?? '').split(',').filter((each) => each !== '');
    return json(
      200,
      each(org, ids, request.query.get('allOrNone') === 'true', (id) => {
        org.store.delete(objectOf(org, id).name, id);
        return id;
      }),
    );
  }
  const { records: list = [], allOrNone = false } = JSON.parse(request.text) as { records?: Values[]; allOrNone?: boolean };
  return json(
    200,
    each(org, list, allOrNone, (values) => {
      const name = (values['attributes'] as { type?: string } | undefined)?.type ?? '';
      const object = visibleObject(org.store, org.access, name);
      if (request.method === 'POST') return org.store.insert(object.name, values, { byUser: true });
      const { id, Id, ...rest } = values;
      const key = String(id ?? Id ?? '');
      org.store.update(object.name, key, rest, { byUser: true });
      return to18(key);
    }),
  );
}

function each<T>(org: Org, list: readonly T[], allOrNone: boolean, work: (item: T) => string): Result[] {
  if (list.length > MOST_WRITTEN)
    throw new FieldError(
      'EXCEEDED_MAX_SIZE_REQUEST',
      `record limit reached. cannot submit more than ${MOST_WRITTEN} records in this call`,
    );
  const results: Result[] = [];
  const all = (): void => {
    for (const item of list) {
      try {
        results.push({ id: work(item), success: true, errors: [] });
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
        results.push({ success: false, errors: [{ statusCode: error.errorCode, message: error.message, fields: [] }] });
      }
    }
    if (allOrNone && results.some((result) => !result.success)) throw new RolledBack();
  };
  try {
    org.store.transaction(all);
    return results;
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    const failed = {
      statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      message: 'Record rolled back because not all records were valid',
      fields: [],
    };
    return results.map((result) => (result.success ? { success: false, errors: [failed] } : result));
  }
}

class RolledBack extends Error {}

function objectOf(org: Org, id: string): ObjectType {
  const found = [...org.store.objects.values()].find((object) => id.startsWith(object.keyPrefix));
  if (!found || !isId(id)) throw new FieldError('MALFORMED_ID', `malformed id ${id}`);
  return found;
}
