import { describe, expect, test } from 'vitest';
import { checkDrift } from '../../relay/checks/drift.ts';
import { type StandingProblem, problemsAtSave, validateIntegration } from '../../relay/integrations/validate/index.ts';
import { ZenqmsError } from '../../relay/model/catalog.ts';
import type { IntegrationDefinition } from '../../relay/model/integration.ts';
import { type FieldDescribe, type ObjectDescribe, SalesforceError } from '../../relay/model/salesforce.ts';
import { type World, draft, sides, world } from '../integrations/validate/fakes.ts';

const SUBJECT = { object: 'Case', label: 'Case', username: null };

const INTEGRATION = draft({
  filterFormula: "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'), Account.Industry = 'Medical')",
  dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 0 },
  fieldMappings: [
    { salesforceField: 'Description', zenqmsFieldId: 'f-text' },
    { salesforceField: 'Plant__r.Code__c', zenqmsFieldId: 'f-priority' },
  ],
});

const change = (
  name: string,
  fields: (fields: readonly FieldDescribe[]) => readonly FieldDescribe[],
): Pick<World, 'describes'> => ({
  describes: world().describes.map((one): ObjectDescribe => (one.name === name ? { ...one, fields: fields(one.fields) } : one)),
});
const without = (object: string, field: string) => change(object, (fields) => fields.filter((one) => one.name !== field));
const withValues = (field: string, ...picklistValues: string[]) =>
  change('Case', (fields) => fields.map((one) => (one.name === field ? { ...one, picklistValues } : one)));

async function saved(definition: IntegrationDefinition, of: Partial<World> = {}): Promise<StandingProblem[]> {
  const { problems } = await validateIntegration(definition, sides(world(of)));
  return problemsAtSave(problems, SUBJECT);
}

test('what is as it was has no problem', async () => {
  expect(await checkDrift(INTEGRATION, sides(world()), [])).toEqual({ problems: [], unasked: [] });
});

describe('what broke blocks, and says what to do', () => {
  const rows: [what: string, Partial<World>, code: string, path: string, remedy: RegExp][] = [
    ['a field of the formula', without('Case', 'Priority'), 'formula_unknown_field', 'filterFormula', /Read Access/],
    ['a related field of the formula', without('Account', 'Industry'), 'formula_unknown_field', 'filterFormula', /Read Access/],
    [
      'a picklist value of the formula',
      withValues('Priority', 'Urgent', 'Medium', 'Low'),
      'formula_type',
      'filterFormula',
      /Fields & Relationships/,
    ],
    [
      'the type of a field of the formula',
      change('Case', (fields) => fields.map((one) => (one.name === 'Priority' ? { ...one, type: 'double' } : one))),
      'formula_type',
      'filterFormula',
      /filter formula/,
    ],
    [
      'the object',
      { describes: world().describes.filter((one) => one.name !== 'Case') },
      'unknown_object',
      'object',
      /Object Settings/,
    ],
    ['the title', without('Case', 'Subject'), 'unknown_salesforce_field', 'title.field', /Read Access/],
    ['the due date', without('Case', 'SlaDate__c'), 'unknown_salesforce_field', 'dueDate.field', /Read Access/],
    [
      'a mapped field',
      without('Case', 'Description'),
      'unknown_salesforce_field',
      'fieldMappings[0].salesforceField',
      /Read Access/,
    ],
    [
      'a mapped related field',
      without('Plant__c', 'Code__c'),
      'unknown_salesforce_field',
      'fieldMappings[1].salesforceField',
      /Read Access/,
    ],
    ['the category', { categories: [] }, 'unknown_category', 'categoryId', /In ZenQMS/],
    [
      'the category made inactive',
      { categories: [{ ...world().categories[0]!, state: 'inactive' }] },
      'unknown_category',
      'categoryId',
      /active again/,
    ],
    [
      'a custom field',
      { fields: world().fields.filter((one) => one.id !== 'f-priority') },
      'unknown_zenqms_field',
      'fieldMappings[1].zenqmsFieldId',
      /first stage/,
    ],
    [
      'a new required custom field',
      { fields: [...world().fields, { id: 'f-new', label: 'Lot', type: 'single_line_text', required: true, options: null }] },
      'required_zenqms_field_unmapped',
      'fieldMappings',
      /Map a Salesforce field/,
    ],
    ['the assignee', { users: [] }, 'unknown_assignee', 'assigneeId', /another assignee/],
    [
      'the assignee made inactive',
      { users: [{ ...world().users[0]!, active: false }] },
      'unknown_assignee',
      'assigneeId',
      /active again/,
    ],
  ];
  test.each(rows)('%s', async (_what, of, code, path, remedy) => {
    const { problems } = await checkDrift(INTEGRATION, sides(world(of)), []);
    expect(problems).toContainEqual(
      expect.objectContaining({ code, path, blocking: true, remedy: expect.stringMatching(remedy) as string }),
    );
    // It stays so at the next check, and is gone once mended.
    expect((await checkDrift(INTEGRATION, sides(world(of)), problems)).problems).toEqual(problems);
    expect((await checkDrift(INTEGRATION, sides(world()), problems)).problems).toEqual([]);
  });
});

