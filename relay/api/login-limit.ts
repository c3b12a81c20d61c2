/**
 * Slows those who try tokens. Counts wrong tokens of each address; a request without a token tries nothing, and a right token always
 * passes, so that nobody behind the same proxy can be shut out (a right one can't be found by trying: it has at least 24 characters).
 */
export interface LoginLimit {
  /** Seconds to wait after the failures so far, or null. */
  retryAfter(address: string): number | null;
  failed(address: string): void;
}

const WINDOW_MS = 60_000;
/** Beyond so many addresses the oldest are forgotten: memory is bounded whoever calls. */
const MOST_ADDRESSES = 10_000;

/** @param most wrong tokens a minute */
export function loginLimit(most: number, now: () => Date): LoginLimit {
  const windows = new Map<string, { from: number; failures: number }>();
  const current = (address: string): { from: number; failures: number } | null => {
    const window = windows.get(address);
    if (!window) return null;
    if (now().getTime() - window.from < WINDOW_MS) return window;
    windows.delete(address);
    return null;
  };
  return {
    retryAfter: (address) => {
      const window = current(address);
      if (!window || window.failures <= most) return null;
      return Math.max(1, Math.ceil((window.from + WINDOW_MS - now().getTime()) / 1000));
    },
    failed: (address) => {
      const window = current(address) ?? { from: now().getTime(), failures: 0 };
      window.failures += 1;
      windows.set(address, window);
      if (windows.size > MOST_ADDRESSES) {
        const [oldest] = windows.keys();
        if (oldest !== undefined) windows.delete(oldest);
      }
    },
  };
}
