import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { metrics } from '../../relay/run/metrics.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { SALESFORCE, seedConnections } from '../support/rows.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
});
afterAll(() => database.close());

const figure = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}\\{connection="${SALESFORCE}"\\} (\\S+)$`, 'm').exec(text)?.[1];

/** What was last stored is so many hours old. */
async function stream(hours: number, leaseSeconds: number): Promise<void> {
  await sql`
    insert into stream (connection_id, owner, lease_token, lease_until, state)
    values (${SALESFORCE}, 'relay-a', 1, clock_timestamp() + ${leaseSeconds} * interval '1 second', 'streaming')`.execute(
    database.db,
  );
  await sql`
    insert into stream_position (connection_id, channel, replay_id, event_at)
    values (${SALESFORCE}, '/data/x', '7', clock_timestamp() - ${hours} * interval '1 hour')`.execute(database.db);
}

test('how long it is until something is lost that nobody reads', async () => {
  const measured = metrics(database.db, { inHand: () => 0, limits: () => [] });
  await stream(60, -5);
  const text = await measured.render();
  expect(figure(text, 'relay_stream_streaming')).toBe('0');
  expect(figure(text, 'relay_stream_hours_until_loss')).toBe('12');
  expect(Number(figure(text, 'relay_stream_position_age_seconds'))).toBeCloseTo(60 * 3_600, -2);
});

test('an org that is listened to loses nothing, however long it has been quiet; one that is gone leaves no figures', async () => {
  const measured = metrics(database.db, { inHand: () => 0, limits: () => [] });
  await stream(60, 60);
  const text = await measured.render();
  expect(figure(text, 'relay_stream_streaming')).toBe('1');
  expect(figure(text, 'relay_stream_hours_until_loss')).toBe('72');
  await database.db.deleteFrom('salesforce_connection').where('id', '=', SALESFORCE).execute();
  expect(figure(await measured.render(), 'relay_stream_streaming')).toBeUndefined();
});
