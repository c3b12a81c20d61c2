/** Where each channel of an org's stream is read from, and since when nobody has heard those that no event speaks for. */
import type { Db } from '../db/connect.ts';
import {
  type ChannelPosition,
  type StreamLease,
  forgetPosition,
  isAnchorless,
  markChannel,
  noteHeard,
  positions,
} from '../inbox/lease.ts';
import type { Begun } from '../salesforce/stream-positions.ts';

export interface ChannelPositions {
  /** Reads what is stored, and notes channels that are read for the first time. */
  load(channels: readonly string[]): Promise<void>;
  position(channel: string): string;
  /** Events up to there are stored. */
  reached(channel: string, replayId: string, eventAt: string | null): void;
  /** A subscription is confirmed; asks for a search behind it where it may not bring all. */
  begun(channel: string, begun: Begun): Promise<void>;
  /** So that a search need not begin where a channel was first read. @param lastReplyAt when the server last answered */
  noteQuiet(hears: (channel: string) => boolean, lastReplyAt: Date | null): Promise<void>;
}

export interface ChannelPositionsOptions {
  readonly db: Db;
  readonly lease: StreamLease;
  /** The stream does not reach back to what was stored: the rest is found by query. null: it may, and nothing proves it. */
  readonly gap: (connectionId: string, since: Date, message: string | null) => Promise<void>;
  readonly now: () => Date;
}

/** Salesforce keeps change events for three days. */
const RETAINED_MS = 72 * 3_600_000;
/** That a channel was heard and brought nothing is noted as often. */
const HEARD_MS = 10 * 60_000;
const UNHEARD = 'Nobody listened to the channel for as long as Salesforce keeps its events.';

export function channelPositions({ db, lease, gap, now }: ChannelPositionsOptions): ChannelPositions {
  const { connectionId } = lease;
  let fresh: ReadonlySet<string> = new Set();
  let stored = new Map<string, ChannelPosition>();
  return {
    load: async (channels) => {
      stored = await positions(db, connectionId);
      // A channel that is read for the first time starts now, and is noted before anything can come. One that was noted and never
      // brought anything is read from the oldest that is retained: what is older than the integrations is left out by routing.
      fresh = new Set(channels.filter((channel) => !stored.has(channel)));
      for (const channel of fresh) await markChannel(db, lease, channel);
    },
    position: (channel) => {
      const known = stored.get(channel);
      if (known === undefined) return fresh.has(channel) ? '-1' : '-2';
      return isAnchorless(known) ? '-2' : known.replayId;
    },
    reached: (channel, replayId, eventAt) => {
      const at = eventAt ? new Date(eventAt) : (stored.get(channel)?.eventAt ?? null);
      stored.set(channel, { replayId, eventAt: at, storedAt: now() });
    },
    // Where an event says from where to go on, Salesforce refuses it once it no longer has what came after. A channel that has brought
    // none, at first or since it was refused, is read from whatever is retained: what is retained no longer nobody would miss.
    begun: async (channel, { replayId, refused }) => {
      const last = stored.get(channel);
      const noted = { replayId, eventAt: null, storedAt: now() };
      if (replayId === '-1') stored.set(channel, noted);
      if (replayId !== '-2') return;
      const since = last?.eventAt ?? last?.storedAt ?? now();
      const tooLong = now().getTime() - since.getTime() >= RETAINED_MS;
      // Where nothing was ever lost, what is retained is all there was.
      if (refused === null && !tooLong && last?.replayId !== '-2') return;
      await gap(connectionId, since, refused ?? (tooLong ? UNHEARD : null));
      await forgetPosition(db, lease, channel);
      stored.set(channel, noted);
    },
    noteQuiet: async (hears, lastReplyAt) => {
      const at = now().getTime();
      if (lastReplyAt === null || at - lastReplyAt.getTime() > HEARD_MS / 2) return;
      const quiet = [...stored].filter(
        ([channel, position]) => isAnchorless(position) && hears(channel) && at - position.storedAt.getTime() >= HEARD_MS,
      );
      if (quiet.length === 0) return;
      await noteHeard(
        db,
        lease,
        quiet.map(([channel]) => channel),
      );
      for (const [channel, position] of quiet)
        if (stored.get(channel) === position) stored.set(channel, { ...position, storedAt: lastReplyAt });
    },
  };
}
