/**
 * `node scripts/bench/simulate-scaling.ts`: a day of many orgs on the costs that the bench measured. No relay runs. The population is drawn, the
 * streams are shared out by the relay's own rules (relay/run/share.ts), and the rest is arithmetic: what the busiest minutes ask of
 * relays and of Postgres, how evenly the leases spread the work, how long it takes until they do, and what a day leaves on disk.
 *
 *   --orgs 10000  --events 100000000  --match 0.1
 *   --issue-ms 1.62 --skip-ms 1.62      CPU milliseconds of a relay for an event that makes an Issue, and for one that is filtered out
 *   --intake-ms 0.5                     the part of both that only the owner of the stream can do
 *   --postgres-issue-ms 1.19 --postgres-skip-ms 1.19
 *   --bytes 2200                        that an event leaves in the database
 *   --cores 16                          of one Postgres server
 */
import { parseArgs } from 'node:util';
import { allotted, surplus } from '../../relay/run/share.ts';
import { figure } from '../figure.ts';

const { values } = parseArgs({
  options: {
    orgs: { type: 'string', default: '10000' },
    events: { type: 'string', default: '100000000' },
    match: { type: 'string', default: '0.1' },
    'issue-ms': { type: 'string', default: '1.62' },
    'skip-ms': { type: 'string', default: '1.62' },
    'intake-ms': { type: 'string', default: '0.5' },
    'postgres-issue-ms': { type: 'string', default: '1.19' },
    'postgres-skip-ms': { type: 'string', default: '1.19' },
    bytes: { type: 'string', default: '2200' },
    cores: { type: 'string', default: '16' },
  },
});
const given = (name: keyof typeof values): number => figure(`--${name}`, values[name], 'any');
const match = given('match');
const relayMs = match * given('issue-ms') + (1 - match) * given('skip-ms');
const postgresMs = match * given('postgres-issue-ms') + (1 - match) * given('postgres-skip-ms');

/** Relays and servers are planned to be busy for so much of their CPUs. */
const BUSY = 0.6;
/** Events that Salesforce delivers in 24 hours without an add-on. */
const ALLOWANCES = { 'Enterprise Edition, 25,000': 25_000, 'Unlimited Edition, 50,000': 50_000 };
/** No org is drawn above what several units of the add-on would deliver. */
const MOST_A_DAY = 500_000;
/** As relay/run/streams.ts has them: seconds between two looks, and until a dead owner's lease ends. */
const LOOK_SECONDS = 2;
const TAKES_A_LOOK = 200;
const LEASE_SECONDS = 12;

const random = seeded(1);

interface Org {
  readonly id: string;
  readonly perDay: number;
  /** Hours by which its office is ahead of UTC. */
  readonly ahead: number;
}

/** Log-normal (sigma 1.2: the largest hundredth has a fifth of all), in three regions. */
function population(count: number, total: number): Org[] {
  const drawn = Array.from({ length: count }, () => Math.exp(1.2 * normal()));
  let scale = total / drawn.reduce((sum, each) => sum + each, 0);
  const capped = (): number => drawn.reduce((sum, each) => sum + Math.min(MOST_A_DAY, each * scale), 0);
  for (let round = 0; round < 50 && capped() < total * 0.999; round += 1) scale *= total / capped();
  return drawn.map((each, place) => {
    const region = random();
    return {
      id: `org-${String(place).padStart(6, '0')}`,
      perDay: Math.min(MOST_A_DAY, each * scale),
      ahead: region < 0.4 ? -6 : region < 0.75 ? 1 : 8,
    };
  });
}

/** Two fifths of an org's events fall into the four busiest hours of its day. */
const SHAPE = [1, 1, 1, 1, 1, 2, 3, 5, 9, 12, 13, 12, 9, 12, 13, 11, 8, 5, 3, 2, 2, 1, 1, 1];
const WHOLE = SHAPE.reduce((sum, each) => sum + each, 0);
const perSecond = (org: Org, hourUtc: number): number => {
  const share = (SHAPE[(hourUtc + org.ahead + 24) % 24] ?? 0) / WHOLE;
  return (org.perDay * share) / 3_600;
};

