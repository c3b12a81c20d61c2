import { describe, expect, test } from 'vitest';
import { preflight } from '../../relay/checks/preflight.ts';
import { ZenqmsError } from '../../relay/model/catalog.ts';
import { SalesforceError } from '../../relay/model/salesforce.ts';
import { SF, type World, ZQ, sides, world } from '../integrations/validate/fakes.ts';

const FIELDS = ['Status', 'account.name', 'Owner.Name'];

const run = (
  of: Partial<World> = {},
  more: { object?: string; fields?: string[]; categoryId?: string; assigneeId?: string } = {},
) => {
  const { salesforce, zenqms: catalog } = sides(world(of));
  const { object = 'Case', fields = FIELDS, categoryId = 'cat-1', assigneeId = 'u-1' } = more;
  const zenqms = { catalog, connectionId: ZQ, categoryId, assigneeId };
  return preflight({ salesforce, salesforceConnectionId: SF, object, fields, zenqms });
};

test('all is well', async () => {
  const result = await run();
  expect(result.checks.map(({ name, status }) => [name, status])).toEqual(
    [
      'connection',
      'scopes',
      'object_readable',
      'field_readable:Status',
      'field_readable:account.name',
      'field_readable:Owner.Name',
      'change_events',
      'view_all',
      'channel_member',
      'entity_allowance',
      'api_allowance',
      'event_allowance',
      'zenqms_category_scope',
      'zenqms_category',
      'zenqms_user_scope',
      'zenqms_assignee',
    ].map((name) => [name, 'pass']),
  );
  expect(result.ok).toBe(true);
});

const access = (more: Partial<World['access']>): Partial<World> => ({ access: { ...world().access, ...more } });
const channel = (more: Partial<World['channel']>): Partial<World> => ({ channel: { ...world().channel, ...more } });
const limits = (more: Partial<World['limits']>): Partial<World> => ({ limits: { ...world().limits, ...more } });
const five = ['AccountChangeEvent', 'ContactChangeEvent', 'Lead', 'OpportunityChangeEvent', 'Plant__ChangeEvent'];

