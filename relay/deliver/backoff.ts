/** When a delivery that failed is tried again. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The wait after the first failure, the second, …; then the last one over and over. */
export const SCHEDULE_MS = [SECOND, 3 * SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR] as const;
/** After about this long nothing is tried by itself any more. */
export const GIVE_UP_AFTER_MS = 72 * HOUR;
const JITTER = 0.2;

/** 1, 2, … 77: the failure after which the waits have added up to 72 hours. */
export const MOST_ATTEMPTS = (() => {
  let waited = 0;
  let attempts = 0;
  while (waited + scheduled(attempts + 1) <= GIVE_UP_AFTER_MS) waited += scheduled(++attempts);
  return attempts;
})();

export interface Failed {
  readonly now: Date;
  /** While a whole connection rested, tries were counted faster than time passed: both must be used up. null: this is the first. */
  readonly firstFailedAt: Date | null;
  /** 0 to 1; lengthens the wait by at most 20 %, so that records that failed together do not come back together. */
  readonly jitter: number;
  /**
   * What the other side asked for. Sooner than asked would only make it worse; but it never shortens the schedule, and a server that asks
   * for more than an hour (or twice the scheduled wait) is not obeyed to the letter.
   */
  readonly retryAfterMs?: number | null | undefined;
}

/** @param attempts how often it has failed, this time included: from 1 @returns null: never again by itself */
export function nextTry(attempts: number, { now, firstFailedAt, jitter, retryAfterMs }: Failed): Date | null {
  const failedFor = firstFailedAt === null ? 0 : now.getTime() - firstFailedAt.getTime();
  if (attempts > MOST_ATTEMPTS && failedFor >= GIVE_UP_AFTER_MS - HOUR) return null;
  const wait = scheduled(attempts);
  const asked = Math.min(Math.max(retryAfterMs ?? 0, wait), Math.max(2 * wait, HOUR));
  return new Date(now.getTime() + Math.round(asked * (1 + JITTER * jitter)));
}

function scheduled(attempts: number): number {
  return SCHEDULE_MS[Math.min(Math.max(attempts, 1), SCHEDULE_MS.length) - 1] ?? HOUR;
}
