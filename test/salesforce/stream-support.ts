/** A subscriber beside a stand-in org, with a store of its own that remembers events and positions as the inbox does. */
import { RECONNECT_MS } from '../../relay/salesforce/backoff.ts';
import type { FaultKind } from '../../relay/salesforce/faults.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import {
  type OrgSubscription,
  type StreamBatch,
  type StreamState,
  type SubscribeOptions,
  subscribeOrg,
} from '../../relay/salesforce/subscriber.ts';
import { silent, until } from './support.ts';

export const CASES = '/data/CaseChangeEvent';
export const ACCOUNTS = '/data/AccountChangeEvent';
export const OURS = '/data/ZenQMS__chn';

const NEVER = 3_600_000;

/** Quick for the kinds that are named, an hour for all others: a fault that is taken for another one is never recovered from. */
export function onlyQuick(...kinds: FaultKind[]): typeof RECONNECT_MS {
  const entries = Object.keys(RECONNECT_MS).map((kind) => [kind, kinds.includes(kind as FaultKind) ? [5] : [NEVER]]);
  return Object.fromEntries(entries) as unknown as typeof RECONNECT_MS;
}

export interface Followed {
  readonly subscription: OrgSubscription;
  /** Every event that was stored, in order; an event that came twice stands here twice. */
  readonly events: StreamBatch['events'][number][];
  readonly stored: Map<string, string>;
  readonly states: StreamState[];
  readonly lost: { channel: string; message: string }[];
  readonly batches: StreamBatch[][];
  readonly subjects: () => unknown[];
  streaming(): Promise<void>;
}

export function follow(
  session: Session,
  channels: string[],
  changes: Partial<SubscribeOptions> = {},
  start: Record<string, string> = {},
): Followed {
  const events: Followed['events'] = [];
  const states: StreamState[] = [];
  const lost: Followed['lost'] = [];
  const batches: StreamBatch[][] = [];
  const stored = new Map(Object.entries(start));
  const subscription = subscribeOrg({
    session,
    channels: () => channels,
    position: (channel) => stored.get(channel) ?? '-1',
    receive: async (batch) => {
      batches.push([...batch]);
      for (const message of batch) {
        events.push(...message.events);
        stored.set(message.channel, message.replayId);
      }
    },
    onState: (state) => void states.push(state),
    onBegun: async (channel, { refused }) => {
      if (refused === null) return;
      lost.push({ channel, message: refused });
      stored.set(channel, '-2');
    },
    now: Date.now,
    log: silent,
    delays: onlyQuick('network', 'rehandshake', 'unauthorized', 'silent', 'not_stored'),
    connectTimeoutMs: 2_000,
    ...changes,
  });
  return {
    subscription,
    events,
    stored,
    states,
    lost,
    batches,
    subjects: () => events.map((event) => event.values['Subject']),
    streaming: async () => {
      await Promise.all(channels.map((channel) => subscription.subscribed(channel)));
      await until(() => states.at(-1)?.state === 'streaming', 'the stream streams');
    },
  };
}
