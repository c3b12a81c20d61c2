import { describe, expect, test } from 'vitest';
import { validateIntegration } from '../../../relay/integrations/validate/index.ts';
import { ZenqmsError } from '../../../relay/model/catalog.ts';
import type { IntegrationDefinition } from '../../../relay/model/integration.ts';
import { SalesforceError } from '../../../relay/model/salesforce.ts';
import { type World, draft, sides, world } from './fakes.ts';

const validate = (more: Partial<IntegrationDefinition> = {}, of: Partial<World> = {}) =>
  validateIntegration(draft(more), sides(world(of)));

const text = { salesforceField: 'Description', zenqmsFieldId: 'f-text' };
const map = (salesforceField: string, zenqmsFieldId: string) => ({ fieldMappings: [text, { salesforceField, zenqmsFieldId }] });

test('a good one has no problems, errors or warnings', async () => {
  const result = await validate(
    {
      filterFormula: "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'), Account.Industry = 'Medical')",
      title: { field: 'Account.Name' },
      dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 3 },
      fieldMappings: [
        text,
        { salesforceField: 'Priority', zenqmsFieldId: 'f-priority' },
        { salesforceField: 'Units__c', zenqmsFieldId: 'f-number' },
        { salesforceField: 'Amount__c', zenqmsFieldId: 'f-amount' },
        { salesforceField: 'OccurredAt__c', zenqmsFieldId: 'f-date' },
        { salesforceField: 'IsClosed', zenqmsFieldId: 'f-yes' },
      ],
    },
    { describes: withoutCurrencies() },
  );
  expect(result.problems).toEqual([]);
  expect(result.valid).toBe(true);
  expect(result.program?.fields).toEqual(expect.arrayContaining(['Account.Industry', 'Priority']));
});

const withoutCurrencies = () =>
  world().describes.map((one) => ({ ...one, fields: one.fields.filter((field) => field.name !== 'CurrencyIsoCode') }));

