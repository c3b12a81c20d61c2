import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { batcher } from '../../relay/deliver/batcher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Statements that end when they are told to. */
function statements(options: Parameters<typeof batcher>[1]) {
  const sent: number[][] = [];
  const ends: ((error?: Error) => void)[] = [];
  const gathered = batcher<number, string>((items) => {
    sent.push([...items]);
    return new Promise((resolve, reject) => {
      ends.push((error) => (error ? reject(error) : resolve(items.map((item) => `did ${item}`))));
    });
  }, options);
  return { sent, ends, gathered };
}

test('what comes within the wait goes together, and each caller has its own answer', async () => {
  const { sent, ends, gathered } = statements({ max: 10, waitMs: 20 });
  const answers = Promise.all([gathered.add(1), gathered.add(2)]);
  await vi.advanceTimersByTimeAsync(19);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual([[1, 2]]);
  ends[0]?.();
  expect(await answers).toEqual(['did 1', 'did 2']);
});

test('alone it waits less than beside a statement that is under way', async () => {
  const { sent, ends, gathered } = statements({ max: 10, waitMs: 20, idleMs: 1 });
  void gathered.add(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual([[1]]);
  void gathered.add(2);
  await vi.advanceTimersByTimeAsync(10);
  void gathered.add(3);
  ends[0]?.();
  expect(sent).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(10);
  expect(sent).toEqual([[1], [2, 3]]);
});

test('a full batch does not wait', () => {
  const { sent, gathered } = statements({ max: 2, waitMs: 20 });
  void gathered.add(1);
  void gathered.add(2);
  expect(sent).toEqual([[1, 2]]);
});

test('the end of a statement does not send off what has only just come', async () => {
  const { sent, ends, gathered } = statements({ max: 10, waitMs: 20 });
  void gathered.add(1);
  await vi.advanceTimersByTimeAsync(20);
  void gathered.add(2);
  await vi.advanceTimersByTimeAsync(5);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(5);
  void gathered.add(3);
  expect(sent).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(10);
  expect(sent).toEqual([[1], [2, 3]]);
});

test('what has waited its time while a statement was under way goes as soon as that one ends', async () => {
  const { sent, ends, gathered } = statements({ max: 10, waitMs: 20 });
  void gathered.add(1);
  await vi.advanceTimersByTimeAsync(20);
  void gathered.add(2);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toEqual([[1]]);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual([[1], [2]]);
});

test('a statement that fails tells its own callers and stops nobody else', async () => {
  const { ends, gathered } = statements({ max: 1, waitMs: 20 });
  const first = gathered.add(1).catch((error: Error) => error.message);
  const second = gathered.add(2);
  ends[0]?.(new Error('gone'));
  expect(await first).toBe('gone');
  await vi.advanceTimersByTimeAsync(0);
  ends[1]?.();
  expect(await second).toBe('did 2');
});

test('draining waits for nobody', async () => {
  const { sent, ends, gathered } = statements({ max: 10, waitMs: 60_000 });
  const added = gathered.add(1);
  const drained = gathered.drain();
  expect(sent).toEqual([[1]]);
  ends[0]?.();
  await drained;
  expect(await added).toBe('did 1');
});
