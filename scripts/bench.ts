/**
 * `npm run bench`: how fast, how late and how dear, beside the bare POSTs and Node-RED. Writes docs/benchmarks.md.
 *
 *   --small               1,000 and 2,000 events instead of 5,000 and 20,000, an old log of 100,000 rows instead of 1,000,000
 *   --events 1000,5000    two sizes of one's own
 *   --only pglite,postgres,floor,node-red   some of it; the document is then left as it is unless --write is given
 *   TEST_DATABASE_URL     a Postgres where databases may be made; without it only PGlite is measured
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { format, resolveConfig } from 'prettier';
import { floor } from './bench/floor.ts';
import { type Backlog, backlog, latency, updateStorm } from './bench/measure.ts';
import { nodeRed } from './bench/node-red.ts';
import { type Row, cost, document, each, middle, range, rate, table, times } from './bench/report.ts';
import { CONNECTIONS } from './bench/zenqms.ts';
import { figure } from './figure.ts';

const { values } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    events: { type: 'string' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const server = process.env['TEST_DATABASE_URL'] ?? null;
const wanted = (part: string): boolean => values.only === undefined || values.only.split(',').includes(part);
const SIZES =
  values.events?.split(',').map((size) => figure('--events', size)) ?? (values.small ? [1_000, 2_000] : [5_000, 20_000]);
const [SMALLER = 0, LARGER = 0] = SIZES;
if (SIZES.length !== 2 || SMALLER >= LARGER) {
  console.error(`--events takes a smaller size and a larger one, as in --events 1000,5000; ${values.events} is not that.`);
  process.exit(2);
}
const LATENCIES = [0, 20, 100];
const PASSES = values.small ? 1 : 5;
const OLD_ROWS = values.small ? 100_000 : 1_000_000;
const LONGEST = values.small ? 10_000 : 100_000;
const OLD_LOG = { what: `${LARGER} with an old log`, events: LARGER, latencyMs: 0, oldRows: OLD_ROWS };
const DOCUMENT = join(import.meta.dirname, '../docs/benchmarks.md');

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

interface Peer {
  readonly events: number;
  readonly fetches: boolean;
}

/** The median of several passes, and from where to where they went. */
interface Measured {
  readonly run: Backlog;
  readonly range: string;
  /** The median of what it is of each peer in the same pass: what the machine does meanwhile then meets both. */
  readonly times: ReadonlyMap<Peer, number>;
}

const rows: Row[] = [];
const notes: string[] = [];
const add = (what: string, figure: string, ratio: string, bound: string): void => {
  rows.push({ what, figure, ratio, bound });
  console.log(`  ${what}: ${figure}; ${ratio}; ${bound}`);
};
/** A part that fails is said to have failed, in the document too; the others go on. */
async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.log(`  ${what} failed: ${message}`);
    notes.push(`${what} could not be measured: ${message}`);
  }
}

const floors = new Map<number, number>();
if (wanted('floor'))
  for (const ms of LATENCIES)
    await attempt(`The floor at ${ms} ms`, async () => {
      const perSecond = await floor(SMALLER, ms);
      floors.set(ms, perSecond);
      add(
        `floor: bare POSTs, ${ms} ms`,
        rate(perSecond),
        limitOf(ms, perSecond),
        perSecond < 0.8 * limit(ms) ? 'CPU of the stand-in and of this loop' : 'latency',
      );
    });

/** What Node-RED is asked for: with the record's fetch, as the relay does it, and without. It too is slower in its first thousands. */
const PEERS: readonly Peer[] = [
  { events: SMALLER, fetches: true },
  { events: SMALLER, fetches: false },
  { events: LARGER, fetches: true },
];
const peers = new Map<Peer, number>();
/** Of Postgres at 0 ms, by size; and the larger size with an old log. */
const beside = new Map<number | 'old log', Measured>();
await sideBySide();

