import { afterEach, beforeEach, expect, test } from 'vitest';
import { channelState, ensureMembers } from '../../relay/salesforce/channel.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { ERRORS } from '../standins/salesforce/faults.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { failure, sessionOf } from './support.ts';

let salesforce: Salesforce;
let session: Session;
beforeEach(async () => {
  salesforce = await startSalesforce();
  session = sessionOf(salesforce).session;
});
afterEach(async () => {
  await session.close();
  await salesforce.close();
});

const OURS = '/data/ZenQMS__chn';
const members = (): string[] =>
  salesforce.org.bus.members.filter((each) => each.channel === 'ZenQMS__chn').map((each) => each.event);

test('makes the channel and its members once', async () => {
  const made = await ensureMembers(session, ['Case', 'Complaint__c']);
  expect(made).toMatchObject({ ok: true, added: ['Case', 'Complaint__c'], problems: [] });
  expect(Object.fromEntries(made.channels)).toEqual({ Case: OURS, Complaint__c: OURS });
  expect(members()).toEqual(['CaseChangeEvent', 'Complaint__ChangeEvent']);
  expect(salesforce.org.bus.channels.map((channel) => channel.name)).toEqual(['ZenQMS__chn']);
  const again = await ensureMembers(session, ['Case', 'Complaint__c']);
  expect(again).toMatchObject({ ok: true, added: [] });
  expect(members()).toHaveLength(2);
});

test('an org whose members are all there is asked once', async () => {
  await ensureMembers(session, ['Case', 'Complaint__c']);
  const before = salesforce.counters.apiCalls;
  expect(await ensureMembers(session, ['Case', 'Complaint__c'])).toMatchObject({ ok: true, added: [] });
  expect(salesforce.counters.apiCalls - before).toBe(1);
});

test('a member of another channel, by another name, is not taken for ours', async () => {
  await ensureMembers(session, ['Account']);
  const [ours] = salesforce.org.bus.members;
  salesforce.org.bus.members.splice(0, 1, { ...ours!, name: 'Other_AccountChangeEvent', channel: 'Other__chn' });
  expect(await ensureMembers(session, ['Account'])).toMatchObject({ added: ['Account'] });
});

test('two relays at once end with one channel and one member', async () => {
  const other = sessionOf(salesforce).session;
  const both = await Promise.all([ensureMembers(session, ['Case']), ensureMembers(other, ['Case'])]);
  await other.close();
  expect(both.every((each) => each.ok && each.channels.get('Case') === OURS)).toBe(true);
  expect(members()).toEqual(['CaseChangeEvent']);
});

test('a user who may not customise gets the remedy, and the stream of the object itself', async () => {
  salesforce.org.access.customizeApplication = false;
  const made = await ensureMembers(session, ['Case', 'Complaint__c']);
  expect(made).toMatchObject({ ok: false, added: [] });
  expect(Object.fromEntries(made.channels)).toEqual({
    Case: '/data/CaseChangeEvent',
    Complaint__c: '/data/Complaint__ChangeEvent',
  });
  expect(made.problems[0]).toMatchObject({ object: 'Case', code: 'channel_not_permitted' });
  expect(made.problems[0]?.remedy).toContain('Customize Application');
});

test('the sixth object meets the allowance, the five before it stay', async () => {
  const objects = ['Case', 'Account', 'Contact', 'Opportunity', 'Task', 'Complaint__c'];
  const made = await ensureMembers(session, objects);
  expect(made.added).toHaveLength(5);
  expect(made.problems).toMatchObject([{ object: 'Complaint__c', code: 'entity_allowance' }]);
  expect(made.channels.get('Complaint__c')).toBe('/data/Complaint__ChangeEvent');
  expect(made.channels.get('Task')).toBe(OURS);
});

test('an object without change events is named', async () => {
  const made = await ensureMembers(session, ['KnowledgeNote__c', 'Case']);
  expect(made.problems).toMatchObject([{ object: 'KnowledgeNote__c', code: 'object_without_change_events' }]);
  expect(made.added).toEqual(['Case']);
});

test('an org that does not let the channel be looked at leaves the objects their own channels', async () => {
  await session.version();
  const refused = { kind: 'status', status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'x' }] } as const;
  salesforce.org.faults.add({ path: '/tooling', times: null, answer: refused });
  const made = await ensureMembers(session, ['Case']);
  expect(made.channels.get('Case')).toBe('/data/CaseChangeEvent');
  expect(made.problems[0]?.code).toBe('channel_not_permitted');
});

test('an answer that was lost is looked up, not repeated into an error', async () => {
  await ensureMembers(session, ['Account']);
  const lost = { kind: 'status', status: 400, body: [{ errorCode: 'DUPLICATE_DEVELOPER_NAME', message: 'in use' }] } as const;
  salesforce.org.bus.members.push({ id: '0v85x0000000001AAA', channel: 'ZenQMS__chn', event: 'CaseChangeEvent' });
  salesforce.org.faults.add({ method: 'POST', path: 'PlatformEventChannelMember', answer: lost });
  expect(await ensureMembers(session, ['Case'])).toMatchObject({ ok: true });
});

test('an outage is no problem of the admin', async () => {
  await session.version();
  salesforce.org.faults.add({ path: '/tooling', answer: ERRORS.unavailable });
  expect(await failure(ensureMembers(session, ['Case']))).toMatchObject({ kind: 'retry' });
});

test('tells who is selected where', async () => {
  expect(await channelState(session)).toEqual({ channelExists: false, members: [], selectedEntities: [] });
  salesforce.org.bus.members.push({ id: '0v85x0000000001AAA', channel: 'ChangeEvents', event: 'AccountChangeEvent' });
  await ensureMembers(session, ['Complaint__c']);
  expect(await channelState(session)).toEqual({
    channelExists: true,
    members: ['Complaint__c'],
    selectedEntities: ['Account', 'Complaint__c'],
  });
});
