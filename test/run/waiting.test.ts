import { expect, test } from 'vitest';
import { waiting } from '../../relay/run/waiting.ts';

const ALL = { all: true, without: [] };

test('before a first look, after a hint, and where a look found more than it took, anything may wait', () => {
  const work = waiting();
  expect([work.mayWait('a'), work.any]).toEqual([true, true]);
  work.look()(ALL);
  expect([work.mayWait('a'), work.any]).toEqual([false, false]);
  work.look()({ all: false, without: [] });
  expect(work.mayWait('a')).toBe(true);
  work.look()(ALL);
  work.anything();
  expect(work.mayWait('a')).toBe(true);
});

test('what was left waits until a look that began later', () => {
  const work = waiting();
  work.look()(ALL);
  const looked = work.look();
  work.left('a');
  looked(ALL);
  // The others are not in doubt for it.
  expect([work.mayWait('a'), work.mayWait('b')]).toEqual([true, false]);
  work.look()(ALL);
  expect(work.any).toBe(false);
});

test('a hint during a look is not answered by it', () => {
  const work = waiting();
  const looked = work.look();
  work.anything();
  looked(ALL);
  expect(work.mayWait('a')).toBe(true);
});

test('whose work was not looked for stays as it was; where nothing was known, it may wait', () => {
  const work = waiting();
  work.look()({ all: true, without: ['full'] });
  expect([work.mayWait('full'), work.mayWait('other')]).toEqual([true, false]);
  work.look()(ALL);
  work.left('full');
  work.look()({ all: true, without: ['full', 'another'] });
  expect([work.mayWait('full'), work.mayWait('another')]).toEqual([true, false]);
});