describe('errors', () => {
  const rows: [what: string, Partial<IntegrationDefinition>, path: string, code: string, message: RegExp][] = [
    [
      'unknown Salesforce connection',
      { salesforceConnectionId: 'x' },
      'salesforceConnectionId',
      'unknown_salesforce_connection',
      /no such/,
    ],
    ['unknown ZenQMS connection', { zenqmsConnectionId: 'x' }, 'zenqmsConnectionId', 'unknown_zenqms_connection', /no such/],
    ['unknown object', { object: 'Csae' }, 'object', 'unknown_object', /Did you mean Case\?/],
    [
      'no change events',
      { object: 'Solution', title: null, fieldMappings: [{ salesforceField: 'Id', zenqmsFieldId: 'f-text' }] },
      'object',
      'object_without_change_events',
      /change events/,
    ],
    ['syntax', { filterFormula: 'AND(ISNEW(), ' }, 'filterFormula', 'formula_syntax', /./],
    ['type', { filterFormula: 'Amount__c + 1' }, 'filterFormula', 'formula_type', /./],
    [
      'unknown field in the formula',
      { filterFormula: "TEXT(Staus) = 'x'" },
      'filterFormula',
      'formula_unknown_field',
      /Did you mean Status\?/,
    ],
    ['unknown function', { filterFormula: 'ISCHANGD(Status)' }, 'filterFormula', 'formula_syntax', /ISCHANGED/],
    ['a function that cannot be had', { filterFormula: "GETSESSIONID() = 'x'" }, 'filterFormula', 'formula_type', /GETSESSIONID/],
    ['wrong number of arguments', { filterFormula: 'ISCHANGED()' }, 'filterFormula', 'formula_type', /./],
    ['unknown category', { categoryId: 'x' }, 'categoryId', 'unknown_category', /no such/],
    ['inactive category', { categoryId: 'cat-2' }, 'categoryId', 'unknown_category', /inactive/],
    ['unknown assignee', { assigneeId: 'x' }, 'assigneeId', 'unknown_assignee', /no such user/],
    ['inactive assignee', { assigneeId: 'u-2' }, 'assigneeId', 'unknown_assignee', /not active/],
    ['unknown title field', { title: { field: 'Subjct' } }, 'title.field', 'unknown_salesforce_field', /Did you mean Subject\?/],
    ['title without text', { title: { field: 'Document__c' } }, 'title.field', 'title_not_text', /base64/],
    [
      'due date of text',
      { dueDate: { from: 'field', field: 'Subject', daysToAdd: 0 } },
      'dueDate.field',
      'due_date_not_a_date',
      /date or date-time/,
    ],
    [
      'unknown due date',
      { dueDate: { from: 'field', field: 'Sla__c', daysToAdd: 0 } },
      'dueDate.field',
      'unknown_salesforce_field',
      /./,
    ],
    ['time zone', { timeZone: 'Europe/Berln' }, 'timeZone', 'unknown_time_zone', /Europe\/Berln/],
    ['an offset for a time zone', { timeZone: '+01:00' }, 'timeZone', 'unknown_time_zone', /./],
    ['required field unmapped', { fieldMappings: [] }, 'fieldMappings', 'required_zenqms_field_unmapped', /What happened/],
    ['unknown ZenQMS field', map('Subject', 'x'), 'fieldMappings[1].zenqmsFieldId', 'unknown_zenqms_field', /first stage/],
    [
      'unknown Salesforce field',
      map('Sujbect', 'f-risk'),
      'fieldMappings[1].salesforceField',
      'unknown_salesforce_field',
      /Did you mean Subject\?/,
    ],
    [
      'unknown field of a related object',
      map('Account.Nmae', 'f-risk'),
      'fieldMappings[1].salesforceField',
      'unknown_salesforce_field',
      /Did you mean Account\.Name\?/,
    ],
    [
      'a relationship for a field',
      map('Account', 'f-risk'),
      'fieldMappings[1].salesforceField',
      'unknown_salesforce_field',
      /Account\.Name/,
    ],
    ['a field that has no text', map('Document__c', 'f-risk'), 'fieldMappings[1].salesforceField', 'mapping_not_text', /base64/],
    ['ZenQMS field twice', map('Subject', 'f-text'), 'fieldMappings[1].zenqmsFieldId', 'duplicate_zenqms_field', /row 1/],
    [
      'Salesforce field twice, whatever its case',
      map('description', 'f-risk'),
      'fieldMappings[1].salesforceField',
      'duplicate_salesforce_field',
      /row 1/,
    ],
  ];
  test.each(rows)('%s', async (_what, more, path, code, message) => {
    const result = await validate(more);
    expect(result.valid).toBe(false);
    const errors = result.problems.filter((found) => found.severity === 'error');
    expect(errors).toContainEqual(expect.objectContaining({ path, code, message: expect.stringMatching(message) as string }));
    // Nothing else is blamed for it.
    expect(errors.map((found) => found.code)).toEqual([code]);
  });
});

test('every problem at once', async () => {
  const result = await validate({
    filterFormula: "TEXT(Staus) = 'x' && Missing__c = 1",
    categoryId: 'cat-2',
    assigneeId: 'u-2',
    title: { field: 'Nope' },
    dueDate: { from: 'field', field: 'Subject', daysToAdd: 0 },
    timeZone: 'Nowhere',
    fieldMappings: [
      { salesforceField: 'Nix', zenqmsFieldId: 'f-risk' },
      { salesforceField: 'Subject', zenqmsFieldId: 'f-risk' },
    ],
  });
  expect(new Set(result.problems.map((found) => found.code))).toEqual(
    new Set([
      'formula_unknown_field',
      'unknown_category',
      'unknown_assignee',
      'unknown_salesforce_field',
      'due_date_not_a_date',
      'unknown_time_zone',
      'duplicate_zenqms_field',
      'required_zenqms_field_unmapped',
    ]),
  );
});

test('a problem in the formula has its place in the text', async () => {
  const result = await validate({ filterFormula: "AND(\n  ISNEW(),\n  TEXT(Staus) = 'x')" });
  expect(result.problems[0]).toMatchObject({ position: { offset: 23, length: 5, line: 3, column: 8 }, suggestion: 'Status' });
});

