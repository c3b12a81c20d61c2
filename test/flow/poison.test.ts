/** Payloads that no well-behaved sender sends: each ends in an outcome that says why, and the stream goes on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Execution, type Journey, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';

let journey: Journey;
let plain = '';
let prior = '';
let serial = 0;
beforeAll(async () => {
  journey = await startJourney();
  plain = (
    await journey.integration({
      filterFormula: "OR(Subject <> 'never', Quantity__c > 1, ISPICKVAL(Priority, 'High'), SlaDate__c > TODAY())",
      title: { field: 'Subject' },
      dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 1 },
      fieldMappings: [{ salesforceField: 'Description', zenqmsFieldId: 'fld_ncr_summary' }],
    })
  ).id;
  prior = (
    await journey.integration({
      name: 'Of what it was before',
      triggerOn: 'update',
      categoryId: 'cat_audit',
      filterFormula: "PRIORVALUE(Subject) <> 'never'",
    })
  ).id;
});
afterAll(() => journey.close());

const insert = (values: Record<string, unknown>): string => journey.salesforce.db.insert('Case', { Subject: 'Leak', ...values });
const ended = (integrationId: string, recordId: string): Promise<Execution> =>
  until(`an outcome of ${recordId}`, async () =>
    (await journey.executions({ integrationId, recordId })).find((row) => row.finishedAt !== null),
  );
const goesOn = async (): Promise<void> => {
  const good = insert({ Subject: `Good ${(serial += 1)}` });
  expect(await ended(plain, good)).toMatchObject({ outcome: 'created' });
};
const header = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  entityName: 'Case',
  recordIds: [],
  changeType: 'UPDATE',
  changeOrigin: '',
  transactionKey: `poison-${(serial += 1)}`,
  sequenceNumber: 1,
  commitTimestamp: Date.now(),
  commitUser: journey.salesforce.org.user.id,
  commitNumber: 1,
  ...changes,
});
const publish = (changes: Record<string, unknown>, values: Record<string, unknown> = {}): void =>
  journey.salesforce.publish('CaseChangeEvent', { ...values, ChangeEventHeader: header(changes) });

const TEXTS = {
  'a NUL': 'Pump\u0000stops',
  'half a character': 'Pump \ud83d stops',
  'what looks like an escape': 'Pump \\u0000x \\ud83dx stops',
  'a megabyte': `Pump ${'stops '.repeat(175_000)}`,
};

test.each(Object.entries(TEXTS))('%s in the text of a record', async (_name, text) => {
  const recordId = insert({ Subject: text.slice(0, 255), Description: text.slice(0, 30_000) });
  expect(await ended(plain, recordId)).toMatchObject({ outcome: 'created' });
  journey.salesforce.db.update('Case', recordId, { Subject: `${text.slice(0, 200)} again` });
  expect(await ended(prior, recordId)).toBeTruthy();
  publish({ recordIds: [recordId] }, { Subject: text, Description: text });
  publish({ recordIds: [recordId] }, { Subject: 'Quiet' });
  await until('four rows of each', async () => (await journey.executions({ recordId })).length === 8);
  await goesOn();
});

test.each([
  ['NUL', 'key\u0000'],
  ['half a character', 'key\udc00'],
])('a transaction key with %s', async (_name, transactionKey) => {
  const recordId = journey.salesforce.db.silently(() => insert({}));
  publish({ recordIds: [recordId], transactionKey, changeType: 'CREATE' }, { Subject: 'Leak' });
  expect(await ended(plain, recordId)).toMatchObject({ outcome: 'created' });
  await goesOn();
});

test('values of the wrong type', async () => {
  const recordId = insert({ Priority: 'High' });
  await ended(plain, recordId);
  const wrong: Record<string, unknown>[] = [
    { Subject: { a: [1] }, Priority: 42, Quantity__c: 'many', SlaDate__c: 12345 },
    { Subject: ['x'], Priority: null, Quantity__c: true, SlaDate__c: {} },
    { Subject: 7, Priority: [[]], Quantity__c: {}, SlaDate__c: 'soon' },
    JSON.parse('{"__proto__": {"Subject": "x"}, "constructor": 1, "Quantity__c": 1e400}') as Record<string, unknown>,
  ];
  for (const values of wrong) publish({ recordIds: [recordId] }, values);
  await until('each has an outcome', async () => {
    const rows = await journey.executions({ recordId, integrationId: plain });
    return rows.filter((row) => row.finishedAt !== null).length === 1 + wrong.length;
  });
  await goesOn();
});

test.each<[string, Record<string, unknown>]>([
  ['no record ids', { recordIds: undefined }],
  ['record ids that are none', { recordIds: ['', 42, null, {}, `${'x'.repeat(38)}😀`] }],
  ['an unknown kind of change', { changeType: 'EXPLODE' }],
  ['no time', { commitTimestamp: null }],
  ['a time beyond all times', { commitTimestamp: 1e300 }],
  ['no object', { entityName: 'a b' }],
])('a header with %s', async (_name, changes) => {
  const before = (await journey.executions({ integrationId: plain, reason: 'poisoned_event' })).length;
  publish(changes);
  await until(
    'it is named',
    async () => (await journey.executions({ integrationId: plain, reason: 'poisoned_event' })).length > before,
  );
  await goesOn();
});

test('no payload at all, and one that is no change event', async () => {
  const count = async (): Promise<number> =>
    (await journey.executions({ integrationId: plain, reason: 'poisoned_event' })).length;
  const before = await count();
  journey.salesforce.publish('CaseChangeEvent', { ChangeEventHeader: 'nonsense' } as never);
  journey.salesforce.publish('CaseChangeEvent', [] as never);
  await until('both are named', async () => (await count()) === before + 2);
  await goesOn();
});

test('a commit of the year 2150', async () => {
  const recordId = journey.salesforce.db.silently(() => insert({}));
  publish({ recordIds: [recordId], changeType: 'CREATE', commitTimestamp: Date.UTC(2150, 0) }, { Subject: 'Leak' });
  expect(await ended(plain, recordId)).toMatchObject({ outcome: 'created' });
  await goesOn();
});

test('a refusal of ZenQMS as long as a book, cut in the middle of a character', async () => {
  const recordId = journey.salesforce.db.silently(() => insert({}));
  const message = `x${'😀'.repeat(2_000)}\u0000`;
  journey.zenqms.faults.add({
    kind: 'status',
    status: 422,
    body: { error: { code: 'unprocessable', message } },
    operation: 'createIssue',
    externalId: recordId,
  });
  publish({ recordIds: [recordId], changeType: 'CREATE' }, { Subject: 'Leak' });
  expect(await ended(plain, recordId)).toMatchObject({ outcome: 'error', reason: 'zenqms_refused' });
  await goesOn();
});
