import { describe, expect, test } from 'vitest';
import { addDays, dayIn, dueDateOf } from '../../relay/map/due-date.ts';
import { fit } from '../../relay/map/fit.ts';
import { type MapInput, mapIssue } from '../../relay/map/map.ts';
import { numberText, plainText, textOf } from '../../relay/map/text.ts';
import { cutTo } from '../../relay/map/title.ts';
import type { CustomField, CustomFieldType } from '../../relay/model/issue.ts';
import type { FieldDescribe } from '../../relay/model/salesforce.ts';
import { definition, recordId } from '../support/rows.ts';

const field = (name: string, type: string, extra: Partial<FieldDescribe> = {}): FieldDescribe => ({
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
  htmlFormatted: false,
  ...extra,
});
const target = (type: CustomFieldType, options: string[] | null = null): CustomField => ({
  id: 'f',
  label: 'Field',
  type,
  required: false,
  options,
});

describe('text forms', () => {
  const berlin = { timeZone: 'Europe/Berlin', currency: null };
  test.each<[string, unknown, string, string]>([
    ['text', 'Leak', 'string', 'Leak'],
    ['a picklist', 'High', 'picklist', 'High'],
    ['several choices', 'Burn;Cut', 'multipicklist', 'Burn; Cut'],
    ['a checkbox', true, 'boolean', 'true'],
    ['a whole number', 12, 'double', '12'],
    ['a large number', 1e21, 'double', '1000000000000000000000'],
    ['a small number', 1.5e-7, 'double', '0.00000015'],
    ['money', 1500.5, 'currency', '1500.5'],
    ['percent', 25, 'percent', '25%'],
    ['a date', '2026-03-01', 'date', '2026-03-01'],
    ['a date-time in winter', '2026-01-01T23:30:00.000+0000', 'datetime', '2026-01-02T00:30:00+01:00'],
    ['a date-time in summer', '2026-07-01T10:00:00.000Z', 'datetime', '2026-07-01T12:00:00+02:00'],
    ['a time', '13:30:00.000Z', 'time', '13:30:00'],
    ['a reference', '0015x000001AbCdAAK', 'reference', '0015x000001AbCdAAK'],
    [
      'an address',
      { street: 'Hafenstr. 1\nBox 2', city: 'Kiel', postalCode: '24103', state: null, country: 'Germany' },
      'address',
      'Hafenstr. 1, Box 2, 24103 Kiel, Germany',
    ],
    ['a place', { latitude: 54.32, longitude: 10.13 }, 'location', '54.32, 10.13'],
    ['nothing', null, 'string', ''],
  ])('%s', (_name, value, type, expected) => {
    expect(textOf(value, field('X', type), berlin)).toBe(expected);
  });

  test('money names its currency where the org has several', () => {
    expect(textOf(99, field('X', 'currency'), { timeZone: 'UTC', currency: 'EUR' })).toBe('EUR 99');
  });

  test('rich text becomes plain, and plain text stays as it is', () => {
    expect(plainText('<p>Pump <b>stops</b> &amp; leaks</p><p>Twice</p>')).toBe('Pump stops & leaks\nTwice');
    expect(plainText('5 < 6 & 7 > 2')).toBe('5 < 6 & 7 > 2');
  });

  test('numbers are written out', () => {
    expect([numberText(1.25e22), numberText(-3e-9), numberText(0.1), numberText(-12)]).toEqual([
      '12500000000000000000000',
      '-0.000000003',
      '0.1',
      '-12',
    ]);
  });
});

describe('into a ZenQMS field', () => {
  const go = (value: unknown, source: FieldDescribe, to: CustomField, users: ReadonlyMap<string, string> | null = null) => {
    const context = { timeZone: 'Europe/Berlin', currency: null };
    return fit(value, source, to, { ...context, text: textOf(value, source, context), users });
  };
  test.each<[string, unknown, string, CustomField, string]>([
    ['integer', 3, 'double', target('integer'), '3'],
    ['integer of text', '12', 'string', target('integer'), '12'],
    ['decimal of percent', 12.5, 'percent', target('decimal'), '12.5'],
    ['date of a date-time', '2026-01-01T23:30:00.000+0000', 'datetime', target('date'), '2026-01-02'],
    ['website without a scheme', 'example.com/a', 'url', target('website'), 'https://example.com/a'],
    ['yes or no', false, 'boolean', target('yes_no'), 'No'],
    ['an option as ZenQMS spells it', 'high', 'picklist', target('single_selection', ['High', 'Low']), 'High'],
    ['an option that is not known', 'Huge', 'picklist', target('single_selection', ['High']), 'Huge'],
    ['several options', 'burn;CUT', 'multipicklist', target('multiple_selection', ['Burn', 'Cut']), 'Burn; Cut'],
    ['one line', 'a\nb', 'textarea', target('single_line_text'), 'a b'],
    ['markup in formatted text', 'a <b> & c', 'textarea', target('formatted_text'), 'a &lt;b&gt; &amp; c'],
  ])('%s', (_name, value, type, to, expected) => {
    expect(go(value, field('X', type), to)).toEqual({ kind: 'text', value: expected });
  });

  test.each<[string, unknown, string, CustomFieldType]>([
    ['letters', 'abc', 'string', 'integer'],
    ['a fraction', 1.5, 'double', 'integer'],
    ['words', 'soon', 'string', 'date'],
    ['a sentence', 'see the manual', 'string', 'website'],
    ['perhaps', 'perhaps', 'picklist', 'yes_no'],
  ])('%s can’t be converted', (_name, value, type, to) => {
    expect(go(value, field('X', type), target(to))).toMatchObject({ kind: 'error' });
  });

  test('an e-mail address becomes the user’s id', () => {
    expect(go('Ada@Example.com', field('X', 'email'), target('user_single'), new Map([['ada@example.com', 'usr_1']]))).toEqual({
      kind: 'text',
      value: 'usr_1',
    });
  });

  test('rich text stays rich in formatted text, and is plain elsewhere', () => {
    const rich = field('X', 'textarea', { htmlFormatted: true });
    expect(go('<p>a</p>', rich, target('formatted_text'))).toEqual({ kind: 'text', value: '<p>a</p>' });
    expect(go('<p>a</p>', rich, target('paragraph_text'))).toEqual({ kind: 'text', value: 'a' });
  });
});

