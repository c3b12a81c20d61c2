import { describe, expect, test } from 'vitest';
import { allotted, surplus } from '../../relay/run/share.ts';

const standing = (held: Record<string, number>, free: readonly string[] = []) => ({ held: new Map(Object.entries(held)), free });

test.each([
  ['alone: all', { a: 0 }, ['x', 'y'], { a: ['x', 'y'] }],
  ['in turn, whatever the order in which they are seen', { b: 0, a: 0 }, ['z', 'x', 'y'], { a: ['x', 'z'], b: ['y'] }],
  ['whoever holds fewest comes first', { a: 3, b: 1 }, ['x', 'y', 'z'], { a: ['z'], b: ['x', 'y'] }],
  ['whoever has enough gets none', { a: 2, b: 0 }, ['x'], { a: [], b: ['x'] }],
  ['but a single one, which is for whoever comes first', { a: 1, b: 0, c: 0 }, ['x'], { a: [], b: ['x'], c: ['x'] }],
])('what is free goes to one relay each, %s', (_name, held, free, expected) => {
  for (const [owner, own] of Object.entries(expected)) expect(allotted(owner, standing(held, free))).toEqual(own);
});

describe('letting go', () => {
  test.each([
    ['one org stays where it is', { a: 1, b: 0, c: 0 }, 0, []],
    ['a relay that is alone keeps all', { a: 9 }, 0, []],
    ['more than an even share', { a: 6, b: 0 }, 0, ['a']],
    ['until what is free fills the others', { a: 4, b: 0 }, 3, []],
    ['two that have too much, at once', { a: 4, b: 4, c: 0, d: 0 }, 0, ['a', 'b']],
    ['fewer orgs than relays', { a: 2, b: 0, c: 0 }, 0, ['a']],
    ['one more than another is even enough', { a: 3, b: 2, c: 2 }, 0, []],
    ['no more than the share, and two more than another: one of the fullest', { a: 3, b: 3, c: 1 }, 0, ['b']],
    ['not while something is free', { a: 3, b: 3, c: 0 }, 1, []],
  ])('%s', (_name, held, free, expected) => {
    const now = standing(
      held,
      Array.from({ length: free }, (_, n) => `free-${n}`),
    );
    expect(Object.keys(held).filter((owner) => surplus(owner, now) > 0)).toEqual(expected);
  });
});

test('of much too much a tenth goes at a look, of a little one', () => {
  expect(surplus('a', standing({ a: 10_000, b: 0 }))).toBe(500);
  expect(surplus('a', standing({ a: 30, b: 0 }))).toBe(1);
});

/** Plays it: at each look one relay after the other lets go and takes, as they do. @returns how many streams were moved */
function play(held: Record<string, number>): { held: number[]; moved: number } {
  let free: string[] = [];
  let serial = 0;
  let moved = 0;
  for (let look = 0; look < 500; look++) {
    for (const owner of Object.keys(held)) {
      const own = allotted(owner, standing(held, free));
      const tooMany = surplus(owner, standing(held, free));
      held[owner] = (held[owner] ?? 0) + own.length;
      free = free.filter((id) => !own.includes(id));
      moved += own.length;
      held[owner] -= tooMany;
      for (let n = 0; n < tooMany; n++) free.push(`s${(serial += 1)}`);
    }
  }
  expect(free).toEqual([]);
  return { held: Object.values(held), moved };
}

test.each([
  [{ a: 7, b: 0 }, 3],
  [{ a: 500, b: 0 }, 250],
  [{ a: 5, b: 0, c: 0 }, 3],
  [{ a: 12, b: 13, c: 12, d: 13, e: 0 }, 10],
  [{ a: 2, b: 0, c: 0 }, 1],
  [{ a: 10, b: 1, c: 1, d: 0 }, 7],
])('from %o it comes to an even share in %i moves and rests', (held, least) => {
  const end = play({ ...held });
  expect(Math.max(...end.held) - Math.min(...end.held)).toBeLessThanOrEqual(1);
  expect(end.moved).toBe(least);
});
