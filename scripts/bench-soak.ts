/**
 * `npm run bench:soak`: fifteen minutes of events and small misfortunes; ends with 1 when memory or handles have grown, or an Issue is missing.
 *
 *   --minutes 15
 *   TEST_DATABASE_URL   a Postgres where databases may be made; without it the embedded database
 */
import { parseArgs } from 'node:util';
import { type Sample, soak } from './bench/soak.ts';
import { figure } from './figure.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '15' } } });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { events, issues, samples } = await soak(
  process.env['TEST_DATABASE_URL'] ?? null,
  figure('--minutes', values.minutes, 'any'),
);

const third = Math.floor(samples.length / 3);
const [first, middle, last] = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(2 * third)];
/** The first third warms up; the collector's saw-tooth is left out of the heap by taking its lowest points. */
const ROWS: readonly [string, (part: readonly Sample[]) => number, number][] = [
  ['resident memory, MB (median)', (part) => median(part.map((each) => each.rssMb)), 1.1],
  ['heap in use, MB (lowest)', (part) => Math.min(...part.map((each) => each.heapMb)), 1.15],
  ['open files and sockets (median)', (part) => median(part.map((each) => each.files)), 1.1],
  ['timers, sockets, requests (median)', (part) => median(part.map((each) => each.resources)), 1.1],
];
console.log('| | first third | second | last |\n| --- | --- | --- | --- |');
let grown = 0;
for (const [what, of, most] of ROWS) {
  const [before, after] = [of(middle), of(last)];
  // A handful of handles more or less is the moment's, not a leak's.
  const grew = after > before * most + 3;
  if (grew) grown += 1;
  console.log(`| ${what} | ${of(first).toFixed(0)} | ${before.toFixed(0)} | ${after.toFixed(0)}${grew ? ' GROWN' : ''} |`);
}
console.log(`${events} events, ${issues} Issues`);
process.exit(grown === 0 && issues === events ? 0 : 1);

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
}
