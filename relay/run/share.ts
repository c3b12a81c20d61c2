/** How the orgs' streams are shared out among the relays: evenly by number, and moved one by one. Each relay decides for itself. */

export interface Standing {
  /** How many streams each living relay holds, by owner; the one that asks is among them. */
  readonly held: ReadonlyMap<string, number>;
  /** Orgs that nobody listens to. */
  readonly free: readonly string[];
}

/**
 * Which of the free streams are this relay's to take: one after the other goes to whoever holds fewest by then. A single one is for
 * whoever of those comes first: the one that was named could be the next to die.
 */
export function allotted(me: string, { held, free }: Standing): string[] {
  if (free.length === 1) return (held.get(me) ?? 0) <= Math.min(...held.values()) ? [...free] : [];
  const counts = new Map(held);
  return [...free].sort().filter(() => {
    const [first = me] = [...counts].sort(fewestFirst)[0] ?? [];
    counts.set(first, (counts.get(first) ?? 0) + 1);
    return first === me;
  });
}

/** The most that a relay holds where all hold alike. */
export function evenShare({ held, free }: Standing): number {
  return Math.ceil(([...held.values()].reduce((sum, count) => sum + count, 0) + free.length) / held.size);
}

/** Of what a relay has too much it lets go of a tenth at a look: of thousands of orgs many, of a few one. */
const PART = 10;

/**
 * How many of its streams this relay should let go now: where it holds more than an even share and somebody has room, some of them. Where
 * nobody does and still one holds two more than another, the fullest lets one go. What is free already is on its way to those that have room.
 */
export function surplus(me: string, standing: Standing): number {
  const { held, free } = standing;
  const mine = held.get(me) ?? 0;
  const counts = [...held.values()];
  const most = evenShare(standing);
  const room = counts.reduce((sum, count) => sum + Math.max(0, most - count), 0);
  if (mine > most) return part(Math.min(mine - most, room - free.length));
  if (free.length > 0 || counts.some((count) => count > most)) return 0;
  const fullest = [...held].sort(fewestFirst).at(-1)?.[0];
  return fullest === me && mine - Math.min(...counts) >= 2 ? 1 : 0;
}

const part = (excess: number): number => (excess <= 0 ? 0 : Math.max(1, Math.floor(excess / PART)));

const fewestFirst = ([a, m]: [string, number], [b, n]: [string, number]): number => m - n || (a < b ? -1 : 1);
