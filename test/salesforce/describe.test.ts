import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeEventOf, describesOf } from '../../relay/salesforce/describe.ts';
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

const calls = (path: string): number => salesforce.org.counters.byPath[`GET /services/data/v66.0${path}`] ?? 0;

test('objects say whether they have change events, and the events themselves are none', async () => {
  const objects = await describesOf(session).objects();
  const named = new Map(objects.map((object) => [object.name, object]));
  expect(named.get('Case')).toEqual({ name: 'Case', label: 'Case', custom: false, changeEvents: true });
  expect(named.get('Complaint__c')).toMatchObject({ custom: true, changeEvents: true });
  expect(named.get('KnowledgeNote__c')).toMatchObject({ changeEvents: false });
  expect([...named.keys()].filter((name) => name.endsWith('ChangeEvent'))).toEqual([]);
});

test.each([
  ['Case', 'CaseChangeEvent'],
  ['My__c', 'My__ChangeEvent'],
  ['acme__My__c', 'acme__My__ChangeEvent'],
])('%s changes as %s', (object, event) => expect(changeEventOf(object)).toBe(event));

test('a describe carries what the relay needs of each field', async () => {
  const describe = await describesOf(session).describe('case');
  expect(describe).toMatchObject({ name: 'Case', custom: false });
  const field = (name: string) => describe?.fields.find((each) => each.name === name);
  expect(field('Hazards__c')).toMatchObject({ type: 'multipicklist', picklistValues: ['Burn', 'Cut', 'Infection', 'Shock'] });
  expect(field('OwnerId')).toMatchObject({ relationshipName: 'Owner', referenceTo: ['Group', 'User'] });
  expect(field('Site__Latitude__s')).toMatchObject({ compoundFieldName: 'Site__c' });
  expect(field('Notes__c')).toMatchObject({ htmlFormatted: true });
});

test('what does not exist, and what is no name, is null; nothing is asked for the latter', async () => {
  const describes = describesOf(session);
  expect(await describes.describe('Nope__c')).toBeNull();
  expect(await describes.describe('../limits')).toBeNull();
  expect(calls('/sobjects/../limits/describe')).toBe(0);
});

test('kept for minutes, asked once for all who wait, refreshed on demand', async () => {
  let at = 0;
  const describes = describesOf(session, () => at);
  const [one, two] = await Promise.all([describes.describe('Case'), describes.describe('CASE')]);
  expect(one).toBe(two);
  expect(calls('/sobjects/Case/describe')).toBe(1);
  at = 9 * 60_000;
  expect(await describes.describe('Case')).toBe(one);
  salesforce.org.access.hiddenFields.add('Case.LotNumber__c');
  const fresh = await describes.describe('Case', { refresh: true });
  expect(fresh?.fields.some((field) => field.name === 'LotNumber__c')).toBe(false);
  at = 30 * 60_000;
  expect(await describes.describe('Case')).not.toBe(fresh);
});

test('errors are never kept', async () => {
  const describes = describesOf(session);
  await session.version();
  salesforce.org.faults.add({ path: '/describe', answer: ERRORS.unavailable });
  salesforce.org.faults.add({ path: /\/sobjects$/, answer: ERRORS.unavailable });
  expect(await failure(describes.describe('Case'))).toMatchObject({ kind: 'retry' });
  expect(await failure(describes.objects())).toMatchObject({ kind: 'retry' });
  expect(await describes.describe('Case')).not.toBeNull();
  expect(await describes.objects()).not.toEqual([]);
});

test('an answer of another shape is an outage, not a crash', async () => {
  await session.version();
  salesforce.org.faults.add({ path: '/describe', answer: { kind: 'status', status: 200, body: { fields: 7 } } });
  expect(await failure(describesOf(session).describe('Case'))).toMatchObject({ kind: 'retry', code: 'UNEXPECTED_ANSWER' });
});
