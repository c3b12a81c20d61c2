/** Stops and starts at bad moments. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startZenqms } from '../standins/zenqms/server.ts';
import { type Execution, type Journey, startJourney } from '../support/journey.ts';
import { ADMIN_TOKEN, until } from '../support/relay-process.ts';

let journey: Journey;
let id = '';
beforeAll(async () => {
  journey = await startJourney();
  ({ id } = await journey.integration({ triggerOn: 'create', bulkLimit: 500 }));
});
afterAll(() => journey.close());

const insert = (subject = 'Leak'): string => journey.salesforce.db.insert('Case', { Subject: subject });
const issuesOf = (recordId: string) => journey.zenqms.issues().filter((issue) => issue.external_id === recordId);
const created = (recordId: string, withinMs?: number): Promise<Execution> =>
  until(
    `an Issue for ${recordId}`,
    async () => (await journey.executions({ recordId })).find((row) => row.outcome === 'created'),
    withinMs,
  );
const stopInTime = async (): Promise<void> => {
  const asked = performance.now();
  expect(await journey.relay.kill('SIGTERM')).toBe(0);
  expect(performance.now() - asked).toBeLessThan(10_000);
};

test('a second relay on the same directory refuses to start', async () => {
  const second = spawn(process.execPath, [join(resolve(import.meta.dirname, '../..'), 'relay/main.ts')], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', DATA_DIR: journey.relay.dataDir, ADMIN_TOKEN },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  second.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(second, 'exit')) as [number];
  expect(code).toBe(1);
  expect(said).toContain(journey.relay.dataDir);
});

test('stopped while Salesforce and ZenQMS both leave it hanging: ends in time, and the POST is not repeated', async () => {
  const recordId = insert('Hangs');
  journey.zenqms.faults.add({ kind: 'never_answer', committed: true, operation: 'createIssue', externalId: recordId });
  await until('it is posted', () => issuesOf(recordId).length === 1);
  journey.salesforce.cometd.faults.neverAnswer = true;
  await stopInTime();
  journey.salesforce.cometd.faults.neverAnswer = false;
  await journey.restart();
  const row = await created(recordId);
  expect(issuesOf(recordId).map((issue) => issue.id)).toEqual([row.issueId]);
});

test('a retry that waits, and a bulk load that waits for approval, are still there after a kill', async () => {
  const bulk = await journey.integration({ name: 'Bulk', triggerOn: 'create', categoryId: 'cat_audit', bulkLimit: 1 });
  journey.zenqms.faults.add({ kind: 'rate_limited', retryAfter: 3, operation: 'createIssue', times: 3 });
  const ids = [insert('One'), insert('Two'), insert('Three')];
  await until('it waits', async () => (await journey.executions({ recordId: ids[0]! })).some((row) => row.finishedAt === null));
  const held = () => journey.relay.ok('GET', `/api/v1/integrations/${bulk.id}/held`);
  await until('two are held', async () => (await held()).count === 2);
  await journey.relay.kill('SIGKILL');
  await journey.restart();
  for (const recordId of ids) await created(recordId, 30_000);
  expect((await held()).count).toBe(2);
  expect(await journey.relay.ok('POST', `/api/v1/integrations/${bulk.id}/held/release`)).toEqual({ released: 2 });
  await until('each has an Issue in both categories', () => ids.every((each) => issuesOf(each).length === 2), 30_000);
  await journey.relay.ok('DELETE', `/api/v1/integrations/${bulk.id}`);
});

test('ZenQMS is gone, and comes back at the same place', async () => {
  const { port } = new URL(journey.zenqms.url);
  const before = journey.zenqms;
  await before.close();
  const ids = Array.from({ length: 20 }, (_, n) => insert(`While it was gone ${n}`));
  await until('they wait', async () => {
    const rows = await journey.executions({ integrationId: id, reason: 'zenqms_unavailable' });
    return (
      rows.length > 0 &&
      (await journey.relay.ok('GET', `/api/v1/zenqms/connections/${journey.zenqmsId}`)).status === 'unreachable'
    );
  });
  journey.zenqms = await startZenqms({ port: Number(port) });
  for (const recordId of ids) await created(recordId, 30_000);
  expect(ids.filter((each) => issuesOf(each).length !== 1)).toEqual([]);
  expect((await journey.relay.ok('GET', `/api/v1/zenqms/connections/${journey.zenqmsId}`)).status).toBe('connected');
});
