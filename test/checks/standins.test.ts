/** Checks over sockets: the real catalogues, asked of a Salesforce and a ZenQMS that behave as theirs do. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkDrift } from '../../relay/checks/drift.ts';
import { type Preflight, preflight } from '../../relay/checks/preflight.ts';
import { preview } from '../../relay/checks/preview.ts';
import { type ZenqmsClient, zenqmsClient } from '../../relay/deliver/zenqms.ts';
import { type Sides, validateIntegration } from '../../relay/integrations/validate/index.ts';
import { mapIssue } from '../../relay/map/map.ts';
import type { IntegrationDefinition } from '../../relay/model/integration.ts';
import type { Accounts } from '../../relay/run/accounts.ts';
import { mappingFactsOf } from '../../relay/run/mapping-facts.ts';
import { zenqmsCatalog } from '../../relay/run/zenqms-catalog.ts';
import { salesforceCatalog } from '../../relay/salesforce/catalog.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { SF, ZQ, draft } from '../integrations/validate/fakes.ts';
import { credentialsOf, sessionOf } from '../salesforce/support.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { type Zenqms, startZenqms } from '../standins/zenqms/server.ts';

let org: Salesforce;
let account: Zenqms;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  org = await startSalesforce();
  account = await startZenqms();
  closing.push(org.close, account.close);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** As a fresh relay sees both: nothing of an earlier question is remembered. */
function connect(options: { token?: string; scope?: string } = {}): Sides {
  const { token = TOKENS.full, scope } = options;
  // What was granted is told with a token: this one has to be asked for first.
  const { refreshToken } = org.org.sessions.issue(scope ?? '', true);
  const issued = scope === undefined ? {} : { accessToken: null, refreshToken: refreshToken ?? '' };
  const { session } = sessionOf(org, { credentials: credentialsOf(org, issued) });
  const client: ZenqmsClient = zenqmsClient({ baseUrl: account.url, token, timeoutMs: 5_000, connections: 4 });
  closing.push(session.close, client.close);
  const accounts = { get: async () => ({ client }) } as unknown as Accounts;
  return {
    salesforce: salesforceCatalog({ session: async (): Promise<Session> => session }),
    zenqms: zenqmsCatalog(accounts, () => new Date()),
    salesforceConnection: async () => ({ status: 'connected', problem: null }),
    zenqmsConnection: async () => ({ status: 'connected', problem: null }),
  };
}

const COMPLAINT = { categoryId: 'cat_complaint', assigneeId: 'usr_0001' };
const DRAFT: IntegrationDefinition = draft({
  ...COMPLAINT,
  dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 5 },
  fieldMappings: [
    { salesforceField: 'Description', zenqmsFieldId: 'fld_complaint_description' },
    { salesforceField: 'Priority', zenqmsFieldId: 'fld_complaint_priority' },
    { salesforceField: 'Account.Name', zenqmsFieldId: 'fld_complaint_customer' },
    { salesforceField: 'Units__c', zenqmsFieldId: 'fld_complaint_quantity' },
    { salesforceField: 'Amount__c', zenqmsFieldId: 'fld_complaint_value' },
    { salesforceField: 'DetectedAt__c', zenqmsFieldId: 'fld_complaint_event_date' },
    { salesforceField: 'Reportable__c', zenqmsFieldId: 'fld_complaint_reportable' },
    { salesforceField: 'Link__c', zenqmsFieldId: 'fld_complaint_link' },
  ],
});

const FIELDS = ['Subject', 'Account.Name', 'Owner.Name', 'SlaDate__c'];

const check = (sides: Sides, more: { object?: string; categoryId?: string; assigneeId?: string } = {}): Promise<Preflight> =>
  preflight({
    salesforce: sides.salesforce,
    salesforceConnectionId: SF,
    object: more.object ?? 'Case',
    fields: more.object ? [] : FIELDS,
    zenqms: { catalog: sides.zenqms, connectionId: ZQ, ...COMPLAINT, ...more },
  });

const unwell = ({ checks }: Preflight): string[] =>
  checks.filter((one) => one.status !== 'pass').map((one) => `${one.name} ${one.status}`);

test('an org and an account in order pass every check', async () => {
  const result = await check(connect());
  expect(unwell(result)).toEqual([]);
  expect(result.checks.length).toBe(17);
});