/** Relays that look every two seconds, in turn; each decides by the rules alone. */
class Fleet {
  readonly held = new Map<string, Set<string>>();
  free: Set<string>;
  handovers = 0;
  constructor(orgs: readonly Org[]) {
    this.free = new Set(orgs.map((org) => org.id));
  }
  start(owner: string): void {
    this.held.set(owner, new Set());
  }
  kill(owner: string): void {
    for (const id of this.held.get(owner) ?? []) this.free.add(id);
    this.held.delete(owner);
  }
  /** @returns whether anything moved */
  look(): boolean {
    let moved = false;
    for (const [owner, mine] of this.held) {
      const standing = () => ({ held: new Map([...this.held].map(([id, ids]) => [id, ids.size])), free: [...this.free] });
      const tooMany = surplus(owner, standing());
      for (const id of [...mine].slice(0, tooMany)) {
        mine.delete(id);
        this.free.add(id);
        this.handovers += 1;
        moved = true;
      }
      if (tooMany > 0) continue;
      for (const id of allotted(owner, standing()).slice(0, TAKES_A_LOOK)) {
        this.free.delete(id);
        mine.add(id);
        moved = true;
      }
    }
    return moved || this.free.size > 0;
  }
  /** @returns seconds until nothing moves any more */
  settle(): number {
    let looks = 0;
    while (this.look()) looks += 1;
    return looks * LOOK_SECONDS;
  }
}

const orgs = population(given('orgs'), given('events'));
const perDay = orgs.map((org) => org.perDay).sort((a, b) => b - a);
const hours = Array.from({ length: 24 }, (_, hour) => orgs.reduce((sum, org) => sum + perSecond(org, hour), 0));
const peak = Math.max(...hours);
const peakHour = hours.indexOf(peak);
const relays = Math.max(2, Math.ceil((peak * relayMs) / 1_000 / BUSY));

const fleet = new Fleet(orgs);
const names = Array.from({ length: relays }, (_, place) => `relay-${String(place).padStart(3, '0')}`);
for (const name of names) fleet.start(name);
const first = fleet.settle();
const byId = new Map(orgs.map((org) => [org.id, org]));
const intakeOf = (ids: ReadonlySet<string>): number =>
  [...ids].reduce((sum, id) => sum + perSecond(byId.get(id) as Org, peakHour), 0) * given('intake-ms');
const shared = (peak * (relayMs - given('intake-ms'))) / relays;
const busy = [...fleet.held.values()].map((ids) => (intakeOf(ids) + shared) / 1_000);
const largest = Math.max(...orgs.map((org) => perSecond(org, peakHour)));
fleet.kill(names[0] as string);
const failover = LEASE_SECONDS + fleet.settle();
fleet.handovers = 0;
fleet.start('relay-new');
const joined = fleet.settle();

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const percent = (value: number): string => `${Math.round(value * 100)} %`;
const rows: [string, string][] = [
  [
    'Events a day: all, median org, 99th percentile, largest',
    [orgs.reduce((sum, org) => sum + org.perDay, 0), ...[0.5, 0.01, 0].map((at) => perDay[Math.floor(at * orgs.length)] ?? 0)]
      .map(whole)
      .join(', '),
  ],
  ...Object.entries(ALLOWANCES).map(([what, most]): [string, string] => [
    `Orgs above the allowance of ${what}`,
    whole(perDay.filter((each) => each > most).length),
  ]),
  [
    'Events a second: on average, in the busiest hour, of the largest org then',
    [given('events') / 86_400, peak, largest].map(whole).join(', '),
  ],
  ['CPU milliseconds an event: relay, Postgres', `${relayMs.toFixed(3)}, ${postgresMs.toFixed(3)}`],
  [`Relays of one CPU, ${percent(BUSY)} busy at the peak`, whole(relays)],
  ['Streams of each, and long polls', whole(orgs.length / relays)],
  [
    'Busiest relay at the peak ÷ mean',
    (Math.max(...busy) / (busy.reduce((sum, each) => sum + each, 0) / busy.length)).toFixed(3),
  ],
  [
    'Seconds until the streams are shared out: a start of all, a death, a newcomer',
    [first, failover, joined].map(whole).join(', '),
  ],
  ['Streams that the newcomer was handed', whole(fleet.handovers)],
  [
    `Postgres cores at the peak, and servers of ${values.cores} cores, ${percent(BUSY)} busy`,
    `${((peak * postgresMs) / 1_000).toFixed(1)}, ${((peak * postgresMs) / 1_000 / BUSY / given('cores')).toFixed(2)}`,
  ],
  ['Gigabytes a day in the database', whole((given('events') * given('bytes')) / 1e9)],
];
console.log('| Quantity | Figure |\n| --- | --- |');
for (const [what, figure] of rows) console.log(`| ${what} | ${figure} |`);

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
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
