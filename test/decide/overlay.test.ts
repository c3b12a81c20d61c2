import { describe, expect, test } from 'vitest';
import type { ChangeEvent } from '../../relay/model/event.ts';
import type { FetchedRecord, ObjectDescribe } from '../../relay/model/salesforce.ts';
import { valuesAtEvent } from '../../relay/decide/overlay.ts';
import { changedNames, eventPath } from '../../relay/decide/wire.ts';
import { ACCOUNT, CASE, CONTACT, event } from './describes.ts';

const CREATED = { CreatedDate: '2026-03-02T10:00:00.000Z', LastModifiedDate: '2026-03-02T10:00:00.000Z' };
const LATER = { LastModifiedDate: '2026-03-02T10:05:00.000+0000' };

describe('the record as it was at the event', () => {
  const rows: [what: string, ObjectDescribe, Partial<ChangeEvent>, FetchedRecord | null, path: string, expected: unknown][] = [
    ['the event wins', CASE, { values: { Status: 'New' } }, { Status: 'Closed' }, 'Status', 'New'],
    ['null clears', CASE, { values: { Subject: null } }, { Subject: 'Leak' }, 'Subject', null],
    ['what the event leaves out is as fetched', CASE, { values: {} }, { Subject: 'Leak' }, 'Subject', 'Leak'],
    ['a nested name', CONTACT, { values: { Name: { FirstName: 'Ada' } } }, { FirstName: 'Eve' }, 'FirstName', 'Ada'],
    ['a flat name', CONTACT, { values: { FirstName: 'Ada' } }, { FirstName: 'Eve' }, 'FirstName', 'Ada'],
    [
      'another part of a nested name',
      CONTACT,
      { values: { Name: { FirstName: 'Ada' } } },
      { LastName: 'Byron' },
      'LastName',
      'Byron',
    ],
    [
      'the whole name, put together again',
      CONTACT,
      { values: { Name: { FirstName: 'Ada' } } },
      { Name: 'Eve Byron', FirstName: 'Eve', LastName: 'Byron' },
      'Name',
      'Ada Byron',
    ],
    [
      'the whole name as Salesforce puts it together',
      CONTACT,
      { values: { Name: { FirstName: 'Ada' } } },
      { Name: 'Byron Ada', FirstName: 'Ada', LastName: 'Byron' },
      'Name',
      'Byron Ada',
    ],
    ['a plain name', ACCOUNT, { values: { Name: 'Acme' } }, { Name: 'Globex' }, 'Name', 'Acme'],
    [
      'part of an address',
      ACCOUNT,
      { values: { BillingAddress: { City: 'Bonn' } } },
      { BillingCity: 'Ulm' },
      'BillingCity',
      'Bonn',
    ],
    ['a part cleared', ACCOUNT, { values: { BillingAddress: { City: null } } }, { BillingCity: 'Ulm' }, 'BillingCity', null],
    ['a whole address cleared', ACCOUNT, { values: { BillingAddress: null } }, { BillingCity: 'Ulm' }, 'BillingCity', null],
    [
      'a code beside its name',
      ACCOUNT,
      { values: { BillingAddress: { StateCode: 'BY' } } },
      { BillingStateCode: 'BE' },
      'BillingStateCode',
      'BY',
    ],
    ['a latitude', CASE, { values: { Site__c: { Latitude: 48.1 } } }, { Site__Latitude__s: 0 }, 'Site__Latitude__s', 48.1],
    [
      'a location, half of it from the event',
      CASE,
      { values: { Site__c: { Latitude: 48.1 } } },
      { Site__c: { latitude: 0, longitude: 11.5 } },
      'Site__c',
      { latitude: 48.1, longitude: 11.5 },
    ],
    [
      'a date-time on the wire, as REST spells it',
      CASE,
      { values: { OccurredAt__c: '2026-03-01T08:00:00.000Z' } },
      {},
      'OccurredAt__c',
      '2026-03-01T08:00:00.000+0000',
    ],
    [
      'a date-time with an offset',
      CASE,
      { values: { OccurredAt__c: '2026-03-01T10:00:00.000+0200' } },
      {},
      'OccurredAt__c',
      '2026-03-01T08:00:00.000+0000',
    ],
    ['a date-time as milliseconds', CASE, { values: { OccurredAt__c: 0 } }, {}, 'OccurredAt__c', '1970-01-01T00:00:00.000+0000'],
    ['a date', CASE, { values: { SlaDate__c: '2026-03-01' } }, {}, 'SlaDate__c', '2026-03-01'],
    ['a date as milliseconds', CASE, { values: { SlaDate__c: 86_400_000 } }, {}, 'SlaDate__c', '1970-01-02'],
    ['a date no Date can hold', CASE, { values: { SlaDate__c: 1e300 } }, {}, 'SlaDate__c', 1e300],
    ['a multi-select as a list', CASE, { values: { Products__c: ['Pump', 'Valve'] } }, {}, 'Products__c', 'Pump;Valve'],
    ['a relationship path', CASE, { values: {} }, { 'Account.Name': 'Acme' }, 'Account.Name', 'Acme'],
    ['no related record at the event', CASE, { values: { AccountId: null } }, { 'Account.Name': 'Acme' }, 'Account.Name', null],
    ['the id, whatever was fetched', CASE, {}, null, 'Id', '500000000000001AAA'],
    ['nothing fetched: not known', CASE, { values: {} }, null, 'Subject', undefined],
    ['nothing fetched, but carried', CASE, { values: { Subject: 'Leak' } }, null, 'Subject', 'Leak'],
    [
      'empty at creation, filled since',
      CASE,
      { changeType: 'CREATE', values: CREATED },
      { ...LATER, Subject: 'Leak' },
      'Subject',
      null,
    ],
    [
      'not carried, and the record unchanged since',
      CASE,
      { changeType: 'CREATE', values: CREATED },
      { LastModifiedDate: '2026-03-02T10:00:00.000+0000', Subject: 'Leak' },
      'Subject',
      'Leak',
    ],
    [
      'an event without the system fields is not believed to be complete',
      CASE,
      { changeType: 'CREATE', values: { Status: 'New' } },
      { ...LATER, Subject: 'Leak' },
      'Subject',
      'Leak',
    ],
    [
      'a formula field is never carried',
      CASE,
      { changeType: 'CREATE', values: CREATED },
      { ...LATER, Score__c: 3 },
      'Score__c',
      3,
    ],
    [
      'a field that mirrors the contact is never carried',
      CASE,
      { changeType: 'CREATE', values: CREATED },
      { ...LATER, ContactEmail: 'a@b.co' },
      'ContactEmail',
      'a@b.co',
    ],
    ['an update leaves most out', CASE, { values: CREATED }, { ...LATER, Subject: 'Leak' }, 'Subject', 'Leak'],
  ];
  test.each(rows)('%s', (_what, object, change, record, path, expected) => {
    expect(valuesAtEvent(event(change), object, record)(path)).toEqual(expected);
  });
});

