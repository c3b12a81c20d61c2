import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SalesforceCatalog } from '../../relay/model/catalog.ts';
import { salesforceCatalog } from '../../relay/salesforce/catalog.ts';
import { ensureMembers } from '../../relay/salesforce/channel.ts';
import { describesOf } from '../../relay/salesforce/describe.ts';
import { identity } from '../../relay/salesforce/org.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { type Salesforce, type SalesforceOptions, startSalesforce } from '../standins/salesforce/server.ts';
import { failure, sessionOf } from './support.ts';

let salesforce: Salesforce;
let session: Session;
let catalog: SalesforceCatalog;

async function start(options: SalesforceOptions = {}): Promise<void> {
  salesforce = await startSalesforce(options);
  session = sessionOf(salesforce).session;
  catalog = salesforceCatalog({ session: async () => session });
}
beforeEach(() => start());
afterEach(async () => {
  await session.close();
  await salesforce.close();
});

async function restart(options: SalesforceOptions): Promise<void> {
  await session.close();
  await salesforce.close();
  await start(options);
}

const refuse = (path: string, errorCode = 'INVALID_TYPE'): void =>
  salesforce.org.faults.add({ path, times: null, answer: { kind: 'status', status: 400, body: [{ errorCode, message: 'no' }] } });

test('says which org it is, and as whom', async () => {
  expect(await catalog.org('sf-1')).toEqual({
    id: salesforce.org.orgId,
    name: 'Med Device Inc.',
    instanceUrl: salesforce.url,
    sandbox: false,
    multiCurrency: false,
    user: {
      id: salesforce.org.user.id,
      username: 'integration@meddevice.example',
      profileName: 'Minimum Access - API Only Integrations',
    },
  });
});

test('a sandbox with several currencies', async () => {
  await restart({ sandbox: true, multiCurrency: true });
  expect(await catalog.org('sf-1')).toMatchObject({ sandbox: true, multiCurrency: true });
});

test('the ids come from the identity URL of the authorisation, whose host is never called', async () => {
  const identityUrl = `https://login.salesforce.com/id/${salesforce.org.orgId}/${salesforce.org.user.id}`;
  const authorised = sessionOf(salesforce, { identityUrl }).session;
  const org = await identity(authorised, describesOf(authorised));
  await authorised.close();
  expect(org.user.username).toBe('integration@meddevice.example');
  const asked = Object.keys(salesforce.org.counters.byPath);
  expect(asked.filter((path) => path.includes('userinfo') || path.endsWith('/v66.0'))).toEqual([]);
});

test('a user who may query neither the organisation nor users is connected all the same', async () => {
  await session.version();
  refuse('/query');
  expect(await catalog.org('sf-1')).toMatchObject({
    id: salesforce.org.orgId,
    name: new URL(salesforce.url).host,
    user: { id: salesforce.org.user.id, username: 'integration@meddevice.example', profileName: null },
  });
});

test('limits', async () => {
  salesforce.org.limits.apiUsedElsewhere = 500;
  salesforce.org.counters.eventsDelivered = 12;
  expect(await catalog.limits('sf-1')).toEqual({ apiUsed: 501, apiMax: 100_000, eventsDelivered: 12, eventsMax: 1_000_000 });
});

test('the channel', async () => {
  await ensureMembers(session, ['Case']);
  expect(await catalog.channel('sf-1')).toEqual({ channelExists: true, members: ['Case'], selectedEntities: ['Case'] });
});

test('a user with every permission', async () => {
  expect(await catalog.access('sf-1', 'case')).toEqual({
    readable: true,
    viewAll: true,
    customizeApplication: true,
    scopes: ['api', 'refresh_token'],
  });
});

test.each([
  ['View All Records on the object only', () => (salesforce.org.access.viewAllData = false), 'Case', { viewAll: true }],
  ['no View All Records', () => salesforce.org.access.withoutViewAll.add('Case'), 'Case', { readable: true, viewAll: false }],
  ['no View All Users', () => salesforce.org.access.withoutViewAll.add('User'), 'User', { viewAll: false }],
  ['no View All Data, which tasks need', () => (salesforce.org.access.viewAllData = false), 'Task', { viewAll: false }],
  [
    'no Customize Application',
    () => (salesforce.org.access.customizeApplication = false),
    'Case',
    { customizeApplication: false },
  ],
  [
    'an object that is not visible',
    () => salesforce.org.access.unreadableObjects.add('case'),
    'Case',
    { readable: false, viewAll: false },
  ],
])('%s', async (_, arrange, object, expected) => {
  arrange();
  expect(await catalog.access('sf-1', object)).toMatchObject(expected);
});

test('where permissions can not be read, the stream itself is asked whether it would be silent', async () => {
  await catalog.org('sf-1');
  await ensureMembers(session, ['Case']);
  refuse('/query');
  expect(await catalog.access('sf-1', 'Case')).toMatchObject({ readable: true, viewAll: true });
  salesforce.org.access.withoutViewAll.add('Case');
  expect(await catalog.access('sf-1', 'Case')).toMatchObject({ readable: true, viewAll: false });
  expect(salesforce.cometd.clients()).toBe(0);
});

test('records are fetched with the describe at hand; an object that is gone is named', async () => {
  const id = salesforce.db.insert('Case', { Subject: 'Pump leaks' });
  const records = await catalog.records('sf-1', 'case', [id], ['Subject', 'Owner.Name']);
  expect(records.get(id)).toEqual({ kind: 'found', record: { Subject: 'Pump leaks', 'Owner.Name': 'ZenQMS Integration' } });
  const error = await failure(catalog.records('sf-1', 'Gone__c', [id], ['Name']));
  expect(error).toMatchObject({ kind: 'refused', code: 'INVALID_TYPE' });
});

test('a new session believes nothing of the old one', async () => {
  await catalog.describe('sf-1', 'Case');
  const old = session;
  session = sessionOf(salesforce).session;
  salesforce.org.access.unreadableObjects.add('case');
  expect(await catalog.describe('sf-1', 'Case')).toBeNull();
  await old.close();
});
