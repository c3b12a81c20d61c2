/**
 * Many rows as parameters of one statement: an array for each column, put side by side by unnest. Read as JSON, the same rows cost
 * Postgres two to three times as much: a hash table for each row, and each text once more for its escapes.
 */
import { type RawBuilder, sql } from 'kysely';
import { storableJson } from './storable.ts';

/** `json`: text that JSON.stringify has made, as text. */
type ColumnType = 'text' | 'json' | 'bigint' | 'int' | 'boolean' | 'timestamptz';

type Cell = string | number | boolean | null;

/** By the column's name: its type, and what a row has there. int8 and times are text, as everywhere between Postgres and the relay. */
export type Columns<Row> = Readonly<Record<string, readonly [ColumnType, (row: Row, place: number) => Cell]>>;

/** @returns `unnest($1::text[], $2::bigint[]) as r(name, id)`, with every text made storable; @param alias of the rows */
export function rowsOf<Row>(alias: string, rows: readonly Row[], columns: Columns<Row>): RawBuilder<unknown> {
  const arrays = Object.values(columns).map(
    ([type, cellOf]) => sql`${arrayOf(rows.map(cellOf), type)}::${sql.raw(type === 'json' ? 'text' : type)}[]`,
  );
  return sql`unnest(${sql.join(arrays)}) as ${sql.raw(alias)}(${sql.raw(Object.keys(columns).join(', '))})`;
}

/**
 * Postgres's text of an array. It is JSON's but for the brackets and the escapes: a backslash only ever says that the next character is
 * meant as it is. JSON.stringify is many times faster than escaping each element, and text that has something to escape is rare.
 */
function arrayOf(cells: readonly Cell[], type: ColumnType): string {
  const json = storableJson(cells);
  // In JSON's own text nothing but quotes and backslashes can be escaped; other text may have line breaks.
  if (type === 'json' || !json.includes('\\')) return `{${json.slice(1, -1)}}`;
  const elements = (JSON.parse(json) as Cell[]).map((cell) =>
    typeof cell === 'string' ? `"${cell.replaceAll(/["\\]/g, '\\$&')}"` : String(cell),
  );
  return `{${elements.join(',')}}`;
}
