import { describe, expect, test } from 'vitest';
import { instantOf, localTime } from '../../relay/map/calendar.ts';
import { addDays, dayOf } from '../../relay/map/due-date.ts';
import { type MapInput, mapIssue } from '../../relay/map/map.ts';
import { textOf } from '../../relay/map/text.ts';
import { cutTo } from '../../relay/map/title.ts';
import type { CustomField, CustomFieldType } from '../../relay/model/issue.ts';
import type { FieldDescribe } from '../../relay/model/salesforce.ts';
import { definition, recordId } from '../support/rows.ts';

const field = (name: string, type: string, htmlFormatted = false): FieldDescribe => ({
  name,
  label: name,
  type,
  custom: false,
  nillable: true,
  relationshipName: null,
  referenceTo: [],
  picklistValues: [],
  scale: 0,
  compoundFieldName: null,
  calculated: false,
  nameField: false,
  htmlFormatted,
});
const target = (id: string, type: CustomFieldType): CustomField => ({ id, label: id, type, required: false, options: null });
const FIELDS: Record<string, FieldDescribe> = {
  Subject: field('Subject', 'string'),
  Notes__c: field('Notes__c', 'textarea', true),
  Amount__c: field('Amount__c', 'currency'),
  'Account.AnnualRevenue': field('AnnualRevenue', 'currency'),
};
const input = (record: MapInput['record'], mappings: string[], changes: Partial<MapInput> = {}): MapInput => ({
  record,
  recordId: recordId(1),
  definition: definition({
    fieldMappings: mappings.map((salesforceField, index) => ({ salesforceField, zenqmsFieldId: `f${index}` })),
  }),
  describe: { name: 'Case', label: 'Case', custom: false, fields: [] },
  now: new Date('2026-03-01T10:00:00Z'),
  fields: mappings.map((_, index) => target(`f${index}`, 'paragraph_text')),
  fieldOf: (path) => FIELDS[path],
  users: null,
  multiCurrency: false,
  ...changes,
});

describe('several currencies', () => {
  const record = {
    Subject: 'x',
    Amount__c: 100,
    'Account.AnnualRevenue': 5,
    CurrencyIsoCode: 'EUR',
    'Account.CurrencyIsoCode': 'JPY',
  };

  test('each amount has the currency of its own record', () => {
    expect(mapIssue(input(record, ['Amount__c', 'Account.AnnualRevenue'], { multiCurrency: true }))).toMatchObject({
      issue: { customFields: [{ value: 'EUR 100' }, { value: 'JPY 5' }] },
      notes: [],
    });
  });

  test('an amount whose currency was not read, or that goes into a number, says so', () => {
    const { 'Account.CurrencyIsoCode': _, ...without } = record;
    const fields = [target('f0', 'decimal'), target('f1', 'single_line_text')];
    expect(mapIssue(input(without, ['Amount__c', 'Account.AnnualRevenue'], { multiCurrency: true, fields }))).toMatchObject({
      issue: { customFields: [{ value: '100' }, { value: '5' }] },
      notes: [expect.stringMatching(/^Amount__c .* EUR/), expect.stringMatching(/^Account.AnnualRevenue .* could not be read/)],
    });
  });

  test('one currency needs no name', () => {
    expect(mapIssue(input(record, ['Amount__c']))).toMatchObject({ issue: { customFields: [{ value: '100' }] }, notes: [] });
  });
});

describe('text that is awkward', () => {
  const titleOf = (record: MapInput['record'], title: { field: string } | null = null) => {
    const mapped = mapIssue({ ...input(record, []), definition: definition({ fieldMappings: [], title }) });
    return mapped.kind === 'issue' ? mapped.issue.title : mapped;
  };

  test('what looks like a tag in a plain field is what somebody wrote', () => {
    expect(titleOf({ Subject: 'Pressure <limit> exceeded & held' })).toBe('Pressure <limit> exceeded & held');
    expect(titleOf({ Notes__c: '<p>Pressure <b>limit</b></p><p>exceeded &amp; held</p>' }, { field: 'Notes__c' })).toBe(
      'Pressure limit exceeded & held',
    );
  });

  test('rich text goes plain into a field whose type is not known', () => {
    const mapped = mapIssue(input({ Subject: 'x', Notes__c: '<p>a</p>' }, ['Notes__c'], { fields: [] }));
    expect(mapped).toMatchObject({ issue: { customFields: [{ value: 'a' }] } });
  });

  test('control characters and halves of characters go, line ends are one', () => {
    expect(textOf('a\u0000b\u0007\r\nc\rd\te\ud83d', FIELDS.Subject, { timeZone: 'UTC', currency: null })).toBe(
      'ab\nc\nd\te\ufffd',
    );
  });

  test('a name as the change event nests it', () => {
    const name = { LastName: 'Byron', FirstName: 'Ada', Salutation: 'Dr.', Suffix: null };
    expect(textOf(name, undefined, { timeZone: 'UTC', currency: null })).toBe('Dr. Ada Byron');
  });

  test('a title is cut inside nothing, even in a character that is longer than a title', () => {
    const cut = cutTo(`e${'\u0301'.repeat(400)}`, 255);
    expect(cut).toHaveLength(255);
    const faces = cutTo('😀'.repeat(300), 255);
    expect([faces.length, faces.isWellFormed()]).toEqual([254, true]);
    expect(cutTo(`${'x'.repeat(255)}\u0301`, 255)).toBe('x'.repeat(254));
    expect(cutTo('y'.repeat(5_000_000), 255)).toHaveLength(255);
  });
});

describe('days and times', () => {
  test.each([
    ['2026-03-29T00:59:59.000+0000', 'Europe/Berlin', '2026-03-29 01:59:59 +01:00'],
    ['2026-03-29T01:00:00.000+0000', 'Europe/Berlin', '2026-03-29 03:00:00 +02:00'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25 02:30:00 +02:00'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25 02:30:00 +01:00'],
    ['2026-01-01T00:00:00.000Z', 'Asia/Kathmandu', '2026-01-01 05:45:00 +05:45'],
    ['2026-01-01T04:59:59.000Z', 'America/New_York', '2025-12-31 23:59:59 -05:00'],
    ['2026-06-15T00:00:00.000Z', 'UTC', '2026-06-15 00:00:00 +00:00'],
  ])('%s in %s', (text, timeZone, expected) => {
    const { date, time, offset } = localTime(instantOf(text)!, timeZone);
    expect(`${date} ${time} ${offset}`).toBe(expected);
  });

  test.each(['', 'soon', '2026-03-29', '2026-03-29T10:00:00', '2026-13-29T10:00:00Z', '2026-03-29T25:00:00Z'])(
    '%j is no instant',
    (text) => expect(instantOf(text)).toBeNull(),
  );

  test.each([
    ['2026-03-28', 1, '2026-03-29'],
    ['2025-12-31', 366, '2027-01-01'],
    ['2100-02-28', 1, '2100-03-01'],
    ['0050-01-01', 1, '0050-01-02'],
    ['9999-12-31', 1, null],
    ['2026-01-01', 1e9, null],
    ['2026-01-01', -1e9, null],
    ['2026-01-01', Number.MAX_SAFE_INTEGER, null],
  ])('%s and %d days', (day, days, expected) => expect(addDays(day, days)).toBe(expected));

  test('the day of a date-time is that of the time zone', () => {
    expect(dayOf('2026-03-28T23:30:00.000+0000', 'Europe/Berlin')).toBe('2026-03-29');
    expect(dayOf(20260328, 'Europe/Berlin')).toBeNull();
  });
});
