/** One org's stream in this relay's hands: members on the channel, the subscription, and what it brings into the inbox. */
import type { Db } from '../db/connect.ts';
import { type StreamLease, noteCovered, noteHeldBack, noteStream } from '../inbox/lease.ts';
import { StreamLeaseLost, receive } from '../inbox/receive.ts';
import type { Reserve, Route } from '../inbox/receive.ts';
import type { Delivery } from '../inbox/rows.ts';
import { type Members, channelState, ensureMembers } from '../salesforce/channel.ts';
import type { Session } from '../salesforce/session.ts';
import { type OrgSubscription, type StreamBatch, subscribeOrg } from '../salesforce/subscriber.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { channelPositions } from './channel-positions.ts';
import type { EventBudget } from './event-budget.ts';
import type { Log } from './log.ts';

export interface OrgStreamOptions {
  readonly db: Db;
  readonly lease: StreamLease;
  readonly objects: readonly string[];
  readonly session: (connectionId: string) => Promise<Session>;
  readonly route: (connectionId: string) => Route;
  /** Compiles what routing must know before the first event: which fields a PRIORVALUE names. */
  readonly warm: (connectionId: string) => Promise<void>;
  /** Room for what can be begun here as soon as it is stored. */
  readonly reserve: Reserve;
  /** Resolves when each of these has room for more, or after `waitMs`. */
  readonly roomFor: (zenqmsConnectionIds: readonly string[], waitMs: number) => Promise<void>;
  /** Nobody else would take what is left in the database. */
  readonly alone: () => boolean;
  /** The stream does not reach back to what was stored: the rest is found by query. null: it may, and nothing proves it. */
  readonly gap: (connectionId: string, since: Date, message: string | null) => Promise<void>;
  readonly failed: (connectionId: string, error: unknown) => Promise<void>;
  /** How many events the org may still have delivered. */
  readonly eventBudget: (connectionId: string) => EventBudget;
  /** The lease is gone: the stream must be left. */
  readonly lost: () => void;
  readonly log: Log;
  readonly now: () => Date;
}

