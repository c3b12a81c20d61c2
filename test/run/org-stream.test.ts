import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { acquireStream } from '../../relay/inbox/lease.ts';
import { eventBudget } from '../../relay/run/event-budget.ts';
import { makeLog } from '../../relay/run/log.ts';
import { openOrgStream } from '../../relay/run/org-stream.ts';
import { sessionOf } from '../salesforce/support.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/relay-process.ts';
import { SALESFORCE, seedConnections } from '../support/rows.ts';

let database: Database;
let salesforce: Salesforce;
beforeAll(async () => {
  database = await testDatabase();
  await seedConnections(database.db);
  salesforce = await startSalesforce({ connectTimeoutMs: 150 });
});
afterAll(async () => {
  await salesforce.close();
  await database.close();
});

test('stopped while it opens, it leaves no client behind that reads on', async () => {
  const { session } = sessionOf(salesforce);
  const gate = Promise.withResolvers<void>();
  let asked = false;
  const log = makeLog('silent');
  const lease = await acquireStream(database.db, SALESFORCE, 'relay-a', 60_000);
  const stream = openOrgStream({
    db: database.db,
    lease: lease!,
    objects: ['Case'],
    session: async () => {
      asked = true;
      await gate.promise;
      return session;
    },
    route: () => async () => [],
    warm: async () => undefined,
    arrived: () => undefined,
    gap: async () => undefined,
    failed: async () => undefined,
    eventBudget: (connectionId) =>
      eventBudget({
        db: database.db,
        connectionId,
        limits: async () => ({ apiUsed: 0, apiMax: 0, eventsDelivered: 0, eventsMax: 0 }),
        now: () => new Date(),
        log,
      }),
    lost: () => undefined,
    log,
    now: () => new Date(),
  });
  await until('it opens', () => asked);
  const stopped = stream.stop();
  gate.resolve();
  await stopped;
  expect(salesforce.cometd.clients()).toBe(0);
  expect(salesforce.counters.cometd.handshakes).toBe(0);
  await session.close();
});