describe('a side that cannot be asked', () => {
  const rows: [what: string, Partial<World>, code: string][] = [
    ['never authorised', { status: 'awaiting_authorization' }, 'salesforce_not_connected'],
    ['authorisation lost', { status: 'reauthorization_required' }, 'salesforce_not_connected'],
    [
      'refresh refused',
      { failing: { 'salesforce.describe': new SalesforceError('reauthorize', 'invalid_grant', 'expired') } },
      'salesforce_not_connected',
    ],
    [
      'Salesforce down',
      { failing: { 'salesforce.objects': new SalesforceError('retry', 'timeout', 'no answer') } },
      'salesforce_unavailable',
    ],
    [
      'no calls left',
      { failing: { 'salesforce.describe': new SalesforceError('limit', 'REQUEST_LIMIT_EXCEEDED', 'none left') } },
      'salesforce_unavailable',
    ],
    [
      'token refused',
      { failing: { 'zenqms.categories': new ZenqmsError('unauthorized', 'unauthorized', 'no') } },
      'zenqms_unauthorized',
    ],
    [
      'scope missing',
      { failing: { 'zenqms.user': new ZenqmsError('forbidden', 'forbidden', 'users:read') } },
      'zenqms_scope_missing',
    ],
    ['ZenQMS down', { failing: { 'zenqms.fields': new ZenqmsError('retry', 'timeout', 'no answer') } }, 'zenqms_unavailable'],
  ];
  test.each(rows)('%s: not valid, and the other side is asked all the same', async (_what, of, code) => {
    const result = await validate(
      { assigneeId: code.startsWith('salesforce') ? 'u-2' : 'u-1', object: code.startsWith('zenqms') ? 'Csae' : 'Case' },
      of,
    );
    expect(result.valid).toBe(false);
    expect(result.problems.map((found) => found.code)).toEqual(
      expect.arrayContaining([code, code.startsWith('salesforce') ? 'unknown_assignee' : 'unknown_object']),
    );
  });

  test('one server that refuses twice is one problem', async () => {
    const error = new ZenqmsError('unauthorized', 'unauthorized', 'no');
    const result = await validate({}, { failing: { 'zenqms.categories': error, 'zenqms.user': error } });
    expect(result.problems.map((found) => found.code)).toEqual(['zenqms_unauthorized']);
  });

  test('with no object to check against, a broken formula is named all the same', async () => {
    const result = await validate({ filterFormula: 'AND(Status' }, { status: 'awaiting_authorization' });
    expect(result.problems.map((found) => found.code)).toEqual(['salesforce_not_connected', 'formula_syntax']);
  });

  test('a fault of our own is not passed off as theirs', async () => {
    await expect(validate({}, { failing: { 'salesforce.describe': new TypeError('bug') } })).rejects.toThrow('bug');
  });
});

test('names are stored as Salesforce spells them', async () => {
  const { definition } = await validate({
    object: 'case',
    title: { field: 'subject' },
    dueDate: { from: 'field', field: 'sladate__c', daysToAdd: 1 },
    fieldMappings: [{ salesforceField: 'account.name', zenqmsFieldId: 'f-text' }],
  });
  expect(definition).toEqual(
    draft({
      dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 1 },
      fieldMappings: [{ salesforceField: 'Account.Name', zenqmsFieldId: 'f-text' }],
    }),
  );
});

test('each related object is described once', async () => {
  const of = world();
  await validateIntegration(
    draft({
      filterFormula: "Account.Name = 'a' && Account.Parent.Owner.Username = 'b' && Plant__r.Code__c = 'P1'",
      fieldMappings: [{ salesforceField: 'Account.BillingCity', zenqmsFieldId: 'f-text' }],
    }),
    sides(of),
  );
  expect(of.calls.filter((call) => call.startsWith('salesforce.describe')).sort()).toEqual(
    ['Account', 'Case', 'Plant__c', 'User'].map((name) => `salesforce.describe ${name}`),
  );
});
