/** What the stream told of the creation of records. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { ChangeEvent } from '../model/event.ts';

type Creation = Pick<ChangeEvent, 'changeType' | 'values'>;

/** By record id; a record whose creation the stream did not bring is missing. */
export async function creations(db: Db, connectionId: string, recordIds: readonly string[]): Promise<Map<string, Creation>> {
  // A look for each record by its own index, also where nobody has analysed: OFFSET 0 keeps the looks from being joined.
  const { rows } = await sql<{ record_id: string; payload: string }>`
    select r.id as record_id, e.payload
      from unnest(${[...new Set(recordIds)]}::text[]) as r(id)
     cross join lateral (
       select payload from event
        where connection_id = ${connectionId} and record_id = r.id and change_type = 'CREATE' and source = 'stream'
       offset 0) e`.execute(db);
  return new Map(
    rows.map((row) => {
      const { values } = JSON.parse(row.payload) as Pick<ChangeEvent, 'values'>;
      return [row.record_id, { changeType: 'CREATE', values }];
    }),
  );
}
