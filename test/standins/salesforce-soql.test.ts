import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Salesforce, startSalesforce } from './salesforce/server.ts';
import { type Answer, type Rest, logIn, restOf } from './salesforce-client.ts';

let salesforce: Salesforce;
let rest: Rest;
const NOW = Date.parse('2026-03-10T12:00:00Z');
beforeAll(async () => {
  salesforce = await startSalesforce({ now: () => NOW });
  rest = restOf(salesforce, await logIn(salesforce));
  const { db } = salesforce;
  const queue = db.all('Group')[0]!.id;
  const account = db.insert('Account', { Name: "O'Brien 50%_off", Industry: 'Clinic', BillingCity: 'Kiel' });
  const mei = db.insert('Contact', { FirstName: 'Mei', LastName: 'Sato', AccountId: account });
  const first = db.insert('Case', {
    Subject: 'Pump leaks',
    Priority: 'High',
    AccountId: account,
    ContactId: mei,
    Amount__c: 100,
    Hazards__c: 'Burn;Cut',
    SlaDate__c: '2026-03-01',
    DetectedAt__c: '2026-03-09T23:30:00Z',
    CreatedDate: '2026-03-01T00:00:00Z',
  });
  db.insert('Case', {
    Subject: 'pump STOPS',
    Amount__c: 20.5,
    OwnerId: queue,
    ParentId: first,
    Hazards__c: 'Shock',
    ShiftStart__c: '06:30',
  });
  db.insert('Case', { Subject: 'Alarm', Reportable__c: true, Amount__c: 7, Priority: 'Low', Status: 'Closed' });
  db.delete('Case', db.insert('Case', { Subject: 'Deleted' }));
  db.insert('Task', { Subject: 'Call', WhatId: first });
});
afterAll(() => salesforce.close());

const subjects = (answer: Answer): string[] => answer.body.records.map((each: { Subject: string }) => each.Subject);

test.each([
  ["Subject = 'PUMP LEAKS'", ['Pump leaks']],
  ["Subject != 'Alarm'", ['Pump leaks', 'pump STOPS']],
  ["Subject LIKE 'pump%'", ['Pump leaks', 'pump STOPS']],
  ["Subject LIKE '_larm'", ['Alarm']],
  ["Account.Name = 'O\\'Brien 50%_off'", ['Pump leaks']],
  ["Account.Name LIKE '%50\\%\\_off'", ['Pump leaks']],
  ["Account.Name LIKE '%50\\_\\_off'", []],
  ['Priority = null', ['pump STOPS']],
  ["Priority != 'High'", ['pump STOPS', 'Alarm']],
  ['Amount__c > 7 AND Amount__c <= 100', ['Pump leaks', 'pump STOPS']],
  ["(Amount__c < 10 OR Amount__c >= 100) AND NOT Subject = 'Alarm'", ['Pump leaks']],
  ["Priority IN ('High', 'Low')", ['Pump leaks', 'Alarm']],
  ["Priority NOT IN ('High', 'Low')", ['pump STOPS']],
  ["AccountId IN (SELECT Id FROM Account WHERE Industry = 'Clinic')", ['Pump leaks']],
  ['Id NOT IN (SELECT ParentId FROM Case WHERE ParentId != null)', ['pump STOPS', 'Alarm']],
  ["Hazards__c INCLUDES ('Burn;Cut', 'Shock')", ['Pump leaks', 'pump STOPS']],
  ["Hazards__c EXCLUDES ('Burn')", ['pump STOPS', 'Alarm']],
  ['Reportable__c = TRUE', ['Alarm']],
  ['IsClosed = false', ['Pump leaks', 'pump STOPS']],
  ['SlaDate__c = 2026-03-01', ['Pump leaks']],
  ['DetectedAt__c = YESTERDAY', ['Pump leaks']],
  ['DetectedAt__c > 2026-03-10T00:29:59+01:00', ['Pump leaks']],
  ['DetectedAt__c > 2026-03-10T00:30:00+0100', []],
  ['CreatedDate < LAST_N_DAYS:5', ['Pump leaks']],
  ['CreatedDate = TODAY', ['pump STOPS', 'Alarm']],
  ['ShiftStart__c = 06:30:00Z', ['pump STOPS']],
  ["Owner.Type = 'Queue'", ['pump STOPS']],
  ["Parent.Account.Industry = 'Clinic'", ['pump STOPS']],
  ["Customer__c = 'o\\'brien 50%_OFF'", ['Pump leaks']],
])('WHERE %s', async (where, expected) => {
  const answer = await rest.query(`SELECT Subject FROM Case WHERE ${where} ORDER BY CaseNumber`);
  expect(answer.body).toMatchObject({ done: true, totalSize: expected.length });
  expect(subjects(answer)).toEqual(expected);
});

