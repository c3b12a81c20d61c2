/** Which change events the org sends for what is done to its records. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Salesforce, type SalesforceOptions, startSalesforce } from './salesforce/server.ts';
import { type Bayeux, CHANNEL, type Json, logIn, makeChannel, restOf, streaming } from './salesforce-client.ts';

let salesforce: Salesforce;
let client: Bayeux;
beforeEach(() => start());
afterEach(() => salesforce.close());

async function start(options: SalesforceOptions = {}): Promise<void> {
  salesforce = await startSalesforce({ connectTimeoutMs: 200, now: () => Date.parse('2026-03-01T10:00:00.123Z'), ...options });
  const token = await logIn(salesforce);
  await makeChannel(
    restOf(salesforce, token),
    'CaseChangeEvent',
    'ContactChangeEvent',
    'AccountChangeEvent',
    'Complaint__ChangeEvent',
  );
  client = await streaming(salesforce, token);
}

const payloads = async (): Promise<Json[]> => (await client.events()).map((message) => message.data.payload);
const headers = async (): Promise<Json[]> => (await payloads()).map((payload) => payload.ChangeEventHeader);

test('a create has everything that is not empty, and nothing that is worked out', async () => {
  const id = salesforce.db.insert('Case', {
    Subject: 'Leak',
    Priority: 'High',
    DetectedAt__c: '2026-02-28T23:00:00Z',
    Amount__c: 12,
  });
  const [message] = await client.events();
  expect(message).toEqual({
    channel: CHANNEL,
    data: {
      schema: expect.any(String) as string,
      event: { replayId: expect.any(Number) as number },
      payload: {
        ChangeEventHeader: {
          entityName: 'Case',
          recordIds: [id],
          changeType: 'CREATE',
          changeOrigin: 'com/salesforce/api/rest/66.0;client=SfdcInternalAPI/',
          transactionKey: expect.stringMatching(/^[0-9a-f-]{10,}$/) as string,
          sequenceNumber: 1,
          commitTimestamp: Date.parse('2026-03-01T10:00:00.123Z'),
          commitUser: salesforce.user.id,
          commitNumber: expect.any(Number) as number,
          changedFields: [],
        },
        CaseNumber: '00001001',
        Subject: 'Leak',
        Priority: 'High',
        Status: 'New',
        Origin: 'Web',
        IsEscalated: false,
        Reportable__c: false,
        Amount__c: 12,
        DetectedAt__c: '2026-02-28T23:00:00.000Z',
        OwnerId: salesforce.user.id,
        CreatedById: salesforce.user.id,
        CreatedDate: '2026-03-01T10:00:00.000Z',
        LastModifiedById: salesforce.user.id,
        LastModifiedDate: '2026-03-01T10:00:00.000Z',
      },
    },
  });
});

test('an update has what changed, null where it was cleared', async () => {
  const id = salesforce.db.insert('Case', { Subject: 'Leak', Priority: 'High' });
  await client.events();
  salesforce.db.update('Case', id, { Status: 'Working', Priority: null, Subject: 'Leak' });
  expect(await payloads()).toEqual([
    {
      ChangeEventHeader: expect.objectContaining({
        changeType: 'UPDATE',
        changedFields: ['Status', 'Priority', 'LastModifiedDate'],
      }) as object,
      Status: 'Working',
      Priority: null,
      LastModifiedDate: '2026-03-01T10:00:00.000Z',
    },
  ]);
});

test('what is worked out from a change is not in the event', async () => {
  const id = salesforce.db.insert('Case', {});
  await client.events();
  salesforce.db.update('Case', id, { Status: 'Closed' });
  const [payload] = await payloads();
  expect(Object.keys(payload).toSorted()).toEqual(['ChangeEventHeader', 'ClosedDate', 'LastModifiedDate', 'Status']);
});

test('compounds nest: names, addresses, places', async () => {
  const person = salesforce.db.insert('Contact', {
    FirstName: 'Ada',
    LastName: 'Ito',
    MailingCity: 'Kiel',
    MailingStreet: 'Am Kai 1',
  });
  const site = salesforce.db.insert('Case', { Site__Latitude__s: 54.3, Site__Longitude__s: 10 });
  salesforce.db.update('Contact', person, { LastName: 'Sato', MailingCity: null });
  salesforce.db.update('Case', site, { Site__Latitude__s: 48 });
  const [created, placed, renamed, moved] = await payloads();
  expect(created).toMatchObject({
    Name: { FirstName: 'Ada', LastName: 'Ito' },
    MailingAddress: { City: 'Kiel', Street: 'Am Kai 1' },
  });
  expect(placed).toMatchObject({ Site__c: { Latitude: 54.3, Longitude: 10 } });
  expect(renamed).toMatchObject({
    Name: { LastName: 'Sato' },
    MailingAddress: { City: null },
    ChangeEventHeader: { changedFields: ['Name.LastName', 'MailingAddress.City', 'LastModifiedDate'] },
  });
  expect(renamed.Name).not.toHaveProperty('FirstName');
  expect(moved).toMatchObject({
    Site__c: { Latitude: 48 },
    ChangeEventHeader: { changedFields: ['Site__c.Latitude', 'LastModifiedDate'] },
  });
});

test('a delete is empty, an undelete is whole', async () => {
  const id = salesforce.db.insert('Case', { Subject: 'Leak' });
  await client.events();
  salesforce.db.delete('Case', id);
  salesforce.db.undelete('Case', id);
  const [gone, back] = await payloads();
  expect(Object.keys(gone)).toEqual(['ChangeEventHeader']);
  expect(gone.ChangeEventHeader).toMatchObject({ changeType: 'DELETE', recordIds: [id] });
  expect(back).toMatchObject({ Subject: 'Leak', ChangeEventHeader: { changeType: 'UNDELETE' } });
});

test('a transaction: one event for a record, one for what is alike, counted through', async () => {
  const ids = salesforce.db.insertMany('Case', [{ Subject: 'a' }, { Subject: 'b' }, { Subject: 'c' }]);
  expect((await headers()).map((each) => each.sequenceNumber)).toEqual([1, 2, 3]);
  salesforce.db.transaction(() => {
    for (const id of ids) salesforce.db.update('Case', id, { Status: 'Working' });
    salesforce.db.update('Case', ids[2] ?? '', { Priority: 'High' });
    const fresh = salesforce.db.insert('Complaint__c', { Name: 'C-1' });
    salesforce.db.update('Complaint__c', fresh, { Severity__c: 'Major' });
  });
  const [alike, other, created] = await payloads();
  expect(alike.ChangeEventHeader).toMatchObject({ recordIds: ids.slice(0, 2), sequenceNumber: 1 });
  expect(other).toMatchObject({
    Status: 'Working',
    Priority: 'High',
    ChangeEventHeader: { recordIds: [ids[2]], sequenceNumber: 2 },
  });
  expect(created).toMatchObject({
    Name: 'C-1',
    Severity__c: 'Major',
    ChangeEventHeader: { changeType: 'CREATE', sequenceNumber: 3 },
  });
  const keys = new Set([alike, other, created].map((each) => each.ChangeEventHeader.transactionKey));
  expect(keys.size).toBe(1);
});

test('what is rolled back was never there', async () => {
  const id = salesforce.db.insert('Case', { Subject: 'before' });
  await client.events();
  expect(() =>
    salesforce.db.transaction(() => {
      salesforce.db.update('Case', id, { Subject: 'after' });
      salesforce.db.insert('Case', { Subject: 'new' });
      salesforce.db.update('Case', id, { Nope: 1 });
    }),
  ).toThrow(/Nope/);
  expect(salesforce.db.all('Case').map((record) => record.values['Subject'])).toEqual(['before']);
  expect(await payloads()).toEqual([]);
});

test('too many changes of a transaction end in one overflow for each entity', async () => {
  await salesforce.close();
  await start({ overflowAt: 2 });
  salesforce.db.transaction(() => {
    salesforce.db.insertMany('Case', [{ Subject: 'a' }, { Subject: 'b' }, { Subject: 'c' }, { Subject: 'd' }]);
    salesforce.db.insert('Account', { Name: 'x' });
  });
  expect(await headers()).toMatchObject([
    { changeType: 'CREATE', entityName: 'Case' },
    { changeType: 'CREATE', entityName: 'Case' },
    { changeType: 'GAP_OVERFLOW', entityName: 'Case', recordIds: ['000000000000000AAA'] },
    { changeType: 'GAP_OVERFLOW', entityName: 'Account', recordIds: ['000000000000000AAA'] },
  ]);
});

test('an event of more than 1 MB is a gap', async () => {
  const object = salesforce.db.object('Case')!;
  object.fields.find((each) => each.name === 'Notes__c')!.length = 2_000_000;
  const id = salesforce.db.insert('Case', { Notes__c: 'x'.repeat(1_100_000) });
  expect(await payloads()).toMatchObject([{ ChangeEventHeader: { changeType: 'GAP_CREATE', recordIds: [id] } }]);
});

test('gaps, wildcards and nonsense can be made by hand', async () => {
  const header = { entityName: 'Case', changeType: 'GAP_UPDATE', recordIds: ['500*'] };
  salesforce.publish('CaseChangeEvent', { ChangeEventHeader: header });
  salesforce.publish('CaseChangeEvent', { ChangeEventHeader: null, Subject: '\u0000' });
  expect(await payloads()).toEqual([{ ChangeEventHeader: header }, { ChangeEventHeader: null, Subject: '\u0000' }]);
});

test('numbers keep their digits', async () => {
  salesforce.db.insert('Case', { Amount__c: '98765432109876543.25' });
  const [retained] = [...salesforce.org.bus.after(0)];
  expect(retained?.data).toContain('"Amount__c":98765432109876543.25');
});

test('changedFields may be missing; who made the change is told', async () => {
  await salesforce.close();
  await start({ changedFields: false });
  salesforce.origin.value = 'com/salesforce/api/soap/66.0;client=DataLoaderBulkUI/';
  salesforce.db.update('Case', salesforce.db.insert('Case', {}), { Status: 'Working' });
  for (const header of await headers()) {
    expect(header).not.toHaveProperty('changedFields');
    expect(header.changeOrigin).toContain('DataLoaderBulkUI');
  }
});

test('silence: records that no event ever tells of', async () => {
  salesforce.db.silently(() => salesforce.db.insertMany('Case', [{}, {}]));
  expect(await payloads()).toEqual([]);
  expect(salesforce.db.all('Case')).toHaveLength(2);
});