describe('due dates', () => {
  const at = (now: string, timeZone: string) => ({ now: new Date(now), timeZone });
  test.each([
    ['2026-03-01', 30, '2026-03-31'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-10-25', 1, '2026-10-26'],
    ['2026-01-01', -1, '2025-12-31'],
  ])('%s and %i days', (day, days, expected) => expect(addDays(day, days)).toBe(expected));

  test('a day that does not exist is none', () => expect(addDays('2026-02-30', 0)).toBeNull());

  test('today is the day in the time zone', () => {
    expect(dayIn(new Date('2026-03-01T23:30:00Z'), 'Europe/Berlin')).toBe('2026-03-02');
    expect(dueDateOf({ from: 'today', daysToAdd: 30 }, {}, at('2026-03-01T23:30:00Z', 'America/Los_Angeles'))).toMatchObject({
      date: '2026-03-31',
    });
  });

  test('an empty field counts from today and says so; nonsense is an error', () => {
    const rule = { from: 'field', field: 'SlaDate__c', daysToAdd: 5 } as const;
    expect(dueDateOf(rule, { SlaDate__c: '2026-05-01' }, at('2026-03-01T10:00:00Z', 'UTC'))).toEqual({
      kind: 'date',
      date: '2026-05-06',
      notes: [],
    });
    expect(dueDateOf(rule, { SlaDate__c: null }, at('2026-03-01T10:00:00Z', 'UTC'))).toMatchObject({
      date: '2026-03-06',
      notes: [expect.stringContaining('SlaDate__c')],
    });
    expect(dueDateOf(rule, { SlaDate__c: 'soon' }, at('2026-03-01T10:00:00Z', 'UTC'))).toMatchObject({ kind: 'error' });
  });
});

describe('the Issue', () => {
  const input = (changes: Partial<MapInput> = {}): MapInput => ({
    record: { Id: recordId(1), Subject: 'Pump stops', Priority: 'High', 'Account.Name': 'City Hospital' },
    recordId: recordId(1),
    definition: definition({ fieldMappings: [{ salesforceField: 'Account.Name', zenqmsFieldId: 'f' }] }),
    describe: { name: 'Case', label: 'Case', custom: false, fields: [] },
    now: new Date('2026-03-01T10:00:00Z'),
    fields: [target('single_line_text')],
    fieldOf: () => undefined,
    users: null,
    multiCurrency: false,
    ...changes,
  });

  test('has all that was configured', () => {
    expect(mapIssue(input())).toEqual({
      kind: 'issue',
      notes: [],
      issue: {
        categoryId: 'cat-1',
        title: 'Pump stops',
        dueDate: '2026-03-31',
        assigneeId: 'user-1',
        firstStageAssigneeId: 'user-1',
        externalId: recordId(1),
        customFields: [{ fieldId: 'f', value: 'City Hospital' }],
      },
    });
  });

  test('an empty value is left out, not sent as nothing', () => {
    expect(mapIssue(input({ record: { Id: recordId(1), Subject: 'x', 'Account.Name': null } }))).toMatchObject({
      issue: { customFields: [] },
    });
  });

  test('the title falls back from the field to Name, to Subject, to the record itself', () => {
    const titled = (record: Record<string, unknown>) =>
      mapIssue(input({ record, definition: definition({ title: { field: 'Type' } }) }));
    expect(titled({ Type: 'Complaint', Name: 'n' })).toMatchObject({ issue: { title: 'Complaint' }, notes: [] });
    expect(titled({ Type: null, Name: 'N', Subject: 'S' })).toMatchObject({
      issue: { title: 'N' },
      notes: [expect.stringContaining('Type was empty')],
    });
    expect(titled({ Type: ' ', Name: null, Subject: 'S' })).toMatchObject({ issue: { title: 'S' } });
    expect(titled({})).toMatchObject({ issue: { title: `Case ${recordId(1)}` } });
  });

  test('a long title is cut between characters', () => {
    expect(cutTo('é'.repeat(300), 255)).toHaveLength(255);
    expect(cutTo(`${'a'.repeat(254)}👩‍🔬`, 255)).toBe('a'.repeat(254));
    expect(mapIssue(input({ record: { Subject: 'x'.repeat(400) } }))).toMatchObject({
      issue: { title: 'x'.repeat(255) },
      notes: [expect.stringContaining('255')],
    });
  });

  test('every problem at once, each with its place', () => {
    const mapped = mapIssue(
      input({
        record: { Subject: 'x', Score__c: 'abc', SlaDate__c: 'soon' },
        definition: definition({
          dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 0 },
          fieldMappings: [{ salesforceField: 'Score__c', zenqmsFieldId: 'f' }],
        }),
        fields: [target('integer')],
      }),
    );
    expect(mapped).toMatchObject({
      kind: 'error',
      problems: [{ path: 'dueDate' }, { path: 'fieldMappings[0]', code: 'not_a_number' }],
    });
  });
});
