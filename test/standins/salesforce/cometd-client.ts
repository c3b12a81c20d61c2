/** One CometD session: what it has subscribed, how far it has got, and its long poll that may be waiting. */
import { randomBytes } from 'node:crypto';
import { type Access, seesChanges } from './access.ts';
import { type Retained, dataOf } from './bus.ts';
import { withoutFields } from './change-events.ts';
import type { Org } from './org.ts';

export interface Subscription {
  /** The replay id up to which the session has been served. */
  after: number;
  /** Permissions are looked at when the subscription is made, and not again. */
  access: Pick<Access, 'withoutViewAll' | 'unreadableObjects' | 'hiddenFields'>;
}

export interface Client {
  readonly id: string;
  /** Names the browser. */
  readonly cookie: string;
  /** Names the server that knows the session; it expires. */
  readonly route: string;
  readonly routeUntil: number;
  readonly token: string;
  readonly subscriptions: Map<string, Subscription>;
  connected: boolean;
  /** When its last connect ended: a session that does not come back soon is forgotten. */
  lastSeen: number;
  waiting: ((reason: 'events' | 'timeout' | 'gone' | 'replaced') => void) | null;
  disconnectNext: boolean;
}

export const newClient = (token: string, now: number, routeMs: number): Client => ({
  id: randomBytes(16).toString('hex'),
  cookie: randomBytes(12).toString('hex'),
  route: randomBytes(12).toString('hex'),
  routeUntil: now + routeMs,
  token,
  subscriptions: new Map(),
  connected: false,
  lastSeen: now,
  waiting: null,
  disconnectNext: false,
});

export const permissionsNow = ({ withoutViewAll, unreadableObjects, hiddenFields }: Access): Subscription['access'] => ({
  withoutViewAll: new Set(withoutViewAll),
  unreadableObjects: new Set(unreadableObjects),
  hiddenFields: new Set(hiddenFields),
});

/** Whether a subscription brings the event; what its user may not see is dropped without a word. */
export const brings = (org: Org, channel: string, { access }: Subscription, { emitted }: Retained): boolean =>
  org.bus.carries(channel, emitted.event) && seesChanges(access as Access, emitted.entity);

interface Found {
  channel: string;
  retained: Retained;
}

/** Takes what the client has not got yet, in order, at most `most`; the positions advance, whether or not the answer arrives. */
export function takeEvents(org: Org, client: Client, most: number): string[] {
  const found: Found[] = [];
  const scanned = new Map<string, number>();
  for (const [channel, subscription] of client.subscriptions) {
    let own = 0;
    let last = subscription.after;
    for (const retained of org.bus.after(subscription.after)) {
      if (own >= most) break;
      last = retained.replayId;
      if (!brings(org, channel, subscription, retained)) continue;
      found.push({ channel, retained });
      own += 1;
    }
    scanned.set(channel, last);
  }
  found.sort((a, b) => a.retained.replayId - b.retained.replayId);
  const taken = found.slice(0, most);
  const cut = new Map<string, number>();
  for (const { channel, retained } of found.slice(most)) if (!cut.has(channel)) cut.set(channel, retained.replayId - 1);
  for (const [channel, subscription] of client.subscriptions)
    subscription.after = cut.get(channel) ?? scanned.get(channel) ?? subscription.after;
  org.counters.eventsDelivered += taken.length;
  return taken.map(({ channel, retained }) => messageOf(org, channel, client.subscriptions.get(channel)!, retained));
}

function messageOf(org: Org, channel: string, { access }: Subscription, { emitted, data, replayId }: Retained): string {
  const hidden = new Set(
    [...access.hiddenFields].flatMap((path) =>
      path.startsWith(`${emitted.entity}.`) ? [path.slice(emitted.entity.length + 1)] : [],
    ),
  );
  const object = hidden.size > 0 ? org.store.object(emitted.entity) : undefined;
  const shown = object ? dataOf(withoutFields(emitted.payload, object, hidden), replayId) : data;
  return `{"data":${shown},"channel":${JSON.stringify(channel)}}`;
}