const engines: [string, string | null][] = [];
if (wanted('postgres') && server) engines.push(['Postgres', server]);
if (wanted('pglite')) engines.push(['PGlite', null]);
if (!server) notes.push('Postgres was not measured: TEST_DATABASE_URL was not set.');
for (const [engine, url] of engines) {
  await write();
  console.log(engine);
  /** By latency, of the larger size. */
  const plain = new Map<number, number>();
  for (const events of SIZES)
    for (const ms of LATENCIES)
      await attempt(`${engine}, ${events} events at ${ms} ms`, async () => {
        const known = url !== null && ms === 0 ? beside.get(events) : undefined;
        const run = known?.run ?? (await backlog(url, { what: `${events} at ${ms} ms`, events, latencyMs: ms }));
        if (events === LARGER) plain.set(ms, run.perSecond);
        const ratio = `${limitOf(ms, run.perSecond)}${ms === 0 ? besidePeers(run, known?.times) : ''}`;
        add(`${engine}, ${events} events, ${ms} ms`, `${rate(run.perSecond)}${known?.range ?? ''}`, ratio, cost(run));
      });
  for (const ms of LATENCIES.slice(0, 2))
    await attempt(`${engine}, latency at ${ms} ms`, async () => {
      const run = await latency(url, { seconds: values.small ? 5 : 15, latencyMs: ms, perSecond: 20 });
      const figure = `p50 ${run.p50} ms, p99 ${run.p99} ms`;
      add(`${engine}, event → Issue, 20/s, ${ms} ms`, figure, `ZenQMS's answer + ${run.p50 - ms} ms`, each(run));
    });
  await attempt(`${engine}, update storm`, async () => {
    const run = await updateStorm(url, LARGER);
    add(`${engine}, ${LARGER} updates of ${LARGER / 40} records`, `${rate(run.perSecond)} events`, '', cost(run));
  });
  await attempt(`${engine}, old log`, async () => {
    const known = url !== null ? beside.get('old log') : undefined;
    const run = known?.run ?? (await backlog(url, OLD_LOG));
    const figure = `${rate(run.perSecond)}${known?.range ?? ''}`;
    const ratio = besides(run.perSecond, plain.get(0), 'of an empty log');
    add(`${engine}, ${LARGER}, ${OLD_ROWS} old rows, 1,000 integrations`, figure, ratio, cost(run));
  });
  if (url === null) continue;
  await attempt(`${engine}, a long backlog`, async () => {
    const run = await backlog(url, { what: `a backlog of ${LONGEST}`, events: LONGEST, latencyMs: 0 });
    const ratio = `${limitOf(0, run.perSecond)}${besidePeers(run)}`;
    add(`${engine}, ${LONGEST} events, 0 ms`, rate(run.perSecond), ratio, cost(run));
  });
  for (const ms of LATENCIES.slice(0, 2))
    await attempt(`Three relays at ${ms} ms`, async () => {
      const run = await backlog(url, { what: `three relays, ${ms} ms`, events: LARGER, latencyMs: ms, relays: 3 });
      const ratio = besides(run.perSecond, plain.get(ms), 'of one relay');
      add(`three relays, ${LARGER} events, ${ms} ms`, rate(run.perSecond), ratio, cost(run));
    });
}

console.log(`\n${table(rows)}\n${notes.join('\n')}`);
await write();

