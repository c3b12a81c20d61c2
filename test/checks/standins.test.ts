/** Each preflight check and each drift over sockets: see connected.ts. */
import { describe, expect, test } from 'vitest';
import { checkDrift } from '../../relay/checks/drift.ts';
import { type Preflight, preflight } from '../../relay/checks/preflight.ts';
import { type Sides, validateIntegration } from '../../relay/integrations/validate/index.ts';
import { SF, ZQ } from '../integrations/validate/fakes.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { COMPLAINT, DRAFT, account, connect, org, useBothSides } from './connected.ts';

useBothSides();

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
