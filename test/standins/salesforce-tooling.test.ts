import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Salesforce, startSalesforce } from './salesforce/server.ts';
import { type Answer, type Rest, addMember, logIn, makeChannel, restOf } from './salesforce-client.ts';

let salesforce: Salesforce;
let rest: Rest;
beforeEach(async () => {
  salesforce = await startSalesforce();
  rest = restOf(salesforce, await logIn(salesforce));
});
afterEach(() => salesforce.close());

const query = (soql: string): Promise<Answer> => rest(`/tooling/query?q=${encodeURIComponent(soql)}`);
const create = (type: string, FullName: string, Metadata: object | null): Promise<Answer> =>
  rest.post(`/tooling/sobjects/${type}`, { FullName, Metadata });

test('a channel and its members are made once and found again', async () => {
  await makeChannel(rest, 'CaseChangeEvent', 'Complaint__ChangeEvent');
  const channels = await query("SELECT Id, DeveloperName FROM PlatformEventChannel WHERE DeveloperName = 'ZenQMS'");
  expect(channels.body).toMatchObject({
    size: 1,
    entityTypeName: 'PlatformEventChannel',
    records: [{ DeveloperName: 'ZenQMS' }],
  });
  const [{ Id }] = channels.body.records;
  expect(Id).toMatch(/^0YL/);
  const members = await query(
    'SELECT Id, DeveloperName, EventChannel, SelectedEntity FROM PlatformEventChannelMember ORDER BY SelectedEntity',
  );
  expect(members.body.records).toMatchObject([
    { DeveloperName: 'ZenQMS_chn_CaseChangeEvent', EventChannel: Id, SelectedEntity: 'CaseChangeEvent' },
    { DeveloperName: 'ZenQMS_chn_Complaint_ChangeEvent', EventChannel: Id, SelectedEntity: 'Complaint__ChangeEvent' },
  ]);
  const one = await rest(`/tooling/sobjects/PlatformEventChannelMember/${members.body.records[0].Id}`);
  expect(one.body).toMatchObject({ FullName: 'ZenQMS_chn_CaseChangeEvent', Metadata: { eventChannel: 'ZenQMS__chn' } });
});

test('whole components are handed out one at a time', async () => {
  await makeChannel(rest, 'CaseChangeEvent', 'AccountChangeEvent');
  expect((await query('SELECT FullName FROM PlatformEventChannelMember')).body).toMatchObject([{ errorCode: 'MALFORMED_QUERY' }]);
  expect((await query('SELECT FullName FROM PlatformEventChannel')).body.records).toMatchObject([{ FullName: 'ZenQMS__chn' }]);
  expect((await query('SELECT Nope FROM PlatformEventChannel')).body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
});

test('five entities over all channels; one that is selected already costs nothing', async () => {
  await makeChannel(rest);
  for (const entity of ['Case', 'Account', 'Contact', 'Opportunity', 'Task'])
    expect((await addMember(rest, `${entity}ChangeEvent`)).status).toBe(201);
  expect(await addMember(rest, 'Complaint__ChangeEvent')).toMatchObject({ status: 400, body: [{ errorCode: 'LIMIT_EXCEEDED' }] });
  await create('PlatformEventChannel', 'Other__chn', { channelType: 'data', label: 'Other' });
  const again = await create('PlatformEventChannelMember', 'Other_Case', {
    eventChannel: 'Other__chn',
    selectedEntity: 'CaseChangeEvent',
  });
  expect(again.status).toBe(201);
});

test.each([
  ['a channel twice', 'PlatformEventChannel', 'ZenQMS__chn', { channelType: 'data', label: 'x' }, 'DUPLICATE_DEVELOPER_NAME'],
  ['a channel without its ending', 'PlatformEventChannel', 'ZenQMS', { channelType: 'data', label: 'x' }, 'INVALID_INPUT'],
  ['a channel without a type', 'PlatformEventChannel', 'A__chn', { label: 'x' }, 'INVALID_INPUT'],
  ['a channel without anything', 'PlatformEventChannel', 'A__chn', null, 'REQUIRED_FIELD_MISSING'],
  [
    'a member twice',
    'PlatformEventChannelMember',
    'Again',
    { eventChannel: 'ZenQMS__chn', selectedEntity: 'CaseChangeEvent' },
    'DUPLICATE_VALUE',
  ],
  [
    'an object without change events',
    'PlatformEventChannelMember',
    'A',
    { eventChannel: 'ZenQMS__chn', selectedEntity: 'ProfileChangeEvent' },
    'INVALID_INPUT',
  ],
  [
    'a channel that is none',
    'PlatformEventChannelMember',
    'A',
    { eventChannel: 'X__chn', selectedEntity: 'AccountChangeEvent' },
    'INVALID_CROSS_REFERENCE_KEY',
  ],
  [
    'two underscores',
    'PlatformEventChannelMember',
    'A__B',
    { eventChannel: 'ZenQMS__chn', selectedEntity: 'AccountChangeEvent' },
    'INVALID_INPUT',
  ],
])('refused: %s', async (_, type, name, metadata, errorCode) => {
  await makeChannel(rest, 'CaseChangeEvent');
  expect(await create(type, name, metadata)).toMatchObject({ status: 400, body: [{ errorCode }] });
});

test('members go, and then the channel may', async () => {
  await makeChannel(rest, 'CaseChangeEvent');
  const idOf = async (type: string): Promise<string> => (await query(`SELECT Id FROM ${type}`)).body.records[0].Id as string;
  const [channel, member] = [await idOf('PlatformEventChannel'), await idOf('PlatformEventChannelMember')];
  const remove = (type: string, id: string) => rest(`/tooling/sobjects/${type}/${id}`, { method: 'DELETE' });
  expect((await remove('PlatformEventChannel', channel)).body).toMatchObject([{ errorCode: 'DEPENDENCY_EXISTS' }]);
  expect((await remove('PlatformEventChannelMember', member)).status).toBe(204);
  expect((await remove('PlatformEventChannelMember', member)).status).toBe(404);
  expect((await remove('PlatformEventChannel', channel)).status).toBe(204);
});

test('who may not customize changes nothing; who may not view the setup sees nothing', async () => {
  salesforce.access.customizeApplication = false;
  expect(await create('PlatformEventChannel', 'A__chn', { channelType: 'data', label: 'x' })).toMatchObject({
    status: 403,
    body: [{ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' }],
  });
  salesforce.access.viewSetup = false;
  expect((await query('SELECT Id FROM PlatformEventChannel')).body).toMatchObject([{ errorCode: 'INVALID_TYPE' }]);
});
