/** How the account behaves; each can be switched while it runs. */
import type { OperationId } from './contract.ts';

export interface Settings {
  /** 409 for a second Issue of one external_system and external_id in a category. Off by default: a relay that leans on it is found out. */
  uniqueExternalIds: boolean;
  /** The same Idempotency-Key and request give the Issue made before. Off by default, for the same reason. */
  honourIdempotencyKey: boolean;
  /** Milliseconds before a search finds a new Issue. */
  searchLagMs: number;
  /** Milliseconds before each answer. */
  latencyMs: number;
  /** Overrides `latencyMs` for an operation. */
  latencyByOperation: Partial<Record<OperationId, number>>;
  /** For each token, in fixed windows; null: no limit. */
  rateLimit: { requests: number; windowMs: number } | null;
}

export const DEFAULTS: Settings = {
  uniqueExternalIds: false,
  honourIdempotencyKey: false,
  searchLagMs: 0,
  latencyMs: 0,
  latencyByOperation: {},
  rateLimit: null,
};

export interface RateLimiter {
  /** Counts the request. `headers` go on every answer while a limit is set; `retryAfter` (seconds) is set when it is over. */
  take(token: string, limit: Settings['rateLimit']): { headers: Record<string, string>; retryAfter: number | null };
}

export function createRateLimiter(now: () => number): RateLimiter {
  const windows = new Map<string, { from: number; used: number }>();
  return {
    take(token, limit) {
      if (limit === null) return { headers: {}, retryAfter: null };
      const at = now();
      let window = windows.get(token);
      if (!window || at >= window.from + limit.windowMs) windows.set(token, (window = { from: at, used: 0 }));
      window.used += 1;
      const reset = Math.max(1, Math.ceil((window.from + limit.windowMs - at) / 1000));
      const headers = {
        'x-ratelimit-limit': String(limit.requests),
        'x-ratelimit-remaining': String(Math.max(0, limit.requests - window.used)),
        'x-ratelimit-reset': String(reset),
      };
      return { headers, retryAfter: window.used > limit.requests ? reset : null };
    },
  };
}
