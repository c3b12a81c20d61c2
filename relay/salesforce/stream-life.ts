/** One client from its handshake to its end. Whatever goes wrong ends it with a fault; the next one begins anew. */
import { type CometdClient, type DataMessage, type Exchange, cometdClient } from './cometd.ts';
import { type Fault, StreamFault, classifyError } from './faults.ts';
import type { Session } from './session.ts';

export interface LifeOptions {
  readonly session: Session;
  readonly accessToken: string;
  readonly version: string;
  readonly wanted: () => readonly string[];
  /** Where to subscribe from. */
  readonly startAt: (channel: string) => Promise<string>;
  /** Nothing that the subscription brings is handed over before it resolves. */
  readonly onSubscribed: (channel: string, replayId: string) => Promise<void>;
  readonly onUnsubscribed: (channel: string) => void;
  /** Refused until somebody grants something; the other channels go on. */
  readonly onRefused: (channel: string, fault: Fault) => void;
  /** Channels whose refusal is old enough to ask again. */
  readonly due: (channel: string) => boolean;
  /** Afterwards `startAt` answers with what to read from instead. */
  readonly positionLost: (channel: string, message: string) => void;
  /** Resolves when all of it is stored; the next poll waits for it. */
  readonly handOver: (data: readonly DataMessage[]) => Promise<void>;
  readonly onReply: () => void;
  /** How long to wait before the next poll; what the server asks for counts if it is longer. */
  readonly pauseMs: () => number;
  readonly watchdogMs: number;
  readonly connectTimeoutMs: number;
  readonly now: () => number;
}

export interface Life {
  /** Why it ended; null: it was told to. */
  readonly ended: Promise<Fault | null>;
  /** Subscribes what is wanted and unsubscribes what is not. */
  sync(): Promise<void>;
  end(): Promise<void>;
}

const GOODBYE_MS = 1_500;

export function beginLife(options: LifeOptions): Life {
  const { session, watchdogMs, connectTimeoutMs } = options;
  const aborter = new AbortController();
  const client: CometdClient = cometdClient({
    instanceUrl: session.instanceUrl(),
    version: options.version,
    accessToken: options.accessToken,
    userAgent: session.userAgent,
    checkHost: session.checkHost,
    signal: aborter.signal,
    now: options.now,
  });
  const subscribed = new Set<string>();
  let fault: Fault | null = null;
  let ending = false;
  let greeted = false;
  let syncing: Promise<void> = Promise.resolve();

  const fail = (error: unknown): void => {
    if (!ending) fault ??= classifyError(error);
    aborter.abort(error);
  };

  const take = async (exchange: Exchange): Promise<void> => {
    if (exchange.data.length > 0) await options.handOver(exchange.data);
    if (exchange.disconnected) throw new StreamFault('rehandshake', 'Salesforce ended the streaming client and wants a new one.');
  };

  const subscribe = async (channel: string): Promise<void> => {
    for (const isSecondTry of [false, true]) {
      const replayId = await options.startAt(channel);
      const exchange = await client.subscribe(channel, replayId, connectTimeoutMs);
      const { fault: refused } = exchange;
      if (refused === null) {
        subscribed.add(channel);
        await options.onSubscribed(channel, replayId);
        return take(exchange);
      }
      await take(exchange);
      if (refused.kind === 'forbidden') return options.onRefused(channel, refused);
      if (refused.kind !== 'position_lost' || isSecondTry) throw new StreamFault(refused.kind, refused.message);
      options.positionLost(channel, refused.message);
    }
  };

  const syncNow = async (): Promise<void> => {
    if (!greeted || aborter.signal.aborted) return;
    const wanted = new Set(options.wanted());
    for (const channel of wanted) if (!subscribed.has(channel) && options.due(channel)) await subscribe(channel);
    for (const channel of subscribed) {
      if (wanted.has(channel)) continue;
      subscribed.delete(channel);
      options.onUnsubscribed(channel);
      await take(await client.unsubscribe(channel, connectTimeoutMs));
    }
  };

  const sync = (): Promise<void> => {
    syncing = syncing.then(syncNow).catch(fail);
    return syncing;
  };

  const poll = async (): Promise<Exchange> => {
    try {
      return await client.connect(watchdogMs);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'TIMEOUT') throw error;
      throw new StreamFault('silent', `Salesforce did not answer the stream's poll within ${watchdogMs} ms.`, { cause: error });
    }
  };

  const run = async (): Promise<void> => {
    await client.handshake(connectTimeoutMs);
    greeted = true;
    await sync();
    while (!aborter.signal.aborted) {
      const exchange = await poll();
      await take(exchange);
      if (exchange.fault) throw new StreamFault(exchange.fault.kind, exchange.fault.message);
      const { reconnect, intervalMs } = exchange.advice;
      if (reconnect === 'handshake' || reconnect === 'none')
        throw new StreamFault('rehandshake', 'Salesforce asks for a new handshake.');
      options.onReply();
      const pauseMs = Math.max(intervalMs, options.pauseMs());
      if (pauseMs > 0) await pause(pauseMs, aborter.signal);
      if (options.wanted().some((channel) => !subscribed.has(channel) && options.due(channel))) void sync();
    }
  };

  const ended = (async () => {
    await run().catch(fail);
    await syncing;
    await client.close();
    return fault;
  })();

  return {
    ended,
    sync,
    end: async () => {
      if (ending) return;
      ending = true;
      if (greeted && !aborter.signal.aborted) await client.disconnect(GOODBYE_MS).catch(() => undefined);
      aborter.abort(new StreamFault('rehandshake', 'The stream is being left.'));
      await ended;
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
