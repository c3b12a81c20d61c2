/** Runs a parsed query as the connected user. */
import { FieldError } from '../errors.ts';
import { to18 } from '../ids.ts';
import type { ObjectType } from '../objects.ts';
import type { StoredRecord } from '../store.ts';
import type { Condition, Query, Selected } from './ast.ts';
import { type Shape, shapeOf } from './shape.ts';
import { compile, keyOf } from './where.ts';
import { type Resolved, type Table, type World, readable, resolve } from './world.ts';

export interface QueryResult {
  type: string;
  total: number;
  /** Rows from one place to another, made when they are asked for; none for COUNT(). */
  rows(from: number, to: number): Record<string, unknown>[];
  /** How many rows there are to page through. */
  length: number;
}

/** @throws FieldError: INVALID_TYPE, INVALID_FIELD … whether or not there are records */
export function runQuery(world: World, query: Query, options: { deletedToo: boolean }): QueryResult {
  const table = tableOf(world, query);
  const { type } = table;
  const aggregates = query.selected.flatMap((each) => (each.kind === 'aggregate' ? [each] : []));
  if (aggregates.length > 0 && aggregates.length < query.selected.length) {
    throw new FieldError('MALFORMED_QUERY', 'Grouped field should not be aggregated: GROUP BY is not part of this subset');
  }
  const shape = aggregates.length > 0 || query.count ? null : shapeOf(world, type, query);
  const found = rowsOf(world, table, query, options.deletedToo);
  if (query.count) return { type: type.name, total: found.length, length: 0, rows: () => [] };
  if (!shape) {
    const row = aggregate(world, type, query, aggregates, found);
    return { type: 'AggregateResult', total: 1, length: 1, rows: (from, to) => [row].slice(from, to) };
  }
  return { type: type.name, total: found.length, length: found.length, rows: (from, to) => shapeRows(shape, found, from, to) };
}

const shapeRows = (shape: Shape, found: readonly StoredRecord[], from: number, to: number): Record<string, unknown>[] =>
  found.slice(from, to).map(shape);

function tableOf(world: World, query: Query): Table {
  const table = readable(world, query.object.text);
  if (table) return table;
  throw new FieldError(
    'INVALID_TYPE',
    `sObject type '${query.object.text}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}

function rowsOf(world: World, table: Table, query: Query, deletedToo: boolean): StoredRecord[] {
  const { type } = table;
  const test = query.where ? compile(world, type, query.where, query.text, (inner) => innerValues(world, inner)) : null;
  const order = query.order.map((each) => ({ ...each, by: resolve(world, type, each.path, query.text) }));
  const ids = query.where ? idsAsked(query.where) : null;
  const candidates = ids ? ids.flatMap((id) => table.get(to18(id)) ?? []) : table.all(query);
  const rows: StoredRecord[] = [];
  for (const record of candidates) {
    if ((record.deleted && !deletedToo) || world.access.hiddenRecords.has(record.id)) continue;
    if (!test || test(record)) rows.push(record);
  }
  const sorted = order.length > 0 ? sort(rows, order) : rows;
  return sorted.slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
}

/** The ids that alone can match, so that a query by id need not look at every record. */
function idsAsked(where: Condition): string[] | null {
  switch (where.kind) {
    case 'and':
      return where.parts.map(idsAsked).find((each) => each !== null) ?? null;
    case 'compare':
      return where.path.text.toLowerCase() === 'id' && where.operator === '=' && where.value.kind === 'text'
        ? [where.value.value]
        : null;
    case 'in':
      if (where.negated || where.path.text.toLowerCase() !== 'id') return null;
      return [...new Set(where.values.flatMap((each) => (each.kind === 'text' ? [to18(each.value)] : [])))];
    default:
      return null;
  }
}

function innerValues(world: World, query: Query): unknown[] {
  const [only] = query.selected;
  if (query.selected.length !== 1 || only?.kind !== 'path')
    throw new FieldError('MALFORMED_QUERY', 'a semi-join selects one field');
  const table = tableOf(world, query);
  const { raw } = resolve(world, table.type, only.path, query.text);
  return rowsOf(world, table, query, false).map((record) => raw(record) ?? null);
}

function sort(rows: StoredRecord[], order: (Query['order'][number] & { by: Resolved })[]): StoredRecord[] {
  const keyed = rows.map((record) => ({
    record,
    keys: order.map(({ by }) => {
      const value = by.raw(record) ?? null;
      return value === null ? null : keyOf(by.field)(value);
    }),
  }));
  keyed.sort((a, b) => {
    for (const [at, { descending, nullsLast }] of order.entries()) {
      const [left = null, right = null] = [a.keys[at], b.keys[at]];
      if (left === right) continue;
      if (left === null || right === null) return (left === null) === nullsLast ? 1 : -1;
      return left < right === descending ? 1 : -1;
    }
    return 0;
  });
  return keyed.map(({ record }) => record);
}

type Aggregate = Extract<Selected, { kind: 'aggregate' }>;

function aggregate(
  world: World,
  type: ObjectType,
  query: Query,
  asked: readonly Aggregate[],
  rows: readonly StoredRecord[],
): Record<string, unknown> {
  const out: Record<string, unknown> = { attributes: { type: 'AggregateResult' } };
  for (const [at, each] of asked.entries()) {
    const by = resolve(world, type, each.path ?? { text: 'Id', at: 0 }, query.text);
    const values = rows.flatMap((record) => by.raw(record) ?? []);
    const numbers = values.map(Number);
    const sum = numbers.reduce((total, value) => total + value, 0);
    const key = keyOf(by.field);
    const sorted = (): unknown => values.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    const results: Record<string, () => unknown> = {
      COUNT: () => values.length,
      COUNT_DISTINCT: () => new Set(values.map(key)).size,
      SUM: () => (values.length === 0 ? null : sum),
      AVG: () => (values.length === 0 ? null : sum / values.length),
      MIN: () => (sorted() as unknown[])[0] ?? null,
      MAX: () => (sorted() as unknown[]).at(-1) ?? null,
    };
    out[each.alias ?? `expr${at}`] = results[each.function]?.() ?? null;
  }
  return out;
}