export interface OrgStream {
  /** @param starting some integrations wait to be told that they are listened to */
  setObjects(objects: readonly string[], starting: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Between two tries to open a stream that can't be opened. */
const RETRY_MS = [1_000, 3_000, 10_000, 30_000, 60_000];
/** How long reading waits for a full account: Salesforce keeps what is not read for days, but other accounts' events come with it. */
const ROOM_MS = 1_000;
/** Between two looks at a stream that is well, or at one that may not be listened to. */
const LOOK_MS = 30_000;

export function openOrgStream(options: OrgStreamOptions): OrgStream {
  const { db, lease, log } = options;
  const connectionId = lease.connectionId;
  const budget = options.eventBudget(connectionId);
  let wanted = [...options.objects];
  let covered: readonly string[] = [];
  let subscription: OrgSubscription | null = null;
  let stopped = false;
  /** Nobody listens, for want of deliveries. */
  let heldBack = false;
  let wake: () => void = () => undefined;
  const places = channelPositions(options);

  const note = (state: 'streaming' | 'retrying' | 'stopped', problem: object | null): void => {
    const lastMessageAt = subscription?.lastMessageAt() ?? null;
    noteStream(db, lease, { state, problem, lastMessageAt }).catch((error: unknown) =>
      log.warn({ err: error, connection: connectionId }, 'could not note the state of the stream'),
    );
  };

  // A whole answer of the server is stored at once, channel by channel: one transaction a message would be a hundred times slower.
  const store = async (batch: readonly StreamBatch[]): Promise<void> => {
    for (const [channel, messages] of Map.groupBy(batch, (message) => message.channel)) {
      const last = messages.at(-1);
      if (!last) continue;
      const events = messages.flatMap((message) => message.events);
      const eventAt = events.at(-1)?.eventAt ?? null;
      const position = { channel, replayId: last.replayId, eventAt, leaseToken: lease.token };
      let begun: readonly Delivery[];
      try {
        begun = (await receive(db, { connectionId, position, events }, options.route(connectionId), options.reserve)).inHand;
        places.reached(channel, last.replayId, eventAt);
      } catch (error) {
        if (error instanceof StreamLeaseLost) options.lost();
        throw error;
      }
      // What is read while there is no room costs a look more; where there are others, it is they who look.
      if (begun.length > 0 && options.alone())
        await options.roomFor([...new Set(begun.map((delivery) => delivery.zenqmsConnectionId))], ROOM_MS);
    }
  };

  /** Makes the members of what is wanted, and notes where each channel is read from. */
  const prepare = async (): Promise<{ session: Session; members: Members; channels: string[] }> => {
    const session = await options.session(connectionId);
    const members = await ensureMembers(session, wanted);
    for (const problem of members.problems)
      log.warn({ connection: connectionId, object: problem.object, code: problem.code }, problem.message);
    const channels = [...new Set(members.channels.values())];
    if (channels.length === 0) {
      const first = members.problems[0];
      throw new SalesforceError('retry', first?.code ?? 'no_channel', first?.message ?? 'No channel brings the objects.');
    }
    await places.load(channels);
    return { session, members, channels };
  };

  const open = async (): Promise<void> => {
    await options.warm(connectionId);
    const { session, members, channels } = await prepare();
    if (stopped) return;
    if (subscription) {
      await subscription.setChannels(channels);
      if (members.added.length > 0) await subscription.resubscribe();
    } else {
      subscription = subscribeOrg({
        session,
        channels: () => channels,
        position: places.position,
        receive: store,
        onState: (state) => {
          if (heldBack) return;
          note(state.state, state.problem ?? null);
          if (state.state === 'stopped' && !stopped) ended(state.problem);
        },
        onBegun: places.begun,
        onDelivered: (events) => {
          budget.count(events);
          if (budget.advice() === 'wait') wake();
        },
        pauseMs: budget.pauseMs,
        now: () => options.now().getTime(),
        log,
      });
    }
    // One channel that is refused must not keep the others from counting.
    const current = subscription;
    const confirmed = await Promise.allSettled(channels.map((channel) => current.subscribed(channel)));
    const refused = channels.flatMap((channel, index) => {
      const answer = confirmed[index];
      return answer?.status === 'rejected' ? [{ channel, error: answer.reason as unknown }] : [];
    });
    if (refused.length === channels.length) throw refused[0]?.error;
    const dead = new Set(refused.map((each) => each.channel));
    covered = (await broughtBy(session, members)).filter((object) => !dead.has(members.channels.get(object) ?? ''));
    const problem = refused[0] ? problemOf(refused[0].error) : (members.problems[0] ?? null);
    await noteStream(db, lease, { state: 'streaming', problem, lastMessageAt: current.lastMessageAt() });
    await noteCovered(db, lease, covered);
  };

  /** Leaves the stream where it is stored. An object that is new meanwhile gets its member, so that Salesforce keeps its events too. */
  const holdBack = async (): Promise<void> => {
    heldBack = true;
    const leaving = subscription;
    subscription = null;
    await leaving?.stop();
    await noteHeldBack(db, lease);
    await noteStream(db, lease, {
      state: 'stopped',
      problem: budget.problem(),
      lastMessageAt: leaving?.lastMessageAt() ?? null,
    });
    if (missing()) await prepare();
  };

  /** The subscription is over for good, which only a person can mend, or a new session. */
  const ended = (problem: { code: string; message: string } | null): void => {
    subscription = null;
    covered = [];
    const error = new SalesforceError(
      'reauthorize',
      problem?.code ?? 'stream_ended',
      problem?.message ?? 'The stream has ended.',
    );
    options
      .failed(connectionId, error)
      .catch((failure: unknown) => log.warn({ err: failure, connection: connectionId }, 'could not note the end of a stream'));
    wake();
  };

  const missing = (): boolean => wanted.some((object) => !covered.some((other) => other.toLowerCase() === object.toLowerCase()));

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopped) {
      const advice = await budget.look();
      if (stopped) return;
      if (advice === 'wait') {
        await holdBack().catch((error: unknown) =>
          log.warn({ err: error, connection: connectionId }, 'a stream that is held back could not be looked after'),
        );
        await sleep(LOOK_MS);
        continue;
      }
      heldBack = false;
      if (advice === 'read on')
        await noteHeldBack(db, lease).catch((error: unknown) =>
          log.warn({ err: error, connection: connectionId }, 'could not note that the stream is behind'),
        );
      if (subscription === null || missing()) {
        try {
          await open();
          failures = 0;
        } catch (error) {
          if (stopped) return;
          await options.failed(connectionId, error);
          log.warn({ err: error, connection: connectionId }, 'the stream could not be opened');
          note('retrying', problemOf(error));
          await sleep(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 60_000);
          failures += 1;
          continue;
        }
      }
      const listening = subscription;
      const hears = (channel: string): boolean => listening?.hears(channel) ?? false;
      await places
        .noteQuiet(hears, listening?.lastReplyAt() ?? null)
        .catch((error: unknown) => log.warn({ err: error, connection: connectionId }, 'could not note that a channel was heard'));
      if (budget.advice() !== 'wait') await sleep(missing() ? 5_000 : LOOK_MS);
    }
  };

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (stopped) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => (clearTimeout(timer), resolve());
    });

  const running = run();
  return {
    setObjects: async (objects, starting) => {
      wanted = [...objects];
      if (subscription === null && !heldBack) return;
      if (missing()) wake();
      else if (starting) await noteCovered(db, lease, covered);
    },
    stop: async () => {
      stopped = true;
      wake();
      await subscription?.stop();
      await running;
      await budget.close();
    },
  };
}

const problemOf = (error: unknown): { code: string; message: string } => ({
  code: error instanceof SalesforceError ? error.code : 'stream_failed',
  message: error instanceof Error ? error.message : String(error),
});

/**
 * Without a member of its own an object is brought by its own channel only if the org has selected it on some other channel; a
 * subscription to one that is selected nowhere is accepted, and silent for ever.
 */
async function broughtBy(session: Session, members: Members): Promise<string[]> {
  const without = new Set(members.problems.map((problem) => problem.object.toLowerCase()));
  const objects = [...members.channels.keys()];
  if (without.size === 0) return objects;
  const state = await channelState(session).catch(() => null);
  // Who may not ask can't know: the preflight and the stream's problem say so.
  if (state === null) return objects;
  const selected = new Set(state.selectedEntities.map((entity) => entity.toLowerCase()));
  return objects.filter((object) => !without.has(object.toLowerCase()) || selected.has(object.toLowerCase()));
}
