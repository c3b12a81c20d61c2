/**
 * What is known, without asking, of work that waits in the database: whether something of a ZenQMS connection may be due there. What is
 * new must not overtake it.
 */

export interface Waiting {
  /** Something of this connection was left for a later look. */
  left(zenqmsConnectionId: string): void;
  /** Somebody stored or woke something, of whatever connection. */
  anything(): void;
  mayWait(zenqmsConnectionId: string): boolean;
  /** Whether anything may. */
  readonly any: boolean;
  /** Before a look. @returns what to call with how it went: whether all that was found was taken, and whose work was not looked for */
  look(): (found: { all: boolean; without: readonly string[] }) => void;
}

/** Before the first look anything may wait. */
export function waiting(): Waiting {
  const known = new Set<string>();
  let unsure = true;
  let changes = 0;
  return {
    left: (id) => {
      changes += 1;
      known.add(id);
    },
    anything: () => {
      changes += 1;
      unsure = true;
    },
    mayWait: (id) => unsure || known.has(id),
    get any() {
      return unsure || known.size > 0;
    },
    look: () => {
      const before = changes;
      return ({ all, without }) => {
        // What changed meanwhile this look may have missed.
        if (!all || changes !== before) {
          unsure = true;
          return;
        }
        for (const id of known) if (!without.includes(id)) known.delete(id);
        if (unsure) for (const id of without) known.add(id);
        unsure = false;
      };
    },
  };
}
