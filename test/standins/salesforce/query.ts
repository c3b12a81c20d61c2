/** Runs a parsed query against the store, as the connected user. */
import { type Access, checkPath, valueAt, visibleObject } from './access.ts';
import type { ObjectType } from './objects.ts';
import type { Condition, Literal, Query } from './soql.ts';
import type { Store, StoredRecord } from './store.ts';

export interface QueryResult {
  count: boolean;
  total: number;
  records: Record<string, unknown>[];
}

export function runQuery(store: Store, access: Access, query: Query, options: { deletedToo: boolean; api: string }): QueryResult {
  const object = visibleObject(store, access, query.object);
  for (const path of [...query.paths, ...pathsOf(query.where), ...query.order.map((each) => each.path)])
    checkPath(store, access, object, path);
  const rows = store
    .all(object.name)
    .filter((record) => (options.deletedToo || !record.deleted) && !access.hiddenRecords.has(record.id))
    .filter((record) => query.where === null || holds(store, access, object, record, query.where));
  for (const { path, descending } of [...query.order].reverse()) {
    rows.sort((a, b) => {
      const order = compare(valueAt(store, access, object, a, path), valueAt(store, access, object, b, path));
      return descending ? -order : order;
    });
  }
  const limited = query.limit === null ? rows : rows.slice(0, query.limit);
  if (query.count) return { count: true, total: limited.length, records: [] };
  return {
    count: false,
    total: limited.length,
    records: limited.map((record) => shape(store, access, object, record, query.paths, options.api)),
  };
}

function pathsOf(where: Condition | null): string[] {
  switch (where?.kind) {
    case undefined:
      return [];
    case 'and':
    case 'or':
      return where.parts.flatMap(pathsOf);
    case 'not':
      return pathsOf(where.part);
    case 'compare':
    case 'in':
      return [where.path];
  }
}

function holds(store: Store, access: Access, object: ObjectType, record: StoredRecord, where: Condition): boolean {
  switch (where.kind) {
    case 'and':
      return where.parts.every((part) => holds(store, access, object, record, part));
    case 'or':
      return where.parts.some((part) => holds(store, access, object, record, part));
    case 'not':
      return !holds(store, access, object, record, where.part);
    case 'in': {
      const value = valueAt(store, access, object, record, where.path);
      return where.values.some((each) => same(value, each)) !== where.negated;
    }
    case 'compare': {
      const value = valueAt(store, access, object, record, where.path);
      if (where.operator === '=') return same(value, where.value);
      if (where.operator === '!=') return !same(value, where.value);
      if (where.operator === 'LIKE') return like(String(value ?? ''), String(where.value));
      if (value === null || where.value === null) return false;
      const order = compare(value, plain(where.value));
      return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[where.operator];
    }
  }
}

const plain = (literal: Literal): unknown => (typeof literal === 'object' && literal !== null ? literal.date : literal);

const DATE_TIME = /^\d{4}-\d\d-\d\dT/;

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  if (DATE_TIME.test(left) && DATE_TIME.test(right)) return Date.parse(left) - Date.parse(right);
  return left.toLowerCase() < right.toLowerCase() ? -1 : left.toLowerCase() > right.toLowerCase() ? 1 : 0;
}

function same(value: unknown, literal: Literal): boolean {
  const wanted = plain(literal);
  if (wanted === null) return value === null || value === undefined;
  if (value === null || value === undefined) return false;
  if (typeof value === 'string' && value.length === 18 && typeof wanted === 'string' && wanted.length === 15)
    return value.startsWith(wanted);
  return compare(value, wanted) === 0;
}

const like = (value: string, pattern: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/%/g, '.*')
      .replace(/_/g, '.')}$`,
    'is',
  ).test(value);

/** Relationship paths nest, each level with its attributes, and an empty relationship is null. */
export function shape(
  store: Store,
  access: Access,
  object: ObjectType,
  record: StoredRecord,
  paths: readonly string[],
  api: string,
): Record<string, unknown> {
  const attributes = (type: string, id: string) => ({ type, url: `/services/data/v${api}/sobjects/${type}/${id}` });
  const out: Record<string, unknown> = { attributes: attributes(object.name, record.id) };
  for (const path of paths) {
    const parts = path.split('.');
    const value = valueAt(store, access, object, record, path);
    let at = out;
    let walked: ObjectType | undefined = object;
    let source: StoredRecord | undefined = record;
    let empty = false;
    for (const part of parts.slice(0, -1)) {
      const reference: ObjectType['fields'][number] | undefined = walked?.fields.find(
        (each) => each.relationshipName?.toLowerCase() === part.toLowerCase(),
      );
      const id: unknown = source && reference ? source.values[reference.name] : null;
      const name: string = reference?.relationshipName ?? part;
      const target: ObjectType | undefined = reference?.referenceTo
        .map((each: string): ObjectType | undefined => store.object(each))
        .find((each) => each && typeof id === 'string' && store.get(each.name, id));
      source = target && typeof id === 'string' ? store.get(target.name, id) : undefined;
      walked = target;
      if (!source || !target) {
        at[name] = at[name] ?? null;
        empty = true;
        break;
      }
      const inside = (at[name] ?? { attributes: attributes(target.name, source.id) }) as Record<string, unknown>;
      at[name] = inside;
      at = inside;
    }
    if (empty) continue;
    const last = parts.at(-1) ?? '';
    const spelt = walked?.fields.find((each) => each.name.toLowerCase() === last.toLowerCase())?.name ?? last;
    at[spelt] = value;
  }
  return out;
}
