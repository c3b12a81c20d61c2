import { expect, test } from 'vitest';
import { openUntil } from '../../relay/run/blackouts.ts';

const nightly = { start: '0 22 * * *', minutes: 120, timeZone: 'Europe/Berlin' };

test.each([
  ['before it', '2026-03-10T20:59:59Z', null],
  ['at its start', '2026-03-10T21:00:00Z', '2026-03-10T23:00:00.000Z'],
  ['inside', '2026-03-10T22:30:00Z', '2026-03-10T23:00:00.000Z'],
  ['at its end', '2026-03-10T23:00:00Z', null],
  ['in summer time', '2026-07-10T20:30:00Z', '2026-07-10T22:00:00.000Z'],
])('%s', (_name, now, until) => {
  expect(openUntil([nightly], new Date(now))?.toISOString() ?? null).toBe(until);
});

test('the last of several that overlap counts', () => {
  const longer = { start: '30 22 * * *', minutes: 240, timeZone: 'Europe/Berlin' };
  expect(openUntil([nightly, longer], new Date('2026-03-10T22:00:00Z'))?.toISOString()).toBe('2026-03-11T01:30:00.000Z');
});