describe('the changed fields as formulas ask for them', () => {
  const rows: [ObjectDescribe, Partial<ChangeEvent>, readonly string[]][] = [
    [CASE, { changedFields: ['Status'] }, ['Status']],
    [CASE, { changedFields: ['status'] }, ['status', 'Status']],
    [CONTACT, { changedFields: ['Name.FirstName'] }, ['Name.FirstName']],
    [CONTACT, { changedFields: ['FirstName'] }, ['FirstName', 'Name.FirstName']],
    [CONTACT, { changedFields: ['Name'], values: { Name: { FirstName: 'Ada' } } }, ['Name.FirstName']],
    [CONTACT, { changedFields: ['Name'] }, ['Name']],
    [ACCOUNT, { changedFields: ['BillingAddress.City'] }, ['BillingAddress.City']],
    [ACCOUNT, { changedFields: ['BillingAddress'], values: { BillingAddress: { City: 'Bonn' } } }, ['BillingAddress.City']],
    [ACCOUNT, { changedFields: ['BillingAddress'], values: { BillingAddress: null } }, ['BillingAddress']],
    [CASE, { changedFields: ['Site__c.Latitude'] }, ['Site__c.Latitude']],
    [CASE, { changedFields: ['Unknown__c'] }, ['Unknown__c']],
  ];
  test.each(rows)('%#', (object, change, expected) => {
    expect([...(changedNames(event(change), object) ?? [])]).toEqual(expected);
  });

  test('a gap tells nothing', () => {
    expect(changedNames(event({ changedFields: null }), CASE)).toBeUndefined();
  });

  test('how the event spells each field', () => {
    const spelt = [...CONTACT.fields, ...ACCOUNT.fields, ...CASE.fields].map(eventPath);
    expect(spelt).toEqual(
      expect.arrayContaining([
        'Name',
        'Name.FirstName',
        'BillingAddress',
        'BillingAddress.StateCode',
        'Site__c.Longitude',
        'Status',
      ]),
    );
    expect(spelt).not.toContain('BillingCity');
  });
});
