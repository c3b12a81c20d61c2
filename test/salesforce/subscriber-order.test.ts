/** What a server may send at an awkward moment: the position must not run ahead of what is stored. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Session } from '../../relay/salesforce/session.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { ACCOUNTS, CASES, follow } from './stream-support.ts';
import { credentialsOf, sessionOf, until } from './support.ts';

interface Meta {
  channel: string;
  id: string;
  subscription?: string;
  ext?: { replay?: Record<string, unknown> };
}

let salesforce: Salesforce;
let session: Session;
let close: () => Promise<void>;
let subscribed: [string, unknown][];
let polls: number;

/** One case on the first poll after each handshake; a second one rides on the confirmation of the account channel. */
beforeEach(async () => {
  salesforce = await startSalesforce();
  subscribed = [];
  polls = 0;
  const event = (replayId: number): object => ({
    channel: CASES,
    data: {
      payload: {
        Subject: `case ${replayId}`,
        ChangeEventHeader: {
          entityName: 'Case',
          recordIds: [`50000000000000${replayId}AAA`],
          changeType: 'CREATE',
          transactionKey: `t${replayId}`,
          sequenceNumber: 1,
          commitTimestamp: Date.UTC(2026, 0, 9),
        },
      },
      event: { replayId },
    },
  });
  const answer = (message: Meta): object[] | null => {
    const reply = { channel: message.channel, id: message.id, successful: true };
    if (message.channel === '/meta/handshake') {
      polls = 0;
      return [{ ...reply, clientId: 'c1' }];
    }
    if (message.channel === '/meta/connect') return (polls += 1) === 1 ? [event(1), reply] : null;
    if (message.channel !== '/meta/subscribe') return [reply];
    subscribed.push([message.subscription ?? '', message.ext?.replay?.[message.subscription ?? '']]);
    return message.subscription === ACCOUNTS ? [reply, event(2)] : [reply];
  };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/services/data') return response.end('[{"version":"66.0"}]');
      const answers = answer((JSON.parse(text) as [Meta])[0]);
      if (answers) response.end(JSON.stringify(answers));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const instanceUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  session = sessionOf(salesforce, { credentials: credentialsOf(salesforce, { instanceUrl }) }).session;
  close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
});
afterEach(async () => {
  await session.close();
  await close();
  await salesforce.close();
});

test('what came after something that could not be stored is not stored before it', async () => {
  let fail: (error: Error) => void = () => undefined;
  let failures = 1;
  const seen: string[] = [];
  const stored = new Map<string, string>();
  const { subscription } = follow(session, [CASES], {
    position: (channel) => stored.get(channel) ?? '-1',
    receive: async (batch) => {
      if (failures-- > 0) await new Promise((_, reject) => (fail = reject));
      for (const { channel, replayId } of batch) {
        seen.push(replayId);
        stored.set(channel, replayId);
      }
    },
  });
  await until(() => failures === 0, 'the first case is being stored');
  void subscription.setChannels([CASES, ACCOUNTS]);
  await until(() => subscribed.some(([channel]) => channel === ACCOUNTS), 'the second case is there too');
  // Both wait for the store now; the first one's transaction is rolled back.
  await subscription.subscribed(ACCOUNTS);
  fail(new Error('rolled back'));
  await until(() => seen.length >= 2, 'both were read again');
  expect(seen.slice(0, 2).sort()).toEqual(['1', '2']);
  // The second client began where nothing had been stored: not behind the case that was rolled back.
  const again = subscribed.filter(([channel]) => channel === CASES);
  expect(again.slice(0, 2)).toEqual([
    [CASES, -1],
    [CASES, -2],
  ]);
  await subscription.stop();
});

test('a store that throws while the state is told ends nothing', async () => {
  const stream = follow(session, [CASES], {
    onState: () => {
      throw new Error('nobody listens');
    },
  });
  await until(() => stream.events.length === 1, 'the case came');
  await stream.subscription.stop();
});

test('what is delivered is counted, replays too, and the next poll waits as long as it is told to', async () => {
  let delivered = 0;
  let pauseMs = 0;
  let failing = true;
  const stream = follow(session, [CASES], {
    onDelivered: (events) => void (delivered += events),
    pauseMs: () => pauseMs,
    receive: async () => {
      if (failing) {
        failing = false;
        throw new Error('not stored');
      }
      pauseMs = 3_600_000;
    },
  });
  await until(() => stream.subscription.lastReplyAt() !== null && pauseMs > 0, 'it was stored at the second time');
  expect(delivered).toBe(2);
  // Leaving ends the pause at once.
  await stream.subscription.stop();
  expect(polls).toBe(1);
  expect(delivered).toBe(2);
});
