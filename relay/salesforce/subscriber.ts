/**
 * The stream of one org: one client at a time, every channel read from its last *stored* position, nothing polled before the last
 * answer is stored. Ends only when it is stopped, or when a person must authorise again.
 */
import type { Problem } from '../model/connection.ts';
import type { ChangeEvent } from '../model/event.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { RECONNECT_MS, reconnectDelay } from './backoff.ts';
import type { DataMessage } from './cometd.ts';
import { type Fault, classifyError, problemOf } from './faults.ts';
import { type ReadMessage, messageToEvents } from './message.ts';
import type { Log, Session } from './session.ts';
import { streamChannels } from './stream-channels.ts';
import { type Life, beginLife } from './stream-life.ts';
import { type Begun, fromStore, streamPositions } from './stream-positions.ts';

/** One message of a channel. */
export interface StreamBatch {
  readonly channel: string;
  /** Where to go on once this is stored. */
  readonly replayId: string;
  readonly events: readonly ChangeEvent[];
  readonly poison: ReadMessage['poison'];
  /** Changes that the message does not name. */
  readonly gap: ReadMessage['gap'];
}

export interface StreamState {
  readonly state: 'streaming' | 'retrying' | 'stopped';
  readonly problem: Problem | null;
}

export interface SubscribeOptions {
  readonly session: Session;
  readonly channels: () => readonly string[];
  /**
   * The last stored replay id of a channel. -1 only for one that was never read: after its first subscription the subscriber itself
   * goes on from -2, because -1 would skip what was committed while it was away.
   */
  readonly position: (channel: string) => string | Promise<string>;
  /** In order, one at a time; resolves when stored. When it throws, everything since the last stored position is read again. */
  readonly receive: (batch: readonly StreamBatch[]) => Promise<void>;
  readonly onState: (state: StreamState) => void;
  /** A subscription is confirmed: what it can't bring is the caller's to find, and the position to note. Waited for. */
  readonly onBegun: (channel: string, begun: Begun) => Promise<void>;
  /** So many events were delivered, whatever becomes of them. */
  readonly onDelivered?: (events: number) => void;
  /** How long to wait before the next poll. */
  readonly pauseMs?: () => number;
  readonly now: () => number;
  readonly log: Log;
  /** Without an answer to a poll for as long, the client is built anew. Salesforce answers within 110 s. */
  readonly watchdogMs?: number;
  /** For a handshake and for each subscription. */
  readonly connectTimeoutMs?: number;
  readonly delays?: typeof RECONNECT_MS;
  /** A refused channel is asked for again after as long: permissions count only from a new subscription on. */
  readonly refusedForMs?: number;
  readonly chance?: () => number;
}

/** None of these may be awaited inside `receive`: they wait for it. */
export interface OrgSubscription {
  /** Resolves when the server has confirmed; rejects with a SalesforceError when it refused, or when the stream has ended. */
  subscribed(channel: string): Promise<void>;
  /** Whether the client that there is now has it confirmed. */
  hears(channel: string): boolean;
  setChannels(channels: readonly string[]): Promise<void>;
  /** Leaves the client and begins a new one from the stored positions. */
  resubscribe(): Promise<void>;
  /** When the last event came. */
  lastMessageAt(): Date | null;
  /** When the server last answered at all. */
  lastReplyAt(): Date | null;
  /** Resolves when nothing more will be handed over. */
  stop(): Promise<void>;
}

