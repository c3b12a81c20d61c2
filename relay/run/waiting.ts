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
  /** What this look may have missed. */
  let since = { anything: false, left: new Set<string>() };
  return {
    left: (id) => {
      known.add(id);
      since.left.add(id);
    },
    anything: () => {
      unsure = true;
      since.anything = true;
    },
    mayWait: (id) => unsure || known.has(id),
    get any() {
      return unsure || known.size > 0;
    },
    look: () => {
      const missed = (since = { anything: false, left: new Set<string>() });
      return ({ all, without }) => {
        if (!all || missed.anything) {
          unsure = true;
          return;
        }
        for (const id of known) if (!without.includes(id) && !missed.left.has(id)) known.delete(id);
        if (unsure) for (const id of without) known.add(id);
        unsure = false;
      };
    },
  };
}
