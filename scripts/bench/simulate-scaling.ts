/**
 * `node scripts/bench/simulate-scaling.ts`: a day of many orgs on the costs that the bench measured. No relay runs: it is arithmetic
 * on a drawn population, to see what a peak hour asks for and how evenly leases spread it.
 *
 *   --orgs 10000  --events 100000000  --match 0.1
 *   --relay-ms 3       CPU milliseconds of a relay for an event that makes an Issue (CPU seconds ÷ Issues of the bench)
 *   --skip-ms 1        the same for an event that is filtered out (CPU seconds ÷ events of the update storm)
 *   --postgres-events 1000   events a second that one Postgres took in the bench
 */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    orgs: { type: 'string', default: '10000' },
    events: { type: 'string', default: '100000000' },
    match: { type: 'string', default: '0.1' },
    'relay-ms': { type: 'string', default: '3' },
    'skip-ms': { type: 'string', default: '1' },
    'postgres-events': { type: 'string', default: '1000' },
  },
});
const orgs = Number(values.orgs);
const events = Number(values.events);
const match = Number(values.match);
const cpuMs = match * Number(values['relay-ms']) + (1 - match) * Number(values['skip-ms']);
const onePostgres = Number(values['postgres-events']);

/** Office hours: half of a day's events in four hours of twenty-four. */
const PEAK_SHARE_OF_HOUR = 0.125;
/** A relay is planned to be busy for so much of its one CPU. */
const BUSY = 0.6;
/** Events that Salesforce delivers in 24 hours without an add-on, Enterprise and Unlimited Edition. */
const ALLOWANCES = { enterprise: 25_000, unlimited: 50_000 };

const random = seeded(1);
const weights = Array.from({ length: orgs }, () => (1 - random()) ** (-1 / 1.3));
const sum = weights.reduce((all, each) => all + each, 0);
const perDay = weights.map((weight) => (weight / sum) * events).sort((a, b) => b - a);
const peak = (daily: number): number => (daily * PEAK_SHARE_OF_HOUR) / 3600;

const total = peak(events);
const relays = Math.ceil((total * cpuMs) / 1000 / BUSY);
const say = (what: string, figure: string): void => console.log(`| ${what} | ${figure} |`);
const whole = (value: number): string => Math.round(value).toLocaleString('en');

say('Quantity', 'Figure');
say('---', '---');
say('Events a second on average, at the peak', `${whole(events / 86_400)}, ${whole(total)}`);
say(
  'Events a day: median org, 99th percentile, largest',
  [0.5, 0.01, 0].map((at) => whole(perDay[Math.floor(at * orgs)] ?? 0)).join(', '),
);
for (const [edition, allowance] of Object.entries(ALLOWANCES))
  say(`Orgs above the ${edition} allowance of ${whole(allowance)}`, whole(perDay.filter((each) => each > allowance).length));
say('CPU milliseconds an event', cpuMs.toFixed(2));
say(`Relays of one CPU, ${BUSY * 100} % busy at the peak`, whole(relays));
say(`Postgres partitions (by org) of ${whole(onePostgres)} events a second`, whole(total / onePostgres / BUSY));
say('Long polls each relay holds', whole(orgs / relays));
say('Busiest relay ÷ mean, streams taken as they come free', spread(() => Math.floor(random() * relays)).toFixed(2));
say('Busiest relay ÷ mean, each stream to the least loaded', leastLoaded().toFixed(2));

/** Where each org's whole load stays with the relay that holds its stream; deliveries are shared by all in truth, so this is the worst. */
function spread(choose: (load: readonly number[]) => number): number {
  const load = new Array<number>(relays).fill(0);
  for (const each of perDay) {
    const at = choose(load);
    load[at] = (load[at] ?? 0) + each;
  }
  return Math.max(...load) / (events / relays);
}

function leastLoaded(): number {
  return spread((load) => load.indexOf(Math.min(...load)));
}

/** The same draw each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
