import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Session } from '../../relay/salesforce/session.ts';
import type { StreamBatch } from '../../relay/salesforce/subscriber.ts';
import { type Salesforce, type SalesforceOptions, startSalesforce } from '../standins/salesforce/server.ts';
import { ACCOUNTS, CASES, type Followed, OURS, follow } from './stream-support.ts';
import { failure, sessionOf, until } from './support.ts';

let salesforce: Salesforce;
let session: Session;
let followed: Followed[] = [];

async function start(options: SalesforceOptions = {}): Promise<void> {
  salesforce = await startSalesforce({ connectTimeoutMs: 150, ...options });
  for (const event of ['CaseChangeEvent', 'AccountChangeEvent']) {
    salesforce.org.bus.members.push({ id: `0v8${event.slice(0, 12)}`, channel: 'ChangeEvents', event });
  }
  session = sessionOf(salesforce).session;
}
beforeEach(() => start());
afterEach(async () => {
  await Promise.all(followed.map(({ subscription }) => subscription.stop()));
  followed = [];
  await session.close();
  await salesforce.close();
});

function following(...[channels, changes, from]: [string[], Parameters<typeof follow>[2]?, Record<string, string>?]): Followed {
  const made = follow(session, channels, changes, from);
  followed.push(made);
  return made;
}

const insert = (subject: string): string => salesforce.db.insert('Case', { Subject: subject });

test('what is committed after the confirmation comes, with its replay id', async () => {
  insert('before');
  const stream = following([CASES]);
  await stream.subscription.subscribed(CASES);
  const id = insert('after');
  await until(() => stream.events.length > 0, 'the event came');
  expect(stream.subjects()).toEqual(['after']);
  expect(stream.events[0]).toMatchObject({
    recordId: id,
    object: 'Case',
    changeType: 'CREATE',
    replayId: stream.stored.get(CASES),
  });
  expect(stream.subscription.lastMessageAt()).toBeInstanceOf(Date);
});

test('goes on from the stored position of every channel, each its own', async () => {
  const stream = following([CASES, ACCOUNTS]);
  await stream.streaming();
  insert('one');
  salesforce.db.insert('Account', { Name: 'first' });
  await until(() => stream.events.length === 2, 'both came');
  await stream.subscription.stop();
  insert('two');
  salesforce.db.insert('Account', { Name: 'second' });
  insert('three');
  const next = following([CASES, ACCOUNTS], {}, Object.fromEntries(stream.stored));
  await until(() => next.events.length >= 3, 'what was missed came');
  expect(next.events.map((event) => event.values['Subject'] ?? event.values['Name'])).toEqual(['two', 'second', 'three']);
});

test('a channel that was read from now on and brought nothing yet loses nothing when the client is lost', async () => {
  const stream = following([CASES]);
  await stream.streaming();
  // In one go: the client is gone when the record is made.
  salesforce.cometd.forgetClients();
  insert('while away');
  await until(() => stream.events.length > 0, 'the event came');
  expect(stream.subjects()).toEqual(['while away']);
});

test('two thousand events in order, none twice', async () => {
  const stream = following([CASES]);
  await stream.streaming();
  const subjects = Array.from({ length: 2_000 }, (_, n) => `n${n}`);
  for (const subject of subjects) insert(subject);
  await until(() => stream.events.length >= 2_000, 'all came');
  expect(stream.subjects()).toEqual(subjects);
});

test('the next poll waits until what came is stored', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => (release = done));
  const taken: StreamBatch[][] = [];
  const stream = following([CASES], {
    receive: async (batch) => {
      taken.push([...batch]);
      await held;
    },
  });
  await stream.streaming();
  insert('one');
  await until(() => taken.length === 1, 'the first came');
  const polls = salesforce.org.counters.cometd.connects;
  insert('two');
  await new Promise((done) => setTimeout(done, 400));
  expect(taken).toHaveLength(1);
  expect(salesforce.org.counters.cometd.connects).toBe(polls);
  release();
  await until(() => taken.length === 2, 'the second came');
});

test('what could not be stored is read again from the stored position', async () => {
  let failures = 2;
  const seen: unknown[] = [];
  const stored = new Map<string, string>();
  const stream = following([CASES], {
    position: (channel) => stored.get(channel) ?? '-1',
    receive: async (batch) => {
      if (failures-- > 0) throw new Error('the database is away');
      for (const { channel, replayId, events } of batch) {
        seen.push(...events.map((event) => event.values['Subject']));
        stored.set(channel, replayId);
      }
    },
  });
  await stream.streaming();
  insert('one');
  insert('two');
  await until(() => seen.length >= 2, 'both were stored');
  expect(seen).toEqual(['one', 'two']);
  expect(stream.states.some((state) => state.problem?.code === 'stream_not_stored')).toBe(true);
});

test('a message that can not be read costs only itself', async () => {
  const stream = following([CASES]);
  await stream.streaming();
  insert('one');
  salesforce.publish('CaseChangeEvent', { nonsense: true });
  insert('two');
  await until(() => stream.events.length >= 3, 'all three came');
  expect(stream.events.map((event) => event.poison === null)).toEqual([true, false, true]);
  const [, bad] = stream.batches.flat();
  expect(bad).toMatchObject({ channel: CASES, poison: { reason: expect.stringContaining('ChangeEventHeader') as string } });
  expect(bad?.events[0]?.replayId).toBe(bad?.replayId);
  insert('three');
  await until(() => stream.events.length === 4, 'the stream goes on');
});