export function subscribeOrg(options: SubscribeOptions): OrgSubscription {
  const { session, log, now } = options;
  const connectionId = session.connectionId;
  const channels = streamChannels({ refusedForMs: options.refusedForMs ?? 5 * 60_000, now });
  const positions = streamPositions(options);
  let wanted: readonly string[] = [...options.channels()];
  let life: Life | null = null;
  let stopped = false;
  let streak = { kind: '', times: 0 };
  let lastState = '';
  let lastMessageAt: number | null = null;
  let lastReplyAt: number | null = null;
  let handing: Promise<void> = Promise.resolve();
  let wake: () => void = () => undefined;

  const state = (next: StreamState): void => {
    const told = `${next.state} ${next.problem?.code ?? ''} ${next.problem?.message ?? ''}`;
    if (told === lastState) return;
    lastState = told;
    try {
      options.onState(next);
    } catch (error) {
      log.error({ connectionId, reason: String(error) }, 'the state of the stream could not be told');
    }
  };

  const handOver = (data: readonly DataMessage[]): Promise<void> => {
    options.onDelivered?.(data.length);
    const batch = data.flatMap(({ channel, message }): StreamBatch[] => {
      if (!wanted.includes(channel)) return [];
      const read = messageToEvents(message, channel, new Date(now()));
      const replayId = positions.reach(channel, read.replayId);
      if (read.poison)
        log.warn({ connectionId, channel, replayId, reason: read.poison.reason }, 'a message of the stream is not readable');
      return [{ channel, replayId, events: read.events, poison: read.poison, gap: read.gap }];
    });
    if (batch.length > 0) lastMessageAt = now();
    // Once something could not be stored, nothing of the same client is stored after it: the position would run ahead of it.
    handing = handing.then(() => (batch.length > 0 ? fromStore(() => options.receive(batch)) : undefined));
    return handing;
  };

  const onReply = (): void => {
    lastReplyAt = now();
    streak = { kind: '', times: 0 };
    const problem = channels.problem(wanted);
    state({ state: channels.anyConfirmed() || problem === null ? 'streaming' : 'retrying', problem });
  };

  const oneLife = async (): Promise<Fault | null> => {
    let accessToken: string | null = null;
    try {
      accessToken = await session.accessToken();
      life = beginLife({
        session,
        accessToken,
        version: await session.version(),
        wanted: () => wanted,
        startAt: positions.startAt,
        onSubscribed: async (channel, replayId) => {
          log.info({ connectionId, channel, replayId }, 'subscribed');
          await positions.begun(channel, replayId);
          channels.confirm(channel);
        },
        onUnsubscribed: (channel) => {
          log.info({ connectionId, channel }, 'unsubscribed');
          channels.leave(channel);
        },
        onRefused: (channel, fault) => {
          log.warn({ connectionId, channel, reason: fault.message }, 'a channel was refused');
          channels.refuse(channel, fault);
        },
        due: channels.due,
        positionLost: (channel, message) => {
          log.warn({ connectionId, channel, reason: message }, 'the position was refused');
          positions.refuse(channel, message);
        },
        handOver,
        onReply,
        pauseMs: options.pauseMs ?? (() => 0),
        watchdogMs: options.watchdogMs ?? 130_000,
        connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
        now,
      });
      if (stopped || wanted.length === 0) await life.end();
      const fault = await life.ended;
      if (fault?.kind === 'unauthorized') await session.refresh(accessToken);
      return fault;
    } catch (error) {
      // A token that a REST call found refused was refreshed there; what is left is the org, or the network.
      return classifyError(error);
    } finally {
      life = null;
      channels.forgetConfirmed();
      // The next client reads from what is stored: what is still being stored must have landed.
      await handing.catch(() => undefined);
      handing = Promise.resolve();
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      if (wanted.length === 0) {
        state({ state: 'stopped', problem: null });
        await sleep(null);
        continue;
      }
      const fault = await oneLife();
      if (stopped || fault === null) continue;
      log.warn({ connectionId, kind: fault.kind, reason: fault.message }, 'the stream broke off');
      if (fault.kind === 'reauthorize')
        return end(new SalesforceError('reauthorize', 'stream_reauthorize', fault.message), problemOf(fault));
      streak = { kind: fault.kind, times: streak.kind === fault.kind ? streak.times + 1 : 1 };
      state({ state: 'retrying', problem: problemOf(fault) });
      await sleep(reconnectDelay(fault, streak.times, (options.chance ?? Math.random)(), options.delays));
    }
    end(new SalesforceError('retry', 'stream_stopped', 'The stream was stopped.'), null);
  };

  const end = (error: SalesforceError, problem: Problem | null): void => {
    channels.end(error);
    state({ state: 'stopped', problem });
  };

  const sleep = (ms: number | null): Promise<void> =>
    new Promise((resolve) => {
      if (stopped || ms === 0) return resolve();
      const timer = ms === null ? null : setTimeout(done, ms);
      function done(): void {
        if (timer) clearTimeout(timer);
        wake = () => undefined;
        resolve();
      }
      wake = done;
    });

  const running = run();
  return {
    subscribed: channels.wait,
    hears: channels.confirmed,
    setChannels: async (next) => {
      wanted = [...next];
      channels.keep(wanted);
      if (life === null) wake();
      else await (wanted.length === 0 ? life.end() : life.sync());
    },
    resubscribe: async () => {
      channels.forgetConfirmed();
      wake();
      await life?.end();
    },
    lastMessageAt: () => (lastMessageAt === null ? null : new Date(lastMessageAt)),
    lastReplyAt: () => (lastReplyAt === null ? null : new Date(lastReplyAt)),
    stop: async () => {
      stopped = true;
      wake();
      await life?.end();
      await running;
    },
  };
}
