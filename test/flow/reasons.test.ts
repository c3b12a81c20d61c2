/** Why something did not become an Issue, and what a person can do about it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Execution, type Journey, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

const insert = (values: Record<string, unknown>): string => journey.salesforce.db.insert('Case', { Subject: 'Leak', ...values });
const ended = (integrationId: string, recordId: string): Promise<Execution> =>
  until(`an outcome of ${recordId}`, async () =>
    (await journey.executions({ integrationId, recordId })).find((row) => row.finishedAt !== null),
  );
const remove = (id: string) => journey.relay.ok('DELETE', `/api/v1/integrations/${id}`);
const gap = (changeType: string, recordIds: string[]): void =>
  journey.salesforce.publish('CaseChangeEvent', {
    ChangeEventHeader: {
      entityName: 'Case',
      recordIds,
      changeType,
      changeOrigin: '',
      transactionKey: `gap-${recordIds[0]}-${changeType}`,
      sequenceNumber: 1,
      commitTimestamp: Date.now(),
      commitUser: journey.salesforce.org.user.id,
      commitNumber: 1,
    },
  });

test('a record that the connected user can’t see', async () => {
  const { id } = await journey.integration();
  journey.salesforce.org.faults.add({ path: '/composite/sobjects/Case', answer: { kind: 'slow', ms: 300 } });
  const hidden = insert({});
  journey.salesforce.org.access.hiddenRecords.add(hidden);
  expect(await ended(id, hidden)).toMatchObject({ outcome: 'error', reason: 'record_not_readable' });
  journey.salesforce.org.access.hiddenRecords.delete(hidden);
  const [row] = await journey.executions({ integrationId: id, recordId: hidden });
  await journey.relay.ok('POST', `/api/v1/executions/${row!.id}/retry`, {});
  await until('it is created', async () => (await journey.executions({ recordId: hidden }))[0]?.outcome === 'created');
  await remove(id);
});

test('a formula that can’t be computed for a record', async () => {
  const { id } = await journey.integration({ filterFormula: '100 / Quantity__c > 1' });
  expect(await ended(id, insert({ Quantity__c: 0 }))).toMatchObject({ outcome: 'error', reason: 'formula_error' });
  expect(await ended(id, insert({ Quantity__c: 5 }))).toMatchObject({ outcome: 'created' });
  await remove(id);
});

test('a value that does not fit its field', async () => {
  const { id } = await journey.integration({
    categoryId: 'cat_deviation',
    fieldMappings: [
      { salesforceField: 'Subject', zenqmsFieldId: 'fld_deviation_summary' },
      { salesforceField: 'LotNumber__c', zenqmsFieldId: 'fld_deviation_integer' },
    ],
  });
  const row = await ended(id, insert({ LotNumber__c: 'L-17' }));
  expect(row).toMatchObject({ outcome: 'error', reason: 'mapping_error' });
  expect(row.message).toContain('LotNumber__c');
  expect(await ended(id, insert({ LotNumber__c: '17' }))).toMatchObject({ outcome: 'created' });
  await remove(id);
});

test('a field that the user may no longer read stops its own integration only, and its errors are retried together', async () => {
  const broken = await journey.integration({ name: 'Broken', filterFormula: "Origin = 'Web'" });
  const sound = await journey.integration({ name: 'Sound', categoryId: 'cat_audit' });
  journey.salesforce.org.access.hiddenFields.add('Case.Origin');
  const ids = [insert({ Type: 'Complaint' }), insert({ Type: 'Question' })];
  for (const recordId of ids) {
    expect(await ended(broken.id, recordId)).toMatchObject({ outcome: 'error', reason: 'configuration_broken' });
    expect(await ended(sound.id, recordId)).toMatchObject({ outcome: 'created' });
  }
  journey.salesforce.org.access.hiddenFields.delete('Case.Origin');
  const { retried } = await journey.relay.ok('POST', '/api/v1/executions/retry', { integrationId: broken.id, outcome: 'error' });
  expect(retried).toBe(2);
  await until('both are created', async () =>
    (await journey.executions({ integrationId: broken.id })).every((row) => row.outcome === 'created'),
  );
  await remove(broken.id);
  await remove(sound.id);
});

test('after a gap a formula that needs to know the change waits for a person; another is decided on the record as it is', async () => {
  const needs = await journey.integration({ name: 'Needs', triggerOn: 'update', filterFormula: 'ISCHANGED(Status)' });
  const plain = await journey.integration({
    name: 'Plain',
    triggerOn: 'update',
    filterFormula: "TEXT(Priority) = 'High'",
    categoryId: 'cat_audit',
  });
  const recordId = insert({ Priority: 'High' });
  gap('GAP_UPDATE', [recordId]);
  const unknown = await until('unknown', async () =>
    (await journey.executions({ integrationId: needs.id })).find((row) => row.reason === 'gap_change_unknown'),
  );
  expect(unknown.outcome).toBe('error');
  await until('created', async () =>
    (await journey.executions({ integrationId: plain.id })).some((row) => row.outcome === 'created'),
  );
  await remove(needs.id);
  await remove(plain.id);
});

test('an overflow names no record: they are found by query', async () => {
  const { id } = await journey.integration({ triggerOn: 'create' });
  const { bus } = journey.salesforce.org;
  const publish = bus.publish;
  bus.publish = () => undefined;
  const ids = [insert({}), insert({})];
  bus.publish = publish;
  gap('GAP_OVERFLOW', ['000000000000000AAA']);
  for (const recordId of ids) expect(await ended(id, recordId)).toMatchObject({ outcome: 'created' });
  expect((await journey.executions({ integrationId: id, reason: 'gap_overflow' })).length).toBe(1);
  await remove(id);
});

test('one Issue in the whole account where that was asked for', async () => {
  const first = await journey.integration({ name: 'First', triggerOn: 'create' });
  const wide = await journey.integration({
    name: 'Wide',
    triggerOn: 'update',
    categoryId: 'cat_audit',
    duplicateScope: 'account',
  });
  const recordId = insert({});
  expect(await ended(first.id, recordId)).toMatchObject({ outcome: 'created' });
  journey.salesforce.db.update('Case', recordId, { Status: 'Working' });
  const rows = await until('the update', async () => {
    const own = (await journey.executions({ integrationId: wide.id, recordId })).filter((row) => row.finishedAt !== null);
    return own.length === 2 && own;
  });
  expect(rows.map((row) => row.reason).sort()).toEqual(['duplicate', 'trigger_not_matched']);
  expect(journey.zenqms.issues().filter((issue) => issue.external_id === recordId)).toHaveLength(1);
  await remove(first.id);
  await remove(wide.id);
});

test('a bulk load above the limit waits for approval', async () => {
  const { id } = await journey.integration({ triggerOn: 'create', bulkLimit: 3 });
  const ids = Array.from({ length: 8 }, (_, n) => insert({ Subject: `Load ${n}` }));
  await journey.settled(id, 3);
  const held = await until('five are held', async () => {
    const answer = await journey.relay.ok('GET', `/api/v1/integrations/${id}/held`);
    return JSON.stringify(answer).includes('5') && answer;
  });
  expect(held).toBeTruthy();
  await journey.relay.ok('POST', `/api/v1/integrations/${id}/held/release`, {});
  await journey.settled(id, 8);
  expect(journey.zenqms.issues().filter((issue) => ids.includes(issue.external_id))).toHaveLength(8);
  await remove(id);
});

test('an Issue that was deleted in ZenQMS: a forced retry makes another', async () => {
  const { id } = await journey.integration({ triggerOn: 'create' });
  const recordId = insert({});
  const row = await ended(id, recordId);
  expect(row.outcome).toBe('created');
  journey.zenqms.delete(row.issueId!);
  const refused = await journey.relay.call('POST', `/api/v1/executions/${row.id}/retry`, {});
  expect(refused.status).toBeGreaterThanOrEqual(400);
  await journey.relay.ok('POST', `/api/v1/executions/${row.id}/retry`, { force: true });
  await until('there is another', () => journey.zenqms.issues().some((issue) => issue.external_id === recordId));
  await remove(id);
});
