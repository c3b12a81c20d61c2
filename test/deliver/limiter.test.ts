import { expect, test } from 'vitest';
import { adaptiveLimiter } from '../../relay/deliver/limiter.ts';
import { batcher } from '../../relay/deliver/batcher.ts';

const good = { ok: true, throttled: false, durationMs: 20 };

test('never more under way than the limit', async () => {
  const limiter = adaptiveLimiter(2, () => 0);
  const releases = [await limiter.acquire(), await limiter.acquire()];
  let third = false;
  const waiting = limiter.acquire().then((release) => ((third = true), release));
  await Promise.resolve();
  expect(third).toBe(false);
  expect(limiter.waiting).toBe(1);
  releases[0]?.(good);
  await waiting;
  expect(limiter.inUse).toBe(2);
});

test('a 429 halves the limit, once a second; good answers raise it again', async () => {
  let now = 0;
  const limiter = adaptiveLimiter(16, () => now);
  const go = async (went: { ok: boolean; throttled: boolean; durationMs: number }) => (await limiter.acquire())(went);
  now = 5_000;
  await go({ ok: false, throttled: true, durationMs: 5 });
  await go({ ok: false, throttled: true, durationMs: 5 });
  expect(limiter.limit).toBe(8);
  now = 6_001;
  await go({ ok: false, throttled: true, durationMs: 5 });
  expect(limiter.limit).toBe(4);
  for (let i = 0; i < 200; i++) await go(good);
  expect(limiter.limit).toBe(16);
});

test('answers that become much slower than usual lower it', async () => {
  let now = 0;
  const limiter = adaptiveLimiter(16, () => now);
  const go = async (durationMs: number) => (await limiter.acquire())({ ok: true, throttled: false, durationMs });
  for (let i = 0; i < 30; i++) await go(50);
  now = 10_000;
  await go(900);
  expect(limiter.limit).toBe(8);
});

test('a batcher answers each caller with its own answer, and passes a failure to all of its batch', async () => {
  const sizes: number[] = [];
  const doubled = batcher<number, number>(
    async (items) => {
      sizes.push(items.length);
      if (items.includes(13)) throw new Error('unlucky');
      return items.map((item) => item * 2);
    },
    { max: 3, waitMs: 1 },
  );
  expect(await Promise.all([1, 2, 3, 4].map((n) => doubled.add(n)))).toEqual([2, 4, 6, 8]);
  expect(sizes).toEqual([3, 1]);
  const results = await Promise.allSettled([13, 14].map((n) => doubled.add(n)));
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  expect(await doubled.add(5)).toBe(10);
});