/** Node-RED and the relay in turn, several times, and the median of each. Each only where it is asked for. */
async function sideBySide(): Promise<void> {
  const rates: Map<Peer, number>[] = [];
  const backlogs = new Map<number | 'old log', Parameters<typeof backlog>[1]>([
    ...SIZES.map((events) => [events, { what: `${events} at 0 ms`, events, latencyMs: 0 }] as const),
    ['old log', OLD_LOG],
  ]);
  const runs: Map<number | 'old log', Backlog>[] = [];
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const tell = (what: string, perSecond: number): void => console.log(`  pass ${pass}, ${what}: ${rate(perSecond)}`);
    const [peersNow, runsNow] = [new Map<Peer, number>(), new Map<number | 'old log', Backlog>()];
    rates.push(peersNow);
    runs.push(runsNow);
    if (wanted('node-red'))
      for (const peer of PEERS)
        await attempt('Node-RED', async () => {
          const perSecond = await nodeRed(peer.events, peer.fetches);
          peersNow.set(peer, perSecond);
          tell(`Node-RED, ${peer.events}${peer.fetches ? ' with the fetch' : ''}`, perSecond);
        });
    if (wanted('postgres') && server)
      for (const [which, options] of backlogs)
        await attempt(`Postgres, ${options.what}`, async () => {
          const run = await backlog(server, options);
          runsNow.set(which, run);
          tell(options.what, run.perSecond);
        });
  }
  for (const peer of PEERS) {
    const measured = rates.flatMap((pass) => pass.get(peer) ?? []);
    const perSecond = middle(measured, (each) => each);
    if (perSecond === undefined) continue;
    peers.set(peer, perSecond);
    const what = peer.fetches ? 'fetch, look-up, create' : 'look-up, create';
    const figure = `${rate(perSecond)}${range(measured)}`;
    add(`Node-RED, ${peer.events} by http-in: ${what}, 0 ms`, figure, '', 'one CPU; nothing is stored');
  }
  for (const which of backlogs.keys()) {
    const measured = runs.flatMap((pass) => pass.get(which) ?? []);
    const run = middle(measured, (each) => each.perSecond);
    if (!run) continue;
    const timesOf = new Map<Peer, number>();
    for (const peer of PEERS) {
      const ratios = runs.flatMap((pass, place) => {
        const [ours, theirs] = [pass.get(which)?.perSecond, rates[place]?.get(peer)];
        return ours === undefined || theirs === undefined ? [] : [ours / theirs];
      });
      const ratio = middle(ratios, (each) => each);
      if (ratio !== undefined) timesOf.set(peer, ratio);
    }
    beside.set(which, { run, range: range(measured.map((each) => each.perSecond)), times: timesOf });
  }
}

/** After each database, so that a run that is ended early has its figures. */
async function write(): Promise<void> {
  if (values.only !== undefined && !values.write) return;
  const options = process.argv.slice(2).join(' ');
  const text = document(rows, { options, passes: PASSES, postgres: server === null ? null : await versionOf(server), notes });
  await writeFile(DOCUMENT, await format(text, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' }));
  console.log(`Written: ${DOCUMENT}`);
}

/** What the connections allow; without a latency nothing does. */
function limit(ms: number): number {
  return ms === 0 ? Infinity : (CONNECTIONS * 1000) / ms;
}

function limitOf(ms: number, perSecond: number): string {
  const bare = floors.get(ms);
  const parts = [
    ...(ms === 0 ? [] : [`${times(perSecond, limit(ms))} of connections ÷ latency`]),
    ...(bare === undefined ? [] : [`${times(perSecond, bare)} of the floor`]),
  ];
  return parts.join(', ');
}

function besides(perSecond: number, base: number | undefined, what: string): string {
  return base === undefined ? '' : `${times(perSecond, base)} ${what}`;
}

/** Beside Node-RED at as many events, or at most as it was asked for. */
function besidePeers(run: Backlog, inTurn?: ReadonlyMap<Peer, number>): string {
  const most = Math.max(...PEERS.map((peer) => peer.events));
  return PEERS.filter((peer) => peer.events === Math.min(run.events, most))
    .flatMap((peer) => {
      const alone = peers.get(peer);
      const ratio = inTurn?.get(peer) ?? (alone === undefined ? undefined : run.perSecond / alone);
      if (ratio === undefined) return [];
      return peer.fetches ? `, ${ratio.toFixed(2)} × Node-RED` : ` (${ratio.toFixed(2)} × without its fetch)`;
    })
    .join('');
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: found } = await client.query<{ server_version: string }>('show server_version').finally(() => client.end());
  return `Postgres ${found[0]?.server_version ?? ''}`;
}
