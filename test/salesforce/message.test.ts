import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageToEvents } from '../../relay/salesforce/message.ts';

const RECEIVED = new Date('2026-01-09T09:00:00.000Z');
const OURS = '/data/ZenQMS__chn';

interface Message {
  channel: string;
  data: { payload: Record<string, unknown> & { ChangeEventHeader: Record<string, unknown> }; event: { replayId: unknown } };
}

/** Shaped as the CDC guide documents them and as captured payloads show them. */
function fixture(name: string): Message {
  return JSON.parse(readFileSync(new URL(`../fixtures/events/${name}.json`, import.meta.url), 'utf8')) as Message;
}
const read = (name: string) => {
  const message = fixture(name);
  return messageToEvents(message, message.channel, RECEIVED);
};

test('a creation carries its values and counts nothing as changed', () => {
  const { events, replayId, gap, poison } = read('create-case');
  expect({ replayId, gap, poison }).toEqual({ replayId: '8765432', gap: null, poison: null });
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    key: '0002a3f1-6b1c-ff4e-2d20-3c1d1f0a7d11/1/Case/5005x000001AbCdAAK',
    object: 'Case',
    recordId: '5005x000001AbCdAAK',
    changeType: 'CREATE',
    changedFields: [],
    eventAt: '2026-01-09T08:00:00.000Z',
    source: 'stream',
    replayId: '8765432',
    changeOrigin: 'com/salesforce/api/soap/66.0;client=SfdcInternalAPI/',
    commitUser: '0055x000001AbCdAAK',
    poison: null,
  });
  expect(events[0]?.values).toMatchObject({
    Subject: 'Infusion pump stops at 40 ml/h',
    Amount__c: 1250.5,
    Hazards__c: 'Burn;Shock',
  });
  expect(events[0]?.values).not.toHaveProperty('ChangeEventHeader');
});

test('an update says what changed, cleared fields among it', () => {
  const { events } = read('update-case');
  expect(events[0]).toMatchObject({
    changeType: 'UPDATE',
    changedFields: ['Status', 'SlaDate__c', 'LastModifiedDate'],
    values: { Status: 'Escalated', SlaDate__c: null },
  });
});

test('without changedFields the body says what changed, bookkeeping aside', () => {
  expect(read('update-case-without-changed-fields').events[0]?.changedFields).toEqual([
    'Status',
    'SlaDate__c',
    'Site__c.Latitude',
    'Site__c.Longitude',
  ]);
});

test('compounds stay nested', () => {
  const [event] = read('update-contact-compounds').events;
  expect(event?.values['Name']).toEqual({ FirstName: 'Ana', LastName: 'Ruiz' });
  expect(event?.changedFields).toContain('MailingAddress.PostalCode');
  expect(event?.key).toContain('/2/Contact/');
});

test('a merged change is one event for each record, ids in 18 characters', () => {
  const { events } = read('update-merged');
  expect(events.map((event) => event.recordId)).toEqual(['5005x000001AbCdAAK', '5005x000001AbCeAAK', '5005x000001AbCfAAK']);
  expect(new Set(events.map((event) => event.key)).size).toBe(3);
  expect(events.every((event) => event.values['Priority'] === 'Low')).toBe(true);
});

test('a deletion is empty, an undeletion is full', () => {
  expect(read('delete-custom').events[0]).toMatchObject({
    object: 'Complaint__c',
    changeType: 'DELETE',
    values: {},
    changedFields: [],
  });
  expect(read('undelete-case').events[0]).toMatchObject({ changeType: 'UNDELETE', values: { Subject: 'Back again' } });
});

test('a gap says which records, not what', () => {
  const { events, gap } = read('gap-update');
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({ changeType: 'GAP_UPDATE', changedFields: null, values: {}, changeOrigin: null });
  expect(gap).toBeNull();
});

test('an overflow, and a wildcard, name no record and are reported', () => {
  const overflow = read('gap-overflow');
  expect(overflow.events).toMatchObject([{ changeType: 'GAP_OVERFLOW', recordId: '000000000000000AAA', changedFields: null }]);
  expect(overflow.gap).toEqual({ object: 'Case', why: 'overflow' });
  const wildcard = read('gap-wildcard');
  expect(wildcard.events).toMatchObject([{ changeType: 'GAP_OVERFLOW', recordId: '000000000000000AAA', object: 'Account' }]);
  expect(wildcard.gap).toEqual({ object: 'Account', why: 'wildcard' });
  expect(wildcard.events[0]?.key).toContain('001*');
});

test('a channel of one object', () => {
  expect(read('single-entity-custom').events[0]).toMatchObject({
    object: 'Complaint__c',
    changedFields: ['Severity__c', 'LastModifiedDate'],
  });
});

test('the key is the same for every delivery, whatever the replay id', () => {
  const message = fixture('update-case');
  const first = messageToEvents(message, OURS, RECEIVED).events[0]?.key;
  message.data.event.replayId = 99;
  expect(messageToEvents(message, '/data/CaseChangeEvent', new Date(0)).events[0]?.key).toBe(first);
});

test('replay ids stay text, however long', () => {
  const message = fixture('update-case');
  message.data.event.replayId = '123456789012345678901234';
  expect(messageToEvents(message, OURS, RECEIVED).replayId).toBe('123456789012345678901234');
});

