/** Pauses: what happened in them is left or worked off as was asked for, and what can't be known is said. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Journey, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';

let journey: Journey;
let id = '';
beforeAll(async () => {
  journey = await startJourney();
  ({ id } = await journey.integration({ triggerOn: 'create' }));
});
afterAll(() => journey.close());

const insert = (subject: string): string => journey.salesforce.db.insert('Case', { Subject: subject });
const issuesOf = (recordId: string) => journey.zenqms.issues().filter((issue) => issue.external_id === recordId);
const reasonOf = (integrationId: string, recordId: string): Promise<string> =>
  until(
    `an outcome of ${recordId}`,
    async () => (await journey.executions({ integrationId, recordId })).find((row) => row.finishedAt !== null)?.reason,
  );
const pause = (integrationId: string) => journey.relay.ok('POST', `/api/v1/integrations/${integrationId}/pause`);
const resume = (integrationId: string, from: 'now' | 'pause') =>
  journey.relay.ok('POST', `/api/v1/integrations/${integrationId}/resume`, { from });
const nobodyListens = () => until('nobody listens', () => journey.salesforce.cometd.clients() === 0);
const told = async (subjectId: string): Promise<{ action: string; message: string | null }[]> =>
  (await journey.relay.ok('GET', `/api/v1/audit?subjectId=${subjectId}`)).data;

test('beside another that keeps the stream alive: what waited before the pause is done, what came in it is left', async () => {
  const other = await journey.integration({ name: 'Other', triggerOn: 'create', categoryId: 'cat_audit' });
  journey.zenqms.faults.add({ kind: 'rate_limited', retryAfter: 2, operation: 'createIssue', times: 2 });
  const before = insert('Before the pause');
  await until('both wait', async () => (await journey.executions({ recordId: before })).length === 2);
  await pause(id);
  expect(await journey.relay.ok('POST', `/api/v1/integrations/${id}/pause`)).toMatchObject({ status: 'paused' });
  const within = insert('Within the pause');
  expect(await reasonOf(other.id, within)).toBe('created');
  expect(await journey.executions({ integrationId: id, recordId: within })).toEqual([]);
  await resume(id, 'now');
  expect(await reasonOf(id, within)).toBe('paused');
  expect(await reasonOf(id, before)).toBe('created');
  expect(issuesOf(before)).toHaveLength(2);
  expect(issuesOf(within)).toHaveLength(1);
  await journey.relay.ok('DELETE', `/api/v1/integrations/${other.id}`);
});

test('over a restart, from now on: read back from the stream and left', async () => {
  await pause(id);
  await nobodyListens();
  const within = insert('Within the pause');
  await journey.relay.kill('SIGKILL');
  await journey.restart();
  const later = insert('After the restart, still paused');
  await resume(id, 'now');
  expect(await reasonOf(id, within)).toBe('paused');
  expect(await reasonOf(id, later)).toBe('paused');
  expect(await reasonOf(id, insert('Resumed'))).toBe('created');
  expect([...issuesOf(within), ...issuesOf(later)]).toEqual([]);
});

test('where the stream no longer reaches back, the audit trail says from when to when nothing is known', async () => {
  await pause(id);
  await nobodyListens();
  // A query tells the time of a change in whole seconds: within the second in which the pause began, it counts as before it.
  const second = Math.floor(Date.now() / 1_000);
  await until('the next second', () => Math.floor(Date.now() / 1_000) > second);
  const within = insert('Lost to the stream');
  journey.salesforce.age(-1_000);
  await resume(id, 'now');
  const entry = await until('the trail says so', async () =>
    (await told(id)).find((each) => each.action === 'integration.stream_gap'),
  );
  expect(entry.message).toMatch(/from \S+Z to \S+Z/);
  expect(await reasonOf(id, insert('Resumed'))).toBe('created');
  expect(await reasonOf(id, within)).toBe('paused');
  expect(issuesOf(within)).toEqual([]);
});

test('made paused, for an object that nobody listened to: resumed from the pause, it is found by query', async () => {
  const made = await journey.integration({
    name: 'Accounts',
    object: 'Account',
    categoryId: 'cat_scar',
    triggerOn: 'create',
    status: 'paused',
  });
  const within = journey.salesforce.db.insert('Account', { Name: 'Before anybody listened' });
  await resume(made.id, 'pause');
  expect(await reasonOf(made.id, within)).toBe('created');
  await journey.relay.ok('DELETE', `/api/v1/integrations/${made.id}`);
});

test('the same resumed from now: the audit trail says that nothing is known', async () => {
  const made = await journey.integration({
    name: 'Opportunities',
    object: 'Opportunity',
    categoryId: 'cat_scar',
    status: 'paused',
  });
  const within = journey.salesforce.db.insert('Opportunity', { Name: 'Unheard', StageName: 'Prospecting' });
  expect(await resume(made.id, 'now')).toMatchObject({ status: 'active' });
  expect((await told(made.id)).find((each) => each.action === 'integration.stream_gap')?.message).toMatch(/from \S+Z to \S+Z/);
  const next = journey.salesforce.db.insert('Opportunity', { Name: 'Heard', StageName: 'Prospecting' });
  expect(await reasonOf(made.id, next)).toBe('created');
  expect(issuesOf(within)).toEqual([]);
});
