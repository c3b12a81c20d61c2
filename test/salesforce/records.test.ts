import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ObjectDescribe, RecordResult } from '../../relay/model/salesforce.ts';
import { type Describes, describesOf } from '../../relay/salesforce/describe.ts';
import { fetchRecords } from '../../relay/salesforce/records.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { ERRORS } from '../standins/salesforce/faults.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { failure, sessionOf } from './support.ts';

let salesforce: Salesforce;
let session: Session;
let describes: Describes;
beforeEach(async () => {
  salesforce = await startSalesforce();
  session = sessionOf(salesforce).session;
  describes = describesOf(session);
});
afterEach(async () => {
  await session.close();
  await salesforce.close();
});

async function fetch(object: string, ids: string[], paths: string[]): Promise<Map<string, RecordResult>> {
  const describe = await describes.describe(object);
  return fetchRecords(session, describe as ObjectDescribe, ids, paths, (name) => describes.describe(name));
}

const calls = (key: string): number => salesforce.org.counters.byPath[key] ?? 0;
const RETRIEVE = 'POST /services/data/v66.0/composite/sobjects/Case';
const QUERY = 'GET /services/data/v66.0/query';
const cases = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => salesforce.db.insert('Case', { Subject: `Case ${at}`, Priority: 'High' }));

test('plain fields come by the collection retrieve, 2,000 ids a call, keyed as asked', async () => {
  const ids = cases(2_050);
  const results = await fetch('Case', ids, ['subject', 'Priority', 'Id']);
  expect(calls(RETRIEVE)).toBe(2);
  expect(calls(QUERY)).toBe(0);
  expect(results.size).toBe(2_050);
  expect(results.get(ids[2_049] ?? '')).toEqual({
    kind: 'found',
    record: { subject: 'Case 2049', Priority: 'High', Id: ids[2_049] },
  });
});

test('never more than two calls are in flight', async () => {
  const account = salesforce.db.insert('Account', { Name: 'Clinic' });
  const ids = Array.from({ length: 900 }, () => salesforce.db.insert('Case', { AccountId: account }));
  salesforce.org.faults.add({ path: '/query', times: null, answer: { kind: 'slow', ms: 10 } });
  let now = 0;
  let most = 0;
  const request = session.request.bind(session);
  const counted: Session = {
    ...session,
    request: async (call) => {
      most = Math.max(most, (now += 1));
      return request(call).finally(() => (now -= 1));
    },
  };
  const describe = (await describes.describe('Case')) as ObjectDescribe;
  await fetchRecords(counted, describe, ids, ['Account.Name'], (name) => describes.describe(name));
  expect(calls(QUERY)).toBe(5);
  expect(most).toBe(2);
});

test('relationship paths come by one query, and an empty relationship is null', async () => {
  const account = salesforce.db.insert('Account', { Name: "O'Brien \\ Sons", Industry: 'Clinic' });
  const ids = [
    salesforce.db.insert('Case', { Subject: 'a', AccountId: account }),
    salesforce.db.insert('Case', { Subject: 'b' }),
  ];
  const results = await fetch('Case', ids, ['Subject', 'Account.Name', 'account.industry', 'Owner.Name', 'CreatedBy.Username']);
  expect(calls(QUERY)).toBe(1);
  expect(calls(RETRIEVE)).toBe(0);
  expect(results.get(ids[0] ?? '')).toEqual({
    kind: 'found',
    record: {
      Subject: 'a',
      'Account.Name': "O'Brien \\ Sons",
      'account.industry': 'Clinic',
      'Owner.Name': 'ZenQMS Integration',
      'CreatedBy.Username': salesforce.org.user.username,
    },
  });
  expect(results.get(ids[1] ?? '')).toMatchObject({ record: { Subject: 'b', 'Account.Name': null, 'account.industry': null } });
});

test('450 ids with a path are three queries, none longer than a URI may be', async () => {
  const ids = cases(450);
  const results = await fetch('Case', ids, ['Subject', 'Account.Name']);
  expect(calls(QUERY)).toBe(3);
  expect([...results.values()].every((result) => result.kind === 'found')).toBe(true);
});

test('many fields beside a path make the queries smaller', async () => {
  const object = salesforce.db.object('Case');
  const names = Array.from({ length: 150 }, (_, at) => `Some_Very_Long_Field_Name_For_A_Field_${at}__c`);
  for (const name of names) object?.fields.push({ ...object.fields[0]!, name, type: 'string', nillable: true });
  const ids = cases(200);
  const results = await fetch('Case', ids, [...names, 'Account.Name']);
  expect(calls(QUERY)).toBeGreaterThan(1);
  expect([...results.values()].every((result) => result.kind === 'found')).toBe(true);
});