test('an overflow is passed on as one event and as a gap', async () => {
  const stream = following([CASES]);
  await stream.streaming();
  const { data } = JSON.parse(readFileSync(new URL('../fixtures/events/gap-overflow.json', import.meta.url), 'utf8')) as {
    data: { payload: Record<string, unknown> };
  };
  salesforce.publish('CaseChangeEvent', data.payload);
  await until(() => stream.events.length > 0, 'it came');
  expect(stream.events).toMatchObject([{ changeType: 'GAP_OVERFLOW', recordId: '000000000000000AAA' }]);
  expect(stream.batches[0]?.[0]?.gap).toEqual({ object: 'Case', why: 'overflow' });
});

test('follows when channels come and go, and leaves no client behind when none is wanted', async () => {
  const stream = following([CASES]);
  await stream.streaming();
  await stream.subscription.setChannels([CASES, ACCOUNTS]);
  await stream.subscription.subscribed(ACCOUNTS);
  salesforce.db.insert('Account', { Name: 'Clinic' });
  await until(() => stream.events.length === 1, 'the account came');
  expect(salesforce.cometd.clients()).toBe(1);
  await stream.subscription.setChannels([ACCOUNTS]);
  insert('nobody wants this');
  salesforce.db.insert('Account', { Name: 'Hospital' });
  await until(() => stream.events.length === 2, 'the second account came');
  expect(stream.events.map((event) => event.object)).toEqual(['Account', 'Account']);
  const waiting = failure(stream.subscription.subscribed('/data/ContactChangeEvent'));
  await stream.subscription.setChannels([]);
  expect(await waiting).toMatchObject({ code: 'stream_not_wanted' });
  await until(() => stream.states.at(-1)?.state === 'stopped', 'the stream rests');
  expect(salesforce.cometd.clients()).toBe(0);
  await stream.subscription.setChannels([CASES]);
  await stream.subscription.subscribed(CASES);
  await until(() => stream.subjects().includes('nobody wants this'), 'it goes on where the channel was left');
});

test('one channel of several entities', async () => {
  salesforce.org.bus.channels.push({ id: '0YL000000000001AAA', name: 'ZenQMS__chn', label: 'ZenQMS' });
  for (const event of ['CaseChangeEvent', 'AccountChangeEvent']) {
    salesforce.org.bus.members.push({ id: `0v9${event.slice(0, 12)}`, channel: 'ZenQMS__chn', event });
  }
  const stream = following([OURS]);
  await stream.streaming();
  insert('one');
  salesforce.db.insert('Account', { Name: 'Clinic' });
  await until(() => stream.events.length === 2, 'both came');
  expect([...stream.stored.keys()]).toEqual([OURS]);
});

test('resubscribing builds a new client and repeats nothing', async () => {
  const stream = following([CASES]);
  await stream.streaming();
  insert('one');
  await until(() => stream.events.length === 1, 'it came');
  const { handshakes } = salesforce.org.counters.cometd;
  await stream.subscription.resubscribe();
  await stream.subscription.subscribed(CASES);
  insert('two');
  await until(() => stream.events.length === 2, 'the next came');
  expect(salesforce.org.counters.cometd.handshakes).toBe(handshakes + 1);
  expect(salesforce.cometd.clients()).toBe(1);
  expect(stream.subjects()).toEqual(['one', 'two']);
});

test('silence is told apart from death: answers come, messages do not', async () => {
  const stream = following([CASES]);
  await stream.streaming();
  salesforce.cometd.faults.silent = true;
  insert('dropped without a word');
  const { connects } = salesforce.org.counters.cometd;
  await until(() => salesforce.org.counters.cometd.connects > connects + 2, 'polls go on');
  expect(stream.events).toEqual([]);
  expect(stream.subscription.lastMessageAt()).toBeNull();
  expect(Date.now() - (stream.subscription.lastReplyAt()?.getTime() ?? 0)).toBeLessThan(5_000);
  salesforce.cometd.faults.silent = false;
  await stream.subscription.resubscribe();
  await until(() => stream.events.length === 1, 'the stored position brings it');
});

test('stopping says goodbye, and nothing is sent afterwards', async () => {
  const stream = following([CASES]);
  await stream.streaming();
  await stream.subscription.stop();
  expect(salesforce.cometd.clients()).toBe(0);
  const { connects, handshakes } = salesforce.org.counters.cometd;
  insert('too late');
  await new Promise((done) => setTimeout(done, 300));
  expect(salesforce.org.counters.cometd).toMatchObject({ connects, handshakes });
  expect(stream.states.at(-1)).toEqual({ state: 'stopped', problem: null });
  expect(await failure(stream.subscription.subscribed(CASES))).toMatchObject({ code: 'stream_stopped' });
});

test('stopping waits for what is being stored, and not for a server that has stopped answering', async () => {
  let release: () => void = () => undefined;
  let inside = false;
  let landed = false;
  const stream = following([CASES], {
    receive: async () => {
      inside = true;
      await new Promise<void>((done) => (release = done));
      landed = true;
    },
  });
  await stream.streaming();
  insert('one');
  await until(() => inside, 'it came');
  salesforce.cometd.faults.neverAnswer = true;
  const began = Date.now();
  const stopped = stream.subscription.stop().then(() => landed);
  release();
  expect(await stopped).toBe(true);
  expect(Date.now() - began).toBeLessThan(4_000);
});