test('order, with blanks first unless told otherwise; limit and offset', async () => {
  const ordered = async (tail: string) => subjects(await rest.query(`SELECT Subject FROM Case ORDER BY ${tail}`));
  expect(await ordered('Amount__c DESC')).toEqual(['Pump leaks', 'pump STOPS', 'Alarm']);
  expect((await ordered('SlaDate__c, Subject'))[2]).toBe('Pump leaks');
  expect((await ordered('SlaDate__c NULLS LAST'))[0]).toBe('Pump leaks');
  expect(await ordered('Account.Name DESC NULLS LAST, Subject ASC LIMIT 1 OFFSET 1')).toEqual(['Alarm']);
});

test('relationships nest; what is empty is null; a polymorphic one is a Name', async () => {
  const { body } = await rest.query(
    'SELECT Id, account.name, Account.BillingAddress, Contact.Account.Name, Owner.Name, Owner.Type, CreatedBy.Username FROM Case ORDER BY CaseNumber',
  );
  const [first, second] = body.records;
  expect(first).toMatchObject({
    Account: { attributes: { type: 'Account' }, Name: "O'Brien 50%_off", BillingAddress: { city: 'Kiel', street: null } },
    Contact: { attributes: { type: 'Contact' }, Account: { Name: "O'Brien 50%_off" } },
    Owner: { attributes: { type: 'Name' }, Name: 'ZenQMS Integration', Type: 'User' },
    CreatedBy: { attributes: { type: 'User' }, Username: salesforce.user.username },
  });
  expect(second).toMatchObject({ Account: null, Contact: null, Owner: { Name: 'Complaint Queue', Type: 'Queue' } });
  const tasks = await rest.query("SELECT What.Name, What.Type FROM Task WHERE What.Type = 'Case'");
  expect(tasks.body.records).toMatchObject([{ What: { Name: '00001001', Type: 'Case' } }]);
  const typed = await rest.query(
    'SELECT TYPEOF Owner WHEN User THEN Department, Email WHEN Group THEN DeveloperName ELSE Name END FROM Case ORDER BY CaseNumber',
  );
  expect(typed.body.records).toMatchObject([
    { Owner: { attributes: { type: 'User' }, Department: null, Email: salesforce.user.email } },
    { Owner: { attributes: { type: 'Group' }, DeveloperName: 'Complaint_Queue' } },
    {},
  ]);
});

test('counting, and other sums', async () => {
  expect((await rest.query('SELECT COUNT() FROM Case')).body).toEqual({ totalSize: 3, done: true, records: [] });
  expect((await rest.query('SELECT COUNT(Id), MAX(Amount__c) top, MIN(Subject) FROM Case')).body.records).toMatchObject([
    { attributes: { type: 'AggregateResult' }, expr0: 3, top: 100, expr2: 'Alarm' },
  ]);
});

test('queryAll brings what is deleted too', async () => {
  const all = await rest(`/queryAll?q=${encodeURIComponent('SELECT Subject FROM Case WHERE IsDeleted = true')}`);
  expect(subjects(all)).toEqual(['Deleted']);
});

