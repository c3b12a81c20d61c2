import { describe, expect, test } from 'vitest';
import { compileRegex, matchesWhole, RegexProblem } from '../../relay/formula/regex/index.ts';

const matches = (pattern: string, text: string) => matchesWhole(compileRegex(pattern), text, 1_000_000).matched;

describe("Java's syntax, whole text", () => {
  test.each([
    ['[a-z]+', 'abc', true],
    ['[a-z]+', 'abc1', false],
    ['(?i)acme', 'ACME', true],
    ['(?i:a)b', 'AB', false],
    ['\\p{Alpha}+\\d', 'abc1', true],
    ['[a-z&&[^aeiou]]+', 'bcd', true],
    ['[a-z&&[^aeiou]]+', 'bad', false],
    ['a++a', 'aaa', false],
    ['a*?b', 'aab', true],
    ['(?>a|ab)c', 'abc', false],
    ['(\\w+) \\1', 'yes yes', true],
    ['(?<x>.)\\k<x>', 'aa', true],
    ['(?=.*\\d)[a-z0-9]+', 'abc1', true],
    ['(?!.*\\d)[a-z0-9]+', 'abc1', false],
    ['.*(?<=ab)c', 'xabc', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['.', '😀', true],
    ['(a|b)*', 'abba', true],
    ['(a*)*', 'aaa', true],
    ['x{2,3}', 'xxxx', false],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['(?x) a b # both', 'ab', true],
    ['\\u00e9\\x41', 'éA', true],
    ['[\\p{L}&&[^\\p{IsLatin}]]+', 'λόγος', true],
    ['', '', true],
  ])('%s on %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  test.each([
    '(',
    ')',
    '[',
    'a**',
    '*a',
    '\\y',
    'a{2,1}',
    '(?<n>a)(?<n>b)',
    '\\p{Nope}',
    '(?z)',
    '{2}',
    '(?<=a*)b',
    '((a{99}){99}){99}',
  ])('%s is refused', (pattern) => {
    expect(() => compileRegex(pattern)).toThrow(RegexProblem);
  });
});

describe('bounded', () => {
  test.each([
    ['(a+)+b', 'a'.repeat(40)],
    ['(a|aa)+b', 'a'.repeat(60)],
    ['(.*)(.*)(.*)(.*)x', 'a'.repeat(5000)],
    ['([a-z]+)*[0-9]', 'abcdefghij'.repeat(10)],
  ])('%s gives up', (pattern, text) => {
    const started = performance.now();
    expect(matchesWhole(compileRegex(pattern), text, 1_000_000)).toEqual({ matched: undefined, steps: 1_000_000 });
    // 15 to 40 ms on a quiet machine.
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('a long text is no deep recursion', () => {
    expect(matches('(\\w+\\s)*', 'word '.repeat(20_000))).toBe(true);
  });
});
