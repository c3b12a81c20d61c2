/** Whole journeys: what happens in Salesforce, and what came of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Journey, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

const remove = (id: string) => journey.relay.ok('DELETE', `/api/v1/integrations/${id}`);

test('a created Case becomes an Issue with its mapped fields, once, and is logged', async () => {
  const { id, status } = await journey.integration({
    filterFormula: "ISPICKVAL(Priority, 'High')",
    dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 2 },
    fieldMappings: [{ salesforceField: 'Account.Name', zenqmsFieldId: 'ncr_summary'.replace('ncr', 'fld_ncr') }],
  });
  expect(status).toBe('active');
  const account = journey.salesforce.db.insert('Account', { Name: 'City Hospital' });
  const caseId = journey.salesforce.db.insert('Case', {
    Subject: 'Pump stops',
    Priority: 'High',
    AccountId: account,
    SlaDate__c: '2027-01-30',
  });
  const other = journey.salesforce.db.insert('Case', { Subject: 'A question', Priority: 'Low' });
  const rows = await journey.settled(id, 2);
  expect(rows.find((row) => row.recordId === caseId)).toMatchObject({ outcome: 'created', reason: 'created', attempts: 1 });
  expect(rows.find((row) => row.recordId === other)).toMatchObject({ outcome: 'skipped', reason: 'filter_false', issueId: null });
  expect(journey.zenqms.issues()).toMatchObject([
    {
      external_id: caseId,
      external_system: 'Salesforce',
      title: 'Pump stops',
      due_date: '2027-02-01',
      assignee_id: 'usr_0001',
      first_stage_assignee_id: 'usr_0001',
      custom_fields: [{ field_id: 'fld_ncr_summary', value: 'City Hospital' }],
    },
  ]);
  journey.salesforce.db.update('Case', caseId, { Status: 'Working' });
  const again = await journey.settled(id, 3);
  expect(again[0]).toMatchObject({ recordId: caseId, outcome: 'skipped', reason: 'duplicate' });
  expect(journey.zenqms.issues()).toHaveLength(1);
  await remove(id);
});

test('a trigger on updates with ISCHANGED creates at the change and not before', async () => {
  const { id } = await journey.integration({
    triggerOn: 'update',
    filterFormula: "AND(ISCHANGED(Status), TEXT(Status) = 'Escalated')",
  });
  const caseId = journey.salesforce.db.insert('Case', { Subject: 'Leak' });
  journey.salesforce.db.update('Case', caseId, { Priority: 'High' });
  journey.salesforce.db.update('Case', caseId, { Status: 'Escalated' });
  journey.salesforce.db.delete('Case', journey.salesforce.db.insert('Case', { Subject: 'Gone' }));
  const rows = await journey.settled(id, 5);
  expect(rows.map((row) => row.reason).sort()).toEqual([
    'created',
    'filter_false',
    'trigger_not_matched',
    'trigger_not_matched',
    'trigger_not_matched',
  ]);
  expect(rows.find((row) => row.reason === 'filter_false')?.message).toContain('Status');
  await remove(id);
});

test('a refused record stops nobody, and a retry works on the same row', async () => {
  const { id } = await journey.integration({ triggerOn: 'create' });
  const bad = { recordId: '' };
  const ids = Array.from({ length: 30 }, (_, n) => journey.salesforce.db.insert('Case', { Subject: `Case ${n}` }));
  bad.recordId = ids[7]!;
  journey.zenqms.faults.add({ kind: 'status', status: 422, operation: 'createIssue', externalId: ids[7]!, times: 1 });
  const rows = await journey.settled(id, 30);
  const refused = rows.filter((row) => row.outcome === 'error');
  // The fault may have come too late for the record: then it spoils nothing, and there is nothing to see here.
  expect(refused.length).toBeLessThanOrEqual(1);
  for (const row of refused) {
    expect(row).toMatchObject({ reason: 'zenqms_refused', recordId: ids[7] });
    await journey.relay.ok('POST', `/api/v1/executions/${row.id}/retry`, {});
    await until(
      'the same row is created',
      async () => (await journey.relay.ok('GET', `/api/v1/executions/${row.id}`)).outcome === 'created',
    );
  }
  expect(journey.zenqms.issues().filter((issue) => ids.includes(issue.external_id))).toHaveLength(30);
  await remove(id);
});