type Break = (message: Message) => unknown;
test.each<[string, Break, RegExp]>([
  ['no payload', (message) => ({ ...message, data: { event: message.data.event } }), /no payload/],
  ['no header', (message) => ((message.data.payload.ChangeEventHeader = undefined as never), message), /no ChangeEventHeader/],
  ['no object', (message) => ((message.data.payload.ChangeEventHeader['entityName'] = 7), message), /names no object/],
  [
    'an object that is none',
    (message) => ((message.data.payload.ChangeEventHeader['entityName'] = "Case'; --"), message),
    /names no object/,
  ],
  [
    'an unknown type',
    (message) => ((message.data.payload.ChangeEventHeader['changeType'] = 'SNAPSHOT'), message),
    /type that is not known/,
  ],
  ['no records', (message) => ((message.data.payload.ChangeEventHeader['recordIds'] = []), message), /names no records/],
  [
    'records that are no list',
    (message) => ((message.data.payload.ChangeEventHeader['recordIds'] = 'x'), message),
    /names no records/,
  ],
  ['no time', (message) => (delete message.data.payload.ChangeEventHeader['commitTimestamp'], message), /when it was committed/],
  [
    'a time that no date can hold',
    (message) => ((message.data.payload.ChangeEventHeader['commitTimestamp'] = 1e300), message),
    /when it was committed/,
  ],
])('%s: poisoned, with its replay id', (_, broken, reason) => {
  const { events, replayId, poison } = messageToEvents(broken(fixture('update-case')), OURS, RECEIVED);
  expect(replayId).toBe('8765440');
  expect(poison?.reason).toMatch(reason);
  expect(events).toHaveLength(1);
  expect(events[0]?.poison).toMatch(reason);
  expect(events[0]).toMatchObject({ replayId: '8765440', recordId: '000000000000000AAA', eventAt: RECEIVED.toISOString() });
  expect(events[0]?.key).toBe(`poison/${OURS}/8765440`);
});

test('a poisoned message keeps what it says of its object, else the channel tells, else nobody', () => {
  const message = fixture('update-case');
  delete message.data.payload.ChangeEventHeader['recordIds'];
  expect(messageToEvents(message, OURS, RECEIVED).events[0]?.object).toBe('Case');
  expect(messageToEvents({}, '/data/Complaint__ChangeEvent', RECEIVED).events[0]?.object).toBe('Complaint__c');
  expect(messageToEvents({}, '/data/CaseChangeEvent', RECEIVED).events[0]?.object).toBe('Case');
  expect(messageToEvents({}, OURS, RECEIVED).events[0]?.object).toBe('');
});

test('one bad id among good ones costs only itself', () => {
  const message = fixture('update-merged');
  message.data.payload.ChangeEventHeader['recordIds'] = ['5005x000001AbCdAAK', null, 'no', '5005x000001AbCfAAK'];
  const { events, poison } = messageToEvents(message, OURS, RECEIVED);
  expect(events.map((event) => event.poison === null)).toEqual([true, false, false, true]);
  expect(new Set(events.map((event) => event.key)).size).toBe(4);
  expect(poison?.reason).toContain('no record id');
});

test('NUL bytes, lone surrogates, a megabyte and prototype keys pass through unharmed', () => {
  const message = fixture('update-case');
  Object.assign(message.data.payload, { Subject: 'a\u0000b\ud800', Description: 'x'.repeat(1_000_000) });
  const parsed = JSON.parse(JSON.stringify(message).replace('"Status"', '"__proto__":{"polluted":true},"Status"')) as Message;
  const { events } = messageToEvents(parsed, OURS, RECEIVED);
  expect(events[0]?.poison).toBeNull();
  expect(events[0]?.values['Subject']).toBe('a\u0000b\ud800');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('whatever comes, nothing is thrown and nothing is lost without a word', () => {
  const anything = fc.anything({ withNullPrototype: true, withBigInt: true, maxDepth: 5 });
  const near = fc.record({
    channel: fc.string(),
    data: fc.record({
      payload: fc.record({
        ChangeEventHeader: fc.record(
          {
            entityName: fc.oneof(fc.constant('Case'), fc.anything()),
            recordIds: fc.oneof(fc.constant(['5005x000001AbCdAAK']), fc.array(fc.anything()), fc.anything()),
            changeType: fc.oneof(fc.constantFrom('CREATE', 'UPDATE', 'GAP_OVERFLOW'), fc.anything()),
            commitTimestamp: fc.oneof(fc.constant(1767945600000), fc.anything()),
            changedFields: fc.oneof(fc.array(fc.string()), fc.anything()),
            transactionKey: fc.anything(),
            sequenceNumber: fc.anything(),
          },
          { requiredKeys: [] },
        ),
        Field: fc.anything(),
      }),
      event: fc.oneof(fc.record({ replayId: fc.anything() }), fc.anything()),
    }),
  });
  fc.assert(
    fc.property(fc.oneof(anything, near), (message) => {
      const { events, poison } = messageToEvents(message, OURS, RECEIVED);
      expect(events.length).toBeGreaterThan(0);
      expect(events.every((event) => !Number.isNaN(Date.parse(event.eventAt)))).toBe(true);
      expect(events.some((event) => event.poison !== null)).toBe(poison !== null);
    }),
    { numRuns: 2_000, seed: 20260109 },
  );
});