test('compounds keep the shape of REST', async () => {
  const id = salesforce.db.insert('Account', { Name: 'A', BillingCity: 'Berlin', BillingCountry: 'Germany' });
  const result = (await fetch('Account', [id], ['BillingAddress'])).get(id);
  expect(result).toMatchObject({ kind: 'found', record: { BillingAddress: { city: 'Berlin', country: 'Germany' } } });
});

test('custom objects and custom relationships', async () => {
  const account = salesforce.db.insert('Account', { Name: 'Clinic 7' });
  const id = salesforce.db.insert('Complaint__c', { Name: 'C-1', Account__c: account });
  const result = (await fetch('Complaint__c', [id], ['Name', 'Account__r.Name'])).get(id);
  expect(result).toEqual({ kind: 'found', record: { Name: 'C-1', 'Account__r.Name': 'Clinic 7' } });
});

test('deleted, invisible, and what is no id at all, each beside good ones', async () => {
  const [good = '', deleted = '', hidden = ''] = cases(3);
  salesforce.db.delete('Case', deleted);
  salesforce.org.access.hiddenRecords.add(hidden);
  for (const paths of [['Subject'], ['Subject', 'Account.Name']]) {
    const results = await fetch('Case', [good, deleted, hidden, "x' OR Name != '"], paths);
    expect(results.get(good)?.kind).toBe('found');
    expect(results.get(deleted)).toEqual({ kind: 'deleted' });
    expect(results.get(hidden)).toMatchObject({ kind: 'not_readable', message: expect.stringContaining('View All') as string });
    expect(results.get("x' OR Name != '")).toMatchObject({ kind: 'not_readable' });
  }
});

test('deleted and invisible are told apart without the recycle bin too', async () => {
  const [deleted = '', hidden = ''] = cases(2);
  salesforce.db.delete('Case', deleted);
  salesforce.org.access.hiddenRecords.add(hidden);
  const refused = { kind: 'status', status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'x' }] } as const;
  salesforce.org.faults.add({ path: '/queryAll', times: null, answer: refused });
  const results = await fetch('Case', [deleted, hidden], ['Subject']);
  expect(results.get(deleted)).toEqual({ kind: 'deleted' });
  expect(results.get(hidden)?.kind).toBe('not_readable');
});

test('15-character ids are answered under the id that was asked', async () => {
  const [id = ''] = cases(1);
  const results = await fetch('Case', [id.slice(0, 15)], ['Subject']);
  expect(results.get(id.slice(0, 15))).toMatchObject({ kind: 'found', record: { Subject: 'Case 0' } });
});

test.each([
  ['a field that does not exist', ['Nope__c'], /Nope__c/],
  ['a relationship that does not exist', ['Nope.Name'], /Nope\.Name/],
  ['a field of a relationship that does not exist', ['Account.Nope__c'], /Account\.Nope__c/],
  ['an injection', ["Subject FROM Case WHERE Name = '"], /Subject FROM/],
  ['an injection behind a relationship', ["Account.Name FROM Case WHERE Id != null OR Id = '1"], /Account\.Name FROM/],
  ['a path without an end', ['Account.'], /Account/],
  ['a chain that is too long', ['Parent.Parent.Parent.Parent.Parent.Parent.Subject'], /Parent/],
])('%s is refused before anything is asked', async (_, paths, named) => {
  const [id = ''] = cases(1);
  const error = await failure(fetch('Case', [id], paths));
  expect(error).toMatchObject({ kind: 'refused', code: 'INVALID_FIELD', message: expect.stringMatching(named) as string });
  expect(calls(RETRIEVE) + calls(QUERY)).toBe(0);
});

test.each([
  ['retrieve', ['Subject', 'LotNumber__c']],
  ['query', ['LotNumber__c', 'Account.Name']],
])('a field that became unreadable after the describe is named (%s)', async (_, paths) => {
  const [id = ''] = cases(1);
  await describes.describe('Case');
  await describes.describe('Account');
  salesforce.org.access.hiddenFields.add('Case.LotNumber__c');
  const error = await failure(fetch('Case', [id], paths));
  expect(error).toMatchObject({
    kind: 'refused',
    code: 'INVALID_FIELD',
    message: expect.stringContaining('LotNumber__c') as string,
  });
});

test('an outage in the middle is told, not swallowed', async () => {
  const ids = cases(4_100);
  salesforce.org.faults.add({ path: '/composite', after: 1, answer: ERRORS.unavailable });
  expect(await failure(fetch('Case', ids, ['Subject']))).toMatchObject({ kind: 'retry' });
});
