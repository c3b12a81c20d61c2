/** What a search by query adds to what the stream has brought. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from 'kysely';
import type { Database } from '../../relay/db/connect.ts';
import { type CatchUpCause, requestCatchUp, takeCatchUp } from '../../relay/inbox/catch-ups.ts';
import { receive } from '../../relay/inbox/receive.ts';
import type { SalesforceCatalog } from '../../relay/model/catalog.ts';
import type { ChangeEvent, ChangeType } from '../../relay/model/event.ts';
import type { TriggerOn } from '../../relay/model/integration.ts';
import { GLOBAL_FIELDS, formulaSchema } from '../../relay/decide/index.ts';
import { compile } from '../../relay/formula/index.ts';
import { makeLog } from '../../relay/run/log.ts';
import { sweep } from '../../relay/run/sweep.ts';
import { salesforceCatalog } from '../../relay/salesforce/catalog.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { sessionOf } from '../salesforce/support.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { testDatabase } from '../support/database.ts';
import { INTEGRATION, SALESFORCE, ZENQMS, changeEvent, seedConnections, seedIntegration } from '../support/rows.ts';

const START = Date.parse('2026-03-01T10:00:00.000Z');
const SECOND = 1_000;

let database: Database;
let salesforce: Salesforce;
let session: Session;
let catalog: SalesforceCatalog;
let clock: number;
beforeEach(async () => {
  clock = START;
  database = await testDatabase();
  await seedConnections(database.db);
  await database.db.updateTable('salesforce_connection').set({ status: 'connected' }).execute();
  salesforce = await startSalesforce({ now: () => clock });
  ({ session } = sessionOf(salesforce));
  catalog = salesforceCatalog({ session: async () => session });
});
afterEach(async () => {
  await session.close();
  await salesforce.close();
  await database.close();
});

const insert = (): string => salesforce.db.insert('Case', { Subject: 'Pump stops', Priority: 'Low' });
const raise = (id: string): void => salesforce.db.update('Case', id, { Priority: 'High' });
const at = (ms: number): string => new Date(ms).toISOString();

/** What the stream brought, with the record as it is now. */
async function streamed(recordId: string, changeType: ChangeType, eventAt: number): Promise<void> {
  const { values } = structuredClone(salesforce.db.get('Case', recordId)!);
  const events = [changeEvent({ recordId, changeType, eventAt: at(eventAt), values })];
  await receive(database.db, { connectionId: SALESFORCE, position: null, events }, async () =>
    events.map((event) => ({
      event,
      integrationId: INTEGRATION,
      zenqmsConnectionId: ZENQMS,
      state: 'ready' as const,
      awake: true,
      prior: null,
    })),
  );
}

/** Searches the hour around the start. @returns what it added, as `type second` */
async function search(cause: CatchUpCause): Promise<string[]> {
  const before = await kept();
  const window = { since: new Date(START - 600 * SECOND), until: new Date(clock + 60 * SECOND) };
  await requestCatchUp(database.db, { integrationId: INTEGRATION, cause, ...window });
  const catchUp = await takeCatchUp(database.db, 60_000);
  const failures: unknown[] = [];
  const log = makeLog('silent');
  await sweep(
    catchUp!,
    {
      db: database.db,
      salesforce: catalog,
      priorPathsOf: () => [],
      readBy: async ({ definition }) => {
        const describe = (await catalog.describe(SALESFORCE, 'Case'))!;
        const compiled = definition.filterFormula
          ? compile(
              definition.filterFormula,
              formulaSchema(describe, () => undefined),
              { expect: 'boolean', globals: GLOBAL_FIELDS },
            )
          : null;
        if (compiled && !compiled.ok) return 'It does not compile.';
        return { describe, program: compiled?.program ?? null };
      },
      session: async () => session,
      arrived: () => undefined,
      silentStream: () => undefined,
      mismatch: () => undefined,
      failed: async (_connection, error) => void failures.push(error),
      log,
      leaseMs: 60_000,
      pollMs: 1_000,
    },
    () => false,
  );
  expect(failures).toEqual([]);
  return (await kept()).slice(before.length);
}

async function kept(): Promise<string[]> {
  const { rows } = await sql<ChangeEvent & { change_type: string; event_at: Date }>`
    select change_type, event_at from event order by id`.execute(database.db);
  return rows.map((row) => `${row.change_type} ${(row.event_at.getTime() - START) / SECOND}`);
}

