/** The event bus: channels and their members, what is retained, and who is waiting for it. */
import type { Emitted } from './change-events.ts';

export interface Retained {
  /** Opaque and not contiguous. */
  replayId: number;
  at: number;
  emitted: Emitted;
}

export interface Member {
  id: string;
  channel: string;
  event: string;
}

export interface Bus {
  readonly channels: { id: string; name: string; label: string }[];
  readonly members: Member[];
  publish(emitted: readonly Emitted[], at: number): void;
  /** False when it has aged out or never was. */
  knows(replayId: number): boolean;
  /** After `replayId`, oldest first, however old it is. */
  after(replayId: number): Iterable<Retained>;
  newest(): number;
  /** Whether a subscription to the channel brings the event. */
  carries(channel: string, event: string): boolean;
  onPublished(listener: () => void): () => void;
  /** What is retained from before this time is forgotten. */
  age(before: number): void;
}

export function createBus(random: () => number): Bus {
  let retained: Retained[] = []; // by rising replayId
  let last = 4_000_000 + Math.floor(random() * 1000);
  let oldest = last;
  const listeners = new Set<() => void>();
  const bus: Bus = {
    channels: [],
    members: [],
    publish(emitted, at) {
      for (const each of emitted) {
        last += 1 + Math.floor(random() * 5);
        retained.push({ replayId: last, at, emitted: each });
      }
      for (const listener of [...listeners]) listener();
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
    carries(channel, event) {
      const own = /^\/data\/(.+)$/.exec(channel)?.[1];
      if (!own) return false;
      if (own === 'ChangeEvents')
        return bus.members.some((member) => member.channel === 'ChangeEvents' && member.event === event);
      if (own.endsWith('__chn')) return bus.members.some((member) => member.channel === own && member.event === event);
      // A single-entity channel brings its entity when that is selected anywhere.
      return own === event && bus.members.some((member) => member.event === event);
    },
    onPublished: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    age(before) {
      const gone = retained.filter((each) => each.at < before);
      retained = retained.filter((each) => each.at >= before);
      if (gone.length > 0) oldest = gone[gone.length - 1]!.replayId + 1;
    },
  };
  return bus;
}

export const entityOf = (event: string): string => event.replace(/__ChangeEvent$/, '__c').replace(/ChangeEvent$/, '');
