import { expect, test } from 'vitest';
import { isAsCreated, ownFields } from '../../relay/decide/index.ts';
import type { ObjectDescribe } from '../../relay/model/salesforce.ts';
import { ACCOUNT, CASE, CONTACT, event } from './describes.ts';

const CREATED = { CreatedDate: '2026-03-02T10:00:00.000Z' };

test.each<[paths: string[], ObjectDescribe, string[]]>([
  [['status', 'Subject', 'Status'], CASE, ['Status', 'Subject']],
  [['Account.Name'], CASE, ['AccountId']],
  [['Name'], CONTACT, ['FirstName', 'LastName']],
  [['BillingCity'], ACCOUNT, ['BillingCity']],
  [['Gone__c', 'Nowhere__r.Name'], CASE, []],
])('what %j reads of the record itself', (paths, describe, expected) => {
  expect(ownFields(paths, describe)).toEqual(expect.arrayContaining(expected));
  expect(ownFields(paths, describe).filter((name) => !expected.includes(name) && describe !== CONTACT)).toEqual([]);
});

test.each<[what: string, values: Record<string, unknown>, record: Record<string, unknown>, names: string[], same: boolean]>([
  ['as it was', { ...CREATED, Status: 'New' }, { Status: 'New' }, ['Status'], true],
  ['another value', { ...CREATED, Status: 'New' }, { Status: 'Closed' }, ['Status'], false],
  ['empty then, filled since', CREATED, { Subject: 'Leak' }, ['Subject'], false],
  ['empty then and now', CREATED, { Subject: null }, ['Subject'], true],
  ['one of two', { ...CREATED, Status: 'New' }, { Status: 'New', Subject: 'Leak' }, ['Status', 'Subject'], false],
  ['a date-time in the two forms', CREATED, { CreatedDate: '2026-03-02T10:00:00.000+0000' }, ['CreatedDate'], true],
  ['a Boolean that the event leaves out', CREATED, { IsClosed: false }, ['IsClosed'], false],
  ['a field that is gone', CREATED, {}, ['Gone__c'], false],
  ['an event without the whole record', { Status: 'New' }, { Status: 'New' }, ['Status'], false],
  ['nothing read', CREATED, {}, [], true],
])('%s', (_what, values, record, names, same) => {
  expect(isAsCreated(event({ changeType: 'CREATE', values }), CASE, record, names)).toBe(same);
});

test('a name that came as parts, and a gap', () => {
  const values = { ...CREATED, Name: { FirstName: 'Ada', LastName: 'Byron' } };
  const names = ['FirstName', 'LastName'];
  expect(isAsCreated(event({ changeType: 'CREATE', values }), CONTACT, { FirstName: 'Ada', LastName: 'Byron' }, names)).toBe(
    true,
  );
  expect(isAsCreated(event({ changeType: 'CREATE', values }), CONTACT, { FirstName: 'Ada', LastName: 'King' }, names)).toBe(
    false,
  );
  expect(isAsCreated(event({ changeType: 'GAP_CREATE', values }), CONTACT, { FirstName: 'Ada', LastName: 'Byron' }, names)).toBe(
    false,
  );
});
