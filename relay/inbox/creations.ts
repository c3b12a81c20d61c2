/** What the stream told of the creation of records. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { ChangeEvent } from '../model/event.ts';

type Creation = Pick<ChangeEvent, 'changeType' | 'values'>;

/** By record id; a record whose creation the stream did not bring is missing. */
export async function creations(db: Db, connectionId: string, recordIds: readonly string[]): Promise<Map<string, Creation>> {
  const { rows } = await sql<{ record_id: string; payload: string }>`
    select record_id, payload from event
     where connection_id = ${connectionId} and record_id = any(${recordIds}::text[]) and change_type = 'CREATE' and source = 'stream'`.execute(
    db,
  );
  return new Map(
    rows.map((row) => {
      const { values } = JSON.parse(row.payload) as Pick<ChangeEvent, 'values'>;
      return [row.record_id, { changeType: 'CREATE', values }];
    }),
  );
}