describe('what is wrong is said, with what to do', () => {
  const rows: [what: string, Partial<World>, Parameters<typeof run>[1], name: string, status: 'fail' | 'warn', remedy: RegExp][] =
    [
      ['no api scope', access({ scopes: ['refresh_token'] }), {}, 'scopes', 'fail', /External Client App Manager.*api/],
      ['no refresh scope', access({ scopes: ['api'] }), {}, 'scopes', 'fail', /refresh_token/],
      ['scopes not told', access({ scopes: [] }), {}, 'scopes', 'warn', /./],
      [
        'no such object',
        {},
        { object: 'Csae' },
        'object_readable',
        'fail',
        /Permission Sets.*relay@acme\.example.*Read and View All Records/,
      ],
      ['object not readable', access({ readable: false }), {}, 'object_readable', 'fail', /Permission Sets/],
      [
        'field not readable',
        {},
        { fields: ['Secret__c'] },
        'field_readable:Secret__c',
        'fail',
        /Field Permissions.*Read Access for Secret__c/,
      ],
      [
        'field of a related object',
        {},
        { fields: ['Account.Secret__c'] },
        'field_readable:Account.Secret__c',
        'fail',
        /Read Access/,
      ],
      ['no change events', {}, { object: 'Solution', fields: [] }, 'change_events', 'fail', /custom object/],
      [
        'not all records visible',
        access({ viewAll: false }),
        {},
        'view_all',
        'fail',
        /Object Settings, Case, and tick View All Records/,
      ],
      [
        'no member, and not allowed to add it',
        { ...channel({ members: [], selectedEntities: [] }), ...access({ customizeApplication: false }) },
        {},
        'channel_member',
        'fail',
        /Customize Application.*CaseChangeEvent/,
      ],
      [
        'no channel, and not allowed to make it',
        { ...channel({ channelExists: false, members: [], selectedEntities: [] }), ...access({ customizeApplication: false }) },
        {},
        'channel_member',
        'fail',
        /ZenQMS__chn/,
      ],
      ['five entities already', channel({ members: [], selectedEntities: five }), {}, 'entity_allowance', 'warn', /add-on/],
      ['API calls nearly used up', limits({ apiUsed: 80_000 }), {}, 'api_allowance', 'warn', /Company Information/],
      ['API calls used up', limits({ apiUsed: 100_000 }), {}, 'api_allowance', 'fail', /Company Information/],
      ['events nearly used up', limits({ eventsDelivered: 24_000 }), {}, 'event_allowance', 'warn', /Platform Events/],
      ['events used up', limits({ eventsDelivered: 25_000 }), {}, 'event_allowance', 'fail', /Platform Events/],
      ['allowance not told', limits({ eventsMax: 0 }), {}, 'event_allowance', 'warn', /./],
      [
        'authorisation lost',
        { failing: { 'salesforce.org': new SalesforceError('reauthorize', 'invalid_grant', 'expired') } },
        {},
        'connection',
        'fail',
        /Authorise again/,
      ],
      [
        'Salesforce down',
        { failing: { 'salesforce.limits': new SalesforceError('retry', 'timeout', 'no answer') } },
        {},
        'connection',
        'fail',
        /few minutes/,
      ],
      [
        'token refused',
        { failing: { 'zenqms.categories': new ZenqmsError('unauthorized', 'x', 'no') } },
        {},
        'zenqms_category_scope',
        'fail',
        /API Settings/,
      ],
      [
        'users not readable',
        { failing: { 'zenqms.user': new ZenqmsError('forbidden', 'x', 'no') } },
        {},
        'zenqms_user_scope',
        'fail',
        /read on Users/,
      ],
      [
        'ZenQMS down',
        { failing: { 'zenqms.user': new ZenqmsError('retry', 'x', 'no') } },
        {},
        'zenqms_user_scope',
        'fail',
        /few minutes/,
      ],
      ['no category writable', { categories: [] }, {}, 'zenqms_category_scope', 'fail', /read\/write/],
      ['unknown category', {}, { categoryId: 'x' }, 'zenqms_category', 'fail', /choose another category/],
      ['inactive category', {}, { categoryId: 'cat-2' }, 'zenqms_category', 'fail', /active again/],
      ['unknown assignee', {}, { assigneeId: 'x' }, 'zenqms_assignee', 'fail', /another assignee/],
      ['inactive assignee', {}, { assigneeId: 'u-2' }, 'zenqms_assignee', 'fail', /active again/],
    ];
  test.each(rows)('%s', async (_what, of, more, name, status, remedy) => {
    const result = await run(of, more);
    const check = result.checks.find((one) => one.name === name);
    expect(check).toMatchObject({ status, remedy: expect.stringMatching(remedy) as string });
    expect(result.ok).toBe(status === 'warn');
  });
});

test('users, tasks and events need other permissions than objects', async () => {
  for (const [object, permission] of [
    ['User', 'View All Users'],
    ['Task', 'View All Data'],
    ['Event', 'View All Data'],
  ] as const) {
    const describes = [
      ...world().describes.filter((one) => one.name !== object),
      { ...world().describes[0]!, name: object, label: object },
    ];
    const result = await run({ ...access({ viewAll: false }), describes }, { object, fields: [] });
    expect(result.checks.find((one) => one.name === 'view_all')?.remedy).toContain(permission);
  }
});

test('a member that can be added is no obstacle', async () => {
  const result = await run(channel({ channelExists: false, members: [], selectedEntities: five.slice(1) }));
  expect(result.ok).toBe(true);
  expect(result.checks.find((one) => one.name === 'channel_member')?.message).toContain('adds it');
});

test('a member that cannot be added, of an entity that another channel selects', async () => {
  const result = await run({ ...channel({ members: [] }), ...access({ customizeApplication: false }) });
  expect(result.checks.find((one) => one.name === 'channel_member')).toMatchObject({ status: 'warn' });
});

test('an entity that is selected already takes no further place', async () => {
  const result = await run(channel({ selectedEntities: [...five, 'CaseChangeEvent'] }));
  expect(result.checks.find((one) => one.name === 'entity_allowance')?.status).toBe('pass');
});

test('without a ZenQMS connection only Salesforce is looked at', async () => {
  const { salesforce } = sides(world());
  const result = await preflight({ salesforce, salesforceConnectionId: SF, object: 'Case', fields: [] });
  expect(result.checks.some((check) => check.name.startsWith('zenqms'))).toBe(false);
});

test('each name once, whatever is asked twice', async () => {
  const result = await run({}, { fields: ['Status', 'Status'] });
  expect(new Set(result.checks.map((check) => check.name)).size).toBe(result.checks.length);
});

test('a fault of our own is not passed off as theirs', async () => {
  await expect(run({ failing: { 'salesforce.access': new TypeError('bug') } })).rejects.toThrow('bug');
});