describe('refused', () => {
  test.each([
    ['MALFORMED_QUERY', 'SELECT Id FROM Case WHERE'],
    ['MALFORMED_QUERY', 'SELECT FROM Case'],
    ['MALFORMED_QUERY', 'SELECT Id, FROM Case'],
    ['MALFORMED_QUERY', 'SELECT * FROM Case'],
    ['MALFORMED_QUERY', "SELECT Id FROM Case WHERE Subject = 'x"],
    ['MALFORMED_QUERY', "SELECT Id FROM Case WHERE Subject = 'a\\qb'"],
    ['MALFORMED_QUERY', 'SELECT Id FROM Case WHERE Subject = "x"'],
    ['MALFORMED_QUERY', 'SELECT Id FROM Case WHERE Id IN ()'],
    ['MALFORMED_QUERY', "SELECT Id FROM Case WHERE Subject = 'a' AND Subject = 'b' OR Subject = 'c'"],
    ['MALFORMED_QUERY', 'SELECT Id FROM Case LIMIT ten'],
    ['MALFORMED_QUERY', 'SELECT Id FROM Case GROUP BY Id'],
    ['MALFORMED_QUERY', 'SELECT Id FROM Case ALL ROWS'],
    ['MALFORMED_QUERY', 'SELECT (SELECT Id FROM Contacts) FROM Account'],
    ['MALFORMED_QUERY', ''],
    ['INVALID_TYPE', 'SELECT Id FROM Nothing__c'],
    ['INVALID_FIELD', 'SELECT Nope__c FROM Case'],
    ['INVALID_FIELD', 'SELECT Id, Id FROM Case'],
    ['INVALID_FIELD', 'SELECT Id FROM Case WHERE Nope__c = 1'],
    ['INVALID_FIELD', 'SELECT Id FROM Case ORDER BY Nope__c'],
    ['INVALID_FIELD', 'SELECT Nope.Name FROM Case'],
    ['INVALID_FIELD', 'SELECT Owner.Department FROM Case'],
    ['INVALID_FIELD', "SELECT Id FROM Case WHERE CreatedDate > '2026-01-01T00:00:00Z'"],
    ['INVALID_FIELD', 'SELECT Id FROM Case WHERE CreatedDate > 2026-01-01'],
    ['INVALID_FIELD', 'SELECT Id FROM Case WHERE Subject = 5'],
    ['INVALID_FIELD', "SELECT Id FROM Case WHERE Amount__c = '5'"],
    ['INVALID_FIELD', "SELECT Id FROM Case WHERE Description LIKE '%x%'"],
    ['INVALID_FIELD', "SELECT Id FROM Case WHERE Secret__c = 'x'"],
    ['INVALID_QUERY_FILTER_OPERATOR', "SELECT Id FROM Case WHERE Id = 'x'"],
    ['INVALID_QUERY_FILTER_OPERATOR', "SELECT Id FROM Case WHERE Amount__c LIKE '5%'"],
    ['NUMBER_OUTSIDE_VALID_RANGE', 'SELECT Id FROM Case OFFSET 2001'],
  ])('%s: %s', async (errorCode, soql) => {
    expect(await rest.query(soql)).toMatchObject({ status: 400, body: [{ errorCode }] });
  });

  test('a plus that was not encoded is a space, and the query is wrong', async () => {
    const answer = await rest('/query?q=SELECT+Id+FROM+Case+WHERE+CreatedDate+>+2026-01-01T00:00:00+01:00');
    expect(answer.body).toMatchObject([{ errorCode: 'MALFORMED_QUERY' }]);
  });

  test('a hidden field is no field', async () => {
    salesforce.access.hiddenFields.add('Account.Industry');
    for (const soql of ['SELECT Account.Industry FROM Case', "SELECT Id FROM Case WHERE Account.Industry = 'x'"])
      expect((await rest.query(soql)).body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
    salesforce.access.hiddenFields.clear();
  });
});

test('pages of 2,000, or of fewer when asked; a locator that is none is refused', async () => {
  const org = await startSalesforce();
  const ask = restOf(org, await logIn(org));
  org.db.insertMany(
    'Account',
    Array.from({ length: 4_001 }, (_, n) => ({ Name: `Hospital ${n}` })),
  );
  const first = (await ask.query('SELECT Name FROM Account')).body;
  expect(first).toMatchObject({ totalSize: 4_001, done: false });
  const second = (await ask(first.nextRecordsUrl)).body;
  const third = (await ask(second.nextRecordsUrl)).body;
  expect([first, second, third].map((each) => each.records.length)).toEqual([2_000, 2_000, 1]);
  expect(third).toMatchObject({ done: true, records: [{ Name: 'Hospital 4000' }] });
  expect(third).not.toHaveProperty('nextRecordsUrl');
  const small = await ask(`/query?q=${encodeURIComponent('SELECT Id FROM Account')}`, {
    headers: { 'sforce-query-options': 'batchSize=200' },
  });
  expect(small.body.records).toHaveLength(200);
  expect((await ask('/query/01g5x0000000000AAA-2000')).body).toMatchObject([{ errorCode: 'INVALID_QUERY_LOCATOR' }]);
  await org.close();
});
