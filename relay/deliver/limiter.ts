/**
 * How many requests to one ZenQMS account may be under way: adapts by itself, as TCP does. A 429 or latency well above what is
 * usual halves it (at most once a second); a run of good answers as long as the limit raises it by one.
 */

export interface Limiter {
  /** Resolves when a slot is free. @returns what gives it back, told how the request went */
  acquire(): Promise<Release>;
  readonly limit: number;
  readonly inUse: number;
  readonly waiting: number;
  /** Milliseconds that a request takes when the account isn't pressed; null before the first. */
  readonly usualMs: number | null;
}

export type Release = (went: { readonly ok: boolean; readonly throttled: boolean; readonly durationMs: number }) => void;

const SLOW = 4;
const COOL_DOWN_MS = 1_000;

/** @param max the configured most; @param now milliseconds, monotonic */
export function adaptiveLimiter(max: number, now: () => number = () => performance.now()): Limiter {
  let limit = max;
  let inUse = 0;
  let good = 0;
  let usualMs: number | null = null;
  let lastCut = -Infinity;
  const queue: (() => void)[] = [];

  const wake = (): void => {
    while (inUse < limit) {
      const next = queue.shift();
      if (!next) return;
      inUse += 1;
      next();
    }
  };
  const cut = (): void => {
    if (now() - lastCut < COOL_DOWN_MS) return;
    lastCut = now();
    limit = Math.max(1, Math.floor(limit / 2));
    good = 0;
  };
  const learn = (durationMs: number): boolean => {
    // Drifts slowly upward, fast downward: what is usual is what the account can do when it isn't pressed.
    if (usualMs === null) usualMs = durationMs;
    const slow = durationMs > Math.max(usualMs * SLOW, usualMs + 250);
    usualMs += (durationMs - usualMs) * (durationMs < usualMs ? 0.1 : 0.01);
    return slow;
  };

  return {
    get limit() {
      return limit;
    },
    get inUse() {
      return inUse;
    },
    get waiting() {
      return queue.length;
    },
    get usualMs() {
      return usualMs;
    },
    acquire: () =>
      new Promise((resolve) => {
        const grant = (): void => {
          let given = false;
          resolve((went) => {
            if (given) return;
            given = true;
            inUse -= 1;
            if (went.throttled || (went.ok && learn(went.durationMs))) cut();
            else if (went.ok && ++good >= limit && limit < max) {
              limit += 1;
              good = 0;
            }
            wake();
          });
        };
        queue.push(grant);
        wake();
      }),
  };
}
