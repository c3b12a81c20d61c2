/** How the orgs' streams are shared out among the relays: evenly by number, and moved one by one. Each relay decides for itself. */

export interface Standing {
  /** How many streams each living relay holds, by owner; the one that asks is among them. */
  readonly held: ReadonlyMap<string, number>;
  /** Orgs that nobody listens to. */
  readonly free: readonly string[];
}

/** Which of the free streams are this relay's to take: one after the other goes to whoever holds fewest by then. */
export function allotted(me: string, { held, free }: Standing): string[] {
  const counts = new Map(held);
  return [...free].sort().filter(() => {
    const [first = me] = [...counts].sort(fewestFirst)[0] ?? [];
    counts.set(first, (counts.get(first) ?? 0) + 1);
    return first === me;
  });
}

/**
 * Whether this relay should let one of its streams go: it holds more than an even share and somebody has room. Where nobody does and
 * still one holds two more than another, the fullest lets go. What is free already is on its way to those that have room.
 */
export function hasTooMany(me: string, { held, free }: Standing): boolean {
  const mine = held.get(me) ?? 0;
  const counts = [...held.values()];
  const most = Math.ceil((counts.reduce((sum, count) => sum + count, 0) + free.length) / held.size);
  const room = counts.reduce((sum, count) => sum + Math.max(0, most - count), 0);
  if (mine > most) return room > free.length;
  if (free.length > 0 || counts.some((count) => count > most)) return false;
  const fullest = [...held].sort(fewestFirst).at(-1)?.[0];
  return fullest === me && mine - Math.min(...counts) >= 2;
}

const fewestFirst = ([a, m]: [string, number], [b, n]: [string, number]): number => m - n || (a < b ? -1 : 1);
