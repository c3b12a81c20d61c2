/** What this relay has in hand, by ZenQMS connection, and the room that is kept for what is about to be. */
import type { Delivery } from '../inbox/rows.ts';

export interface Hand {
  /** Without what is only reserved. */
  readonly size: number;
  /** How many more may come. */
  readonly room: number;
  deliveries(): readonly Delivery[];
  put(delivery: Delivery): void;
  /** @returns whether it was in hand under this lease: one that was given back may be in hand again, under another */
  remove(delivery: Delivery): boolean;
  /** Counts one in for which there is room in the whole. @returns whether there is */
  reserve(zenqmsConnectionId: string): boolean;
  release(zenqmsConnectionId: string): void;
  /** Has, or is about to have, so much that others' work comes first. */
  hasEnough(zenqmsConnectionId: string): boolean;
  /** Connections that have enough. */
  full(): string[];
}

/** @param most deliveries in hand at once; @param enough for one ZenQMS connection */
export function emptyHand({ most, enough }: { most: number; enough: number }): Hand {
  const hand = new Map<string, Delivery>();
  const perConnection = new Map<string, number>();
  let reserved = 0;
  const count = (id: string, change: number): void => {
    const left = (perConnection.get(id) ?? 0) + change;
    if (left > 0) perConnection.set(id, left);
    else perConnection.delete(id);
  };
  const room = (): number => most - hand.size - reserved;
  const remove = (delivery: Delivery): boolean => {
    if (hand.get(delivery.id)?.lease !== delivery.lease) return false;
    hand.delete(delivery.id);
    count(delivery.zenqmsConnectionId, -1);
    return true;
  };
  return {
    get size() {
      return hand.size;
    },
    get room() {
      return room();
    },
    deliveries: () => [...hand.values()],
    put: (delivery) => {
      // Its lease ran out while it was in hand here: it counts once.
      const before = hand.get(delivery.id);
      if (before) remove(before);
      hand.set(delivery.id, delivery);
      count(delivery.zenqmsConnectionId, 1);
    },
    remove,
    reserve: (id) => {
      if (room() <= 0) return false;
      reserved += 1;
      count(id, 1);
      return true;
    },
    release: (id) => {
      reserved -= 1;
      count(id, -1);
    },
    hasEnough: (id) => (perConnection.get(id) ?? 0) >= enough,
    full: () => [...perConnection].flatMap(([id, held]) => (held >= enough ? [id] : [])),
  };
}
