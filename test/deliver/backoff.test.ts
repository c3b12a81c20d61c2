import { describe, expect, it } from 'vitest';
import { GIVE_UP_AFTER_MS, MOST_ATTEMPTS, nextTry } from '../../relay/deliver/backoff.ts';

const NOW = new Date('2026-01-05T10:00:00Z');
const wait = (attempts: number, jitter = 0, retryAfterMs?: number | null, failedForMs: number | null = GIVE_UP_AFTER_MS) => {
  const firstFailedAt = failedForMs === null ? null : new Date(NOW.getTime() - failedForMs);
  const at = nextTry(attempts, { now: NOW, firstFailedAt, jitter, retryAfterMs });
  return at === null ? null : (at.getTime() - NOW.getTime()) / 1000;
};

describe('nextTry', () => {
  it('waits longer each time, then an hour', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map((attempts) => wait(attempts))).toEqual([1, 3, 10, 60, 300, 1800, 3600, 3600, 3600]);
  });

  it('gives up when 72 hours are full', () => {
    let total = 0;
    let attempts = 0;
    for (let next = wait(1); next !== null; next = wait(attempts + 1)) {
      total += next;
      attempts += 1;
    }
    expect(attempts).toBe(MOST_ATTEMPTS);
    expect(total * 1000).toBeLessThanOrEqual(GIVE_UP_AFTER_MS);
    expect(total * 1000).toBeGreaterThan(GIVE_UP_AFTER_MS - 3_600_000);
  });

  it('does not give up before 72 hours are over, however often it was tried meanwhile', () => {
    expect(wait(MOST_ATTEMPTS + 100, 0, null, GIVE_UP_AFTER_MS / 2)).toBe(3600);
    expect(wait(MOST_ATTEMPTS + 100, 0, null, null)).toBe(3600);
    expect(wait(MOST_ATTEMPTS + 100, 0, null, GIVE_UP_AFTER_MS)).toBeNull();
    expect(wait(3, 0, null, GIVE_UP_AFTER_MS * 2)).toBe(10);
  });

  it('adds at most a fifth', () => {
    expect(wait(4, 0.5)).toBe(66);
    expect(wait(4, 1)).toBe(72);
  });

  it.each([
    ['longer than scheduled', 1, 30_000, 30],
    ['shorter than scheduled', 4, 1_000, 60],
    ['more than an hour', 1, 86_400_000, 3600],
    ['more than twice a scheduled hour', 7, 86_400_000, 7200],
    ['nothing', 2, null, 3],
  ])('when the other side asks for %s', (_, attempts, retryAfterMs, expected) => {
    expect(wait(attempts, 0, retryAfterMs)).toBe(expected);
  });
});