describe('preflight finds', () => {
  const rows: [
    what: string,
    break_: () => void,
    options: Parameters<typeof connect>[0],
    more: Parameters<typeof check>[1],
    found: string[],
  ][] = [
    ['a scope that is missing', () => undefined, { scope: 'api' }, {}, ['scopes fail']],
    ['an object that is hidden', () => org.org.access.unreadableObjects.add('case'), {}, {}, ['object_readable fail']],
    ['a field that is hidden', () => org.org.access.hiddenFields.add('Case.Subject'), {}, {}, ['field_readable:Subject fail']],
    [
      'a related field that is hidden',
      () => org.org.access.hiddenFields.add('Account.Name'),
      {},
      {},
      ['field_readable:Account.Name fail'],
    ],
    ['an object without change events', () => undefined, {}, { object: 'KnowledgeNote__c' }, ['change_events fail']],
    [
      'View All that is missing',
      () => {
        org.org.access.viewAllData = false;
        org.org.access.withoutViewAll.add('Case');
      },
      {},
      {},
      ['view_all fail'],
    ],
    ['a member that cannot be made', () => (org.org.access.customizeApplication = false), {}, {}, ['channel_member fail']],
    ['API calls that run out', () => (org.org.limits.apiUsedElsewhere = 90_000), {}, {}, ['api_allowance warn']],
    ['events that ran out', () => (org.org.counters.eventsDelivered = 1_000_000), {}, {}, ['event_allowance fail']],
    ['a token without users', () => undefined, { token: TOKENS.withoutUsers }, {}, ['zenqms_user_scope fail']],
    [
      'a token that may not write',
      () => undefined,
      { token: TOKENS.readOnly },
      {},
      ['zenqms_category_scope fail', 'zenqms_category fail'],
    ],
    [
      'a category of others',
      () => undefined,
      { token: TOKENS.complaintsOnly },
      { categoryId: 'cat_capa' },
      ['zenqms_category fail'],
    ],
    [
      'an inactive token',
      () => undefined,
      { token: TOKENS.inactive },
      {},
      ['zenqms_category_scope fail', 'zenqms_user_scope fail'],
    ],
    ['an inactive category', () => undefined, {}, { categoryId: 'cat_legacy' }, ['zenqms_category fail']],
    ['an assignee who left', () => undefined, {}, { assigneeId: 'usr_0017' }, ['zenqms_assignee fail']],
    ['an assignee who never was', () => undefined, {}, { assigneeId: 'usr_9999' }, ['zenqms_assignee fail']],
  ];
  test.each(rows)('%s', async (_what, break_, options, more, found) => {
    break_();
    const result = await check(connect(options), more);
    expect(unwell(result)).toEqual(found);
    expect(result.checks.filter((one) => one.status !== 'pass').every((one) => one.remedy)).toBe(true);
  });

  test('an authorisation that was revoked', async () => {
    const sides = connect();
    org.org.sessions.expireAccessTokens();
    org.org.sessions.revokeRefreshTokens();
    expect(unwell(await check(sides))).toEqual(['connection fail']);
  });

  test('an org that does not answer', async () => {
    const sides = connect();
    await org.close();
    expect(unwell(await check(sides))).toEqual(['connection fail']);
  });
});

test('validation agrees with both sides, and names are spelt as Salesforce does', async () => {
  const lower = { ...DRAFT, object: 'case', title: { field: 'subject' } };
  const result = await validateIntegration(lower, connect());
  expect(result.problems).toEqual([]);
  expect(result.definition).toEqual({ ...DRAFT, title: { field: 'Subject' } });
});

describe('drift finds, in what was remembered a moment ago', () => {
  const field = (id: string) => account.store.categories[0]!.fields.findIndex((one) => one.id === id);
  const rows: [what: string, break_: () => void, code: string, path: string, blocking: boolean][] = [
    [
      'a field that is hidden',
      () => org.org.access.hiddenFields.add('Case.Priority'),
      'unknown_salesforce_field',
      'fieldMappings[1].salesforceField',
      true,
    ],
    [
      'a related field',
      () => org.org.access.hiddenFields.add('Account.Name'),
      'unknown_salesforce_field',
      'fieldMappings[2].salesforceField',
      true,
    ],
    ['the due date', () => org.org.access.hiddenFields.add('Case.SlaDate__c'), 'unknown_salesforce_field', 'dueDate.field', true],
    ['the object', () => org.org.access.unreadableObjects.add('case'), 'unknown_object', 'object', true],
    ['the category', () => (account.store.categories[0]!.state = 'inactive'), 'unknown_category', 'categoryId', true],
    [
      'a custom field',
      () => account.store.categories[0]!.fields.splice(field('fld_complaint_customer'), 1),
      'unknown_zenqms_field',
      'fieldMappings[2].zenqmsFieldId',
      true,
    ],
    [
      'a field that became required',
      () => (account.store.categories[0]!.fields[field('fld_complaint_lot')]!.required = true),
      'required_zenqms_field_unmapped',
      'fieldMappings',
      true,
    ],
    ['the assignee', () => (account.store.users[0]!.is_active = false), 'unknown_assignee', 'assigneeId', true],
    [
      'the token',
      () => (account.store.tokens.get(TOKENS.full)!.active = false),
      'zenqms_unauthorized',
      'zenqmsConnectionId',
      false,
    ],
    [
      'View All',
      () => {
        org.org.access.viewAllData = false;
        org.org.access.withoutViewAll.add('Case');
      },
      'view_all',
      'salesforceConnectionId',
      false,
    ],
  ];
  test.each(rows)('%s', async (_what, break_, code, path, blocking) => {
    const sides = connect();
    expect((await checkDrift(DRAFT, sides, [])).problems).toEqual([]);
    break_();
    const { problems } = await checkDrift(DRAFT, sides, []);
    expect(problems.map((one) => [one.code, one.path, one.blocking])).toEqual([[code, path, blocking]]);
    expect(problems[0]?.remedy).not.toBe('');
  });

  test('an authorisation that was revoked, which keeps what was found before', async () => {
    const sides = connect();
    org.org.access.hiddenFields.add('Case.Priority');
    const before = (await checkDrift(DRAFT, sides, [])).problems;
    org.org.sessions.expireAccessTokens();
    org.org.sessions.revokeRefreshTokens();
    const { problems, unasked } = await checkDrift(DRAFT, sides, before);
    expect(unasked).toEqual(['salesforce']);
    expect(problems.map((one) => [one.code, one.blocking])).toEqual([
      ['salesforce_not_connected', false],
      ['unknown_salesforce_field', true],
    ]);
  });
});