const integration = (triggerOn: TriggerOn, filterFormula: string | null = "ISPICKVAL(Priority, 'High')"): Promise<void> =>
  seedIntegration(database.db, { definition: { triggerOn, filterFormula } });

test.each([
  ['the second after', 600, 1_100, 1],
  ['the same second as', 200, 700, 0],
])(
  'an update in %s the creation, of which the stream brought only that one, is found after a gap',
  async (_when, created, updated, second) => {
    await integration('both');
    clock = START + created;
    const id = insert();
    await streamed(id, 'CREATE', clock);
    clock = START + updated;
    raise(id);
    expect(await search('position_lost')).toEqual([`UPDATE ${second}`]);
    expect(await search('position_lost')).toEqual([]);
  },
);

test.each([null, "ISPICKVAL(Origin, 'Web')", "ISPICKVAL(Priority, 'High')"])(
  'of what the stream brought of a creation and its second, a search after a gap adds nothing: %s',
  async (formula) => {
    await integration('both', formula);
    clock = START + 200;
    const id = insert();
    await streamed(id, 'CREATE', clock);
    expect(await search('gap')).toEqual([]);
  },
);

test('a field of the formula that can not be read any more does not end the search', async () => {
  await integration('both');
  clock = START + 200;
  const id = insert();
  await streamed(id, 'CREATE', clock);
  // As described a minute ago.
  await catalog.describe(SALESFORCE, 'Case');
  salesforce.org.access.hiddenFields.add('Case.Priority');
  expect(await search('gap')).toEqual(['UPDATE 0']);
});

test('what a formula can not be asked of its creation is looked at again: a gap that stood for it', async () => {
  await integration('both');
  clock = START + 200;
  const id = insert();
  await streamed(id, 'GAP_CREATE', clock);
  expect(await search('position_lost')).toEqual(['UPDATE 0']);
});

test('an update in the second after the creation is missing in a reconciliation too', async () => {
  await integration('both');
  clock = START + 600;
  const id = insert();
  await streamed(id, 'CREATE', clock);
  clock = START + 1_100;
  raise(id);
  expect(await search('reconciliation')).toEqual(['UPDATE 1']);
  expect(await search('reconciliation')).toEqual([]);
});

test('a creation that took over a second’s end is one change, whoever brought it', async () => {
  await integration('both');
  clock = START + 900;
  const [brought, found] = [insert(), insert()];
  clock = START + 1_100;
  raise(brought);
  raise(found);
  await streamed(brought, 'CREATE', clock);
  expect(await search('reconciliation')).toEqual(['CREATE 0']);
  expect(await search('reconciliation')).toEqual([]);
  expect(await search('position_lost')).toEqual([]);
});

test('what starts on updates only takes no creation for one, and no update for a creation', async () => {
  await integration('update');
  clock = START + 900;
  const slow = insert();
  const unknown = insert();
  const raised = insert();
  await streamed(raised, 'CREATE', clock);
  clock = START + 1_100;
  raise(slow);
  raise(unknown);
  raise(raised);
  await streamed(slow, 'CREATE', clock);
  expect(await search('position_lost')).toEqual(['UPDATE 1']);
  expect(await search('position_lost')).toEqual([]);
});

test('created and changed later, and the stream brought nothing: each is a change of its own', async () => {
  await integration('both');
  const id = insert();
  clock = START + 5_000;
  raise(id);
  expect(await search('gap')).toEqual(['CREATE 0', 'UPDATE 5']);
});

test('a search that waits in its middle goes back for what it is widened by', async () => {
  await integration('both');
  const asked = (since: number, until: number) =>
    requestCatchUp(database.db, { integrationId: INTEGRATION, cause: 'gap', since: new Date(since), until: new Date(until) });
  const id = await asked(START, START + 60_000);
  await sql`update catch_up set cursor_at = ${at(START + 30_000)}::timestamptz where id = ${id}`.execute(database.db);
  expect(await asked(START - 60_000, START + 50_000)).toBe(id);
  const earliest = await database.db.selectFrom('catch_up').selectAll().executeTakeFirstOrThrow();
  expect([earliest.since, earliest.until, earliest.cursor_at].map((each) => each?.getTime())).toEqual([
    START - 60_000,
    START + 60_000,
    START - 60_000,
  ]);
  expect(await asked(START + 40_000, START + 90_000)).toBe(id);
  const { cursor_at: stays } = await database.db.selectFrom('catch_up').selectAll().executeTakeFirstOrThrow();
  expect(stays?.getTime()).toBe(START - 60_000);
});
