/** Explains each statement just before it is run, where and when the relay runs it: with its parameters, in its transaction. */
import { Kysely, PostgresDialect } from 'kysely';
import { type Db, postgresPool } from '../../relay/db/connect.ts';
import type { Schema } from '../../relay/db/schema.ts';

/** A statement, with what Postgres did for it. */
export interface Seen {
  readonly text: string;
  readonly scans: readonly Scan[];
  /** Buffers touched, of 8 kB. */
  readonly pages: number;
  readonly ms: number;
}

export interface Scan {
  /** `Index Scan`, `Seq Scan`… */
  readonly kind: string;
  readonly table: string;
  readonly index: string | null;
  /** Rows looked at, kept or not, over all loops. */
  readonly rows: number;
  /** The same for one loop. */
  readonly rowsOfOne: number;
}

export interface Watched {
  readonly db: Db;
  /** What was run since the last call. */
  seen(): Seen[];
  close(): Promise<void>;
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
}

export function watch(url: string): Watched {
  const pool = postgresPool(url, { max: 4 });
  let statements: Seen[] = [];
  const connect = async () => {
    const client = await pool.connect();
    let inTransaction = false;
    const query = async (text: string, parameters: unknown[]) => {
      if (/^\s*(begin|start transaction)/i.test(text)) inTransaction = true;
      if (/^\s*(commit|rollback)\s*$/i.test(text)) inTransaction = false;
      if (/^\s*(\/\*.*\*\/)?\s*(select|insert|update|delete|with)\b/i.test(text)) {
        const [start, end] = inTransaction ? ['savepoint looked', 'rollback to savepoint looked'] : ['begin', 'rollback'];
        await client.query(start);
        const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, parameters);
        await client.query(end);
        statements.push(read(text, rows[0]['QUERY PLAN'][0]));
      }
      return client.query(text, parameters);
    };
    return { query, release: () => client.release() };
  };
  const dialect = new PostgresDialect({ pool: { connect, end: () => pool.end() } as never });
  const db = new Kysely<Schema>({ dialect });
  return {
    db,
    seen: () => {
      const all = statements;
      statements = [];
      return all;
    },
    close: () => db.destroy(),
  };
}

function read(text: string, answer: { Plan: Node; 'Execution Time': number }): Seen {
  const scans: Scan[] = [];
  const walk = (node: Node): void => {
    const table = node['Relation Name'];
    if (table && node['Node Type'].includes('Scan') && node['Actual Loops'] > 0) {
      const each = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
      scans.push({
        kind: node['Node Type'],
        table,
        index: node['Index Name'] ?? null,
        rows: each * node['Actual Loops'],
        rowsOfOne: each,
      });
    }
    node.Plans?.forEach(walk);
  };
  walk(answer.Plan);
  const pages = answer.Plan['Shared Hit Blocks'] + answer.Plan['Shared Read Blocks'];
  return { text, scans, pages, ms: answer['Execution Time'] };
}