describe('preview of a real record', () => {
  const look = (sides: Sides, recordId: string, more: Partial<IntegrationDefinition> = {}) => {
    const facts = mappingFactsOf({ ...sides, allUsers: async () => new Map() });
    return preview(
      { integration: { ...DRAFT, ...more }, recordId, changeType: 'UPDATE', changedFields: ['Status'] },
      {
        sides,
        now: () => new Date('2026-03-02T10:00:00Z'),
        map: async (input) => mapIssue({ ...input, ...(await facts(input.definition, input.describe)) }),
      },
    );
  };
  const insert = (): string => {
    const account_ = org.db.insert('Account', { Name: 'St. Mary Hospital' });
    return org.db.insert('Case', {
      Subject: 'Pump leaks',
      Description: 'It leaks.',
      Priority: 'High',
      Status: 'Working',
      AccountId: account_,
      SlaDate__c: '2026-04-01',
      Units__c: 3,
      Reportable__c: true,
    });
  };

  test('what would be sent, and that nothing was', async () => {
    const recordId = insert();
    const result = await look(connect(), recordId);
    expect(result.decision).toMatchObject({ outcome: 'deliver', reason: 'created' });
    expect(result.issue).toEqual({
      ...COMPLAINT,
      firstStageAssigneeId: 'usr_0001',
      title: 'Pump leaks',
      dueDate: '2026-04-06',
      externalId: recordId,
      customFields: [
        { fieldId: 'fld_complaint_description', value: 'It leaks.' },
        { fieldId: 'fld_complaint_priority', value: 'High' },
        { fieldId: 'fld_complaint_customer', value: 'St. Mary Hospital' },
        { fieldId: 'fld_complaint_quantity', value: '3' },
        { fieldId: 'fld_complaint_reportable', value: 'Yes' },
      ],
    });
    expect(result.duplicateOf).toBeNull();
    expect(account.issues()).toEqual([]);
  });

  test('by its 15 characters, as an admin copies it from a link', async () => {
    const recordId = insert();
    expect((await look(connect(), recordId.slice(0, 15))).issue?.externalId).toBe(recordId);
  });

  test('an Issue that it has already', async () => {
    const recordId = insert();
    const client = zenqmsClient({ baseUrl: account.url, token: TOKENS.full, timeoutMs: 5_000, connections: 1 });
    closing.push(client.close);
    const { issue } = await look(connect(), recordId);
    const made = await client.createIssue(issue!, 'key-1');
    expect(made.kind).toBe('ok');
    const result = await look(connect(), recordId);
    expect(result.duplicateOf?.number).toBe('COMPLAINT-1');
    expect(account.issues().length).toBe(1);
  });

  test('a record that is deleted, hidden, or never was', async () => {
    const [deleted, hidden] = [insert(), insert()];
    org.db.delete('Case', deleted);
    org.org.access.hiddenRecords.add(hidden);
    const sides = connect();
    expect((await look(sides, deleted)).decision).toMatchObject({ outcome: 'skip', reason: 'record_deleted' });
    for (const id of [hidden, '500000000000009AAA', 'nonsense']) {
      expect((await look(sides, id)).decision).toMatchObject({ outcome: 'error', reason: 'record_not_readable' });
    }
  });
});
