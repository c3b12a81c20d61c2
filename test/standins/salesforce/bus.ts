/** The event bus: channels and their members, what is retained, and who is waiting for it. */
import type { Emitted } from './change-events.ts';

export interface Retained {
  /** Opaque and not contiguous. */
  replayId: number;
  at: number;
  emitted: Emitted;
  /** The message's data, written once however many subscribers there are. */
  data: string;
}

export interface Member {
  id: string;
  channel: string;
  event: string;
  /** As FullName and DeveloperName have it. */
  name?: string;
  filter?: string | null;
}

export interface Channel {
  id: string;
  name: string;
  label: string;
  type?: 'data' | 'event';
}

export interface Bus {
  readonly channels: Channel[];
  readonly members: Member[];
  publish(emitted: readonly Emitted[], at: number): void;
  /** False when it has aged out or never was. */
  knows(replayId: number): boolean;
  /** After `replayId`, oldest first, however old it is. */
  after(replayId: number): Iterable<Retained>;
  newest(): number;
  retained(): number;
  /** Whether a subscription to the channel brings the event. */
  carries(channel: string, event: string): boolean;
  /** Whether the event's entity is selected on any channel: of others nothing is ever published. */
  selected(event: string): boolean;
  onPublished(listener: (fresh: readonly Retained[]) => void): () => void;
  /** What is retained from before this time is forgotten. */
  age(before: number): void;
  /** The org moved: everything retained is gone, and ids begin anew somewhere else. */
  migrate(nextId: number): void;
}

const SCHEMA = 'IeRuaY6cbI_HsV8Rv1Mc5g';

export const dataOf = (payload: unknown, replayId: number): string =>
  `{"schema":"${SCHEMA}","payload":${JSON.stringify(payload)},"event":{"replayId":${replayId}}}`;

export function createBus(random: () => number): Bus {
  let retained: Retained[] = []; // by rising replayId
  let last = 4_000_000 + Math.floor(random() * 1000);
  let oldest = last;
  const listeners = new Set<(fresh: readonly Retained[]) => void>();
  const bus: Bus = {
    channels: [],
    members: [],
    publish(emitted, at) {
      const fresh = emitted.map((each): Retained => {
        last += 1 + Math.floor(random() * 5);
        return { replayId: last, at, emitted: each, data: dataOf(each.payload, last) };
      });
      retained.push(...fresh);
      for (const listener of [...listeners]) listener(fresh);
    },
    knows(replayId) {
      return Number.isSafeInteger(replayId) && replayId <= last && replayId >= oldest;
    },
    *after(replayId) {
      let low = 0;
      for (let high = retained.length; low < high;) {
        const middle = (low + high) >>> 1;
        if (retained[middle]!.replayId <= replayId) low = middle + 1;
        else high = middle;
      }
      for (; low < retained.length; low++) yield retained[low]!;
    },
    newest: () => last,
    retained: () => retained.length,
    carries(channel, event) {
      if (channel === `/event/${event}`) return true;
      const own = /^\/data\/(.+)$/.exec(channel)?.[1];
      if (!own) return false;
      if (own === 'ChangeEvents' || own.endsWith('__chn'))
        return bus.members.some((member) => member.channel === own && member.event === event);
      // A single-entity channel brings its entity when that is selected anywhere.
      return own === event && bus.selected(event);
    },
    selected: (event) => bus.members.some((member) => member.event === event),
    onPublished: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    age(before) {
      let gone = 0;
      while (gone < retained.length && retained[gone]!.at < before) gone += 1;
      if (gone === 0) return;
      oldest = retained[gone - 1]!.replayId + 1;
      retained = retained.slice(gone);
    },
    migrate(nextId) {
      retained = [];
      last = nextId;
      oldest = nextId;
    },
  };
  return bus;
}

export const entityOf = (event: string): string => event.replace(/__ChangeEvent$/, '__c').replace(/ChangeEvent$/, '');