describe('what keeps events from coming, or waits by itself, is said and does not block', () => {
  const access = (more: Partial<World['access']>): Partial<World> => ({ access: { ...world().access, ...more } });
  const rows: [what: string, Partial<World>, code: string, remedy: RegExp][] = [
    ['scopes', access({ scopes: ['refresh_token'] }), 'scopes', /External Client App/],
    ['View All', access({ viewAll: false }), 'view_all', /View All Records/],
    [
      'the channel member',
      { channel: { ...world().channel, members: [], selectedEntities: [] }, ...access({ customizeApplication: false }) },
      'channel_member',
      /ZenQMS__chn/,
    ],
    ['change events', { withoutChangeEvents: ['Case'] }, 'object_without_change_events', /change events/],
    ['the authorisation', { status: 'reauthorization_required' }, 'salesforce_not_connected', /Authorise again/],
    [
      'the API token',
      { failing: { 'zenqms.categories': new ZenqmsError('unauthorized', 'x', 'no') } },
      'zenqms_unauthorized',
      /API Settings/,
    ],
    [
      'the scope of the API token',
      { failing: { 'zenqms.fields': new ZenqmsError('forbidden', 'x', 'no') } },
      'zenqms_scope_missing',
      /API Settings/,
    ],
  ];
  test.each(rows)('%s', async (_what, of, code, remedy) => {
    const { problems } = await checkDrift(INTEGRATION, sides(world(of)), []);
    expect(problems).toEqual([
      expect.objectContaining({ code, blocking: false, remedy: expect.stringMatching(remedy) as string }),
    ]);
  });
});

describe('a side that does not answer', () => {
  const broken = { ...withValues('Priority', 'Low'), users: [] };
  const rows: [what: string, Partial<World>, unasked: string[], kept: string[]][] = [
    [
      'Salesforce: its problems stand',
      { failing: { 'salesforce.describe': new SalesforceError('retry', 'timeout', 'no') } },
      ['salesforce'],
      ['formula_type'],
    ],
    [
      'ZenQMS: its problems stand',
      { failing: { 'zenqms.user': new ZenqmsError('retry', 'timeout', 'no') } },
      ['zenqms'],
      ['unknown_assignee'],
    ],
    ['neither is down: all mended', {}, [], []],
  ];
  test.each(rows)('%s', async (_what, of, unasked, kept) => {
    const before = (await checkDrift(INTEGRATION, sides(world(broken)), [])).problems;
    expect(before.map((one) => one.code).sort()).toEqual(['formula_type', 'unknown_assignee']);
    const drift = await checkDrift(INTEGRATION, sides(world(of)), before);
    expect(drift.unasked).toEqual(unasked);
    expect(drift.problems.map((one) => one.code)).toEqual(kept);
    expect(drift.problems.every((one) => one.blocking)).toBe(true);
  });
});

describe('what the admin saved in spite of a warning', () => {
  const doubtful = draft({ filterFormula: "ISPICKVAL(Status, 'Clsoed') || ISPICKVAL(Priority, 'High')" });

  test('does not block later', async () => {
    const before = await saved(doubtful);
    expect(before).toEqual([expect.objectContaining({ code: 'formula_type', blocking: false })]);
    expect((await checkDrift(doubtful, sides(world()), before)).problems).toEqual(before);
    expect((await checkDrift(doubtful, sides(world()), null)).problems).toEqual(before);
  });

  test('but what is new beside it does', async () => {
    const { problems } = await checkDrift(doubtful, sides(world(withValues('Priority', 'Low'))), await saved(doubtful));
    expect(problems.map((one) => one.blocking)).toEqual([false, true]);
  });

  test('nor do options that never matched', async () => {
    const other = draft({ fieldMappings: [...draft().fieldMappings, { salesforceField: 'Priority', zenqmsFieldId: 'f-risk' }] });
    const { problems } = await checkDrift(other, sides(world()), []);
    expect(problems).toEqual([expect.objectContaining({ code: 'selection_never_matches', blocking: false })]);
  });
});

test('Salesforce and ZenQMS are asked anew, not what was remembered of them', async () => {
  const asked: unknown[] = [];
  const { salesforce, zenqms, ...rest } = sides(world());
  await checkDrift(
    INTEGRATION,
    {
      ...rest,
      salesforce: {
        ...salesforce,
        describe: (id, name, options) => (asked.push(options), salesforce.describe(id, name, options)),
      },
      zenqms: { ...zenqms, fields: (id, category, options) => (asked.push(options), zenqms.fields(id, category, options)) },
    },
    [],
  );
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.every((options) => (options as { refresh?: boolean } | undefined)?.refresh)).toBe(true);
});
