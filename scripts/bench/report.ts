/** The figures as a table for people, and as docs/benchmarks.md. */
import { cpus, loadavg, totalmem } from 'node:os';
import type { Backlog } from './measure.ts';
import { WARM_UP } from './zenqms.ts';

export interface Row {
  readonly what: string;
  readonly figure: string;
  /** Against what it is held, as a ratio of the same run. */
  readonly ratio: string;
  readonly bound: string;
}

export const rate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString('en')}/s`;
export const times = (figure: number, base: number): string => (figure / base).toFixed(2);

/** The one in the middle, by its figure; undefined of none. */
export const middle = <T>(all: readonly T[], figure: (each: T) => number): T | undefined =>
  all.toSorted((a, b) => figure(a) - figure(b))[Math.floor(all.length / 2)];

/** From the least to the most of several; nothing of a single one. */
export const range = (all: readonly number[]): string => {
  const [least, most] = [Math.min(...all), Math.max(...all)].map((each) => Math.round(each).toLocaleString('en'));
  return all.length < 2 ? '' : ` (${least} to ${most})`;
};

export const each = ({ perEvent }: Pick<Backlog, 'perEvent'>): string =>
  `${[perEvent.relay, ...(perEvent.postgres > 0 ? [perEvent.postgres] : [])].map((ms) => ms.toFixed(2)).join(' + ')} ms an event`;

export const cost = (run: Backlog): string =>
  `${run.used.cpuSeconds.toFixed(1)} CPU s (${each(run)}), ` +
  `${Math.round(run.used.peakMb)} MB, ${run.salesforceCalls} Salesforce calls, ` +
  `${run.zenqmsCallsPerIssue.toFixed(3)} ZenQMS calls an Issue`;

export function table(rows: readonly Row[]): string {
  const head: Row = { what: 'What', figure: 'Figure', ratio: 'Ratio', bound: 'Bound by' };
  const columns = ['what', 'figure', 'ratio', 'bound'] as const;
  const widths = columns.map((column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row: Row): string => `| ${columns.map((column, place) => row[column].padEnd(widths[place] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** @param notes sentences on what was left out, and why */
export function document(
  rows: readonly Row[],
  options: { options: string; passes: number; postgres: string | null; notes: readonly string[] },
): string {
  return `# Benchmarks

Written by \`npm run bench${options.options === '' ? '' : ` -- ${options.options}`}\` on ${new Date().toISOString().slice(0, 10)}. Stand-ins, relays and database share one machine, so
absolute figures are the machine's; ratios are of figures from the same run.

- Machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB of memory, everything on loopback
- Load average at the end: ${loadavg()[0]?.toFixed(1)}. Where it is above what the bench itself keeps busy (about four processes), others were at work,
  and whatever needs CPU was slower than it is alone.
- Node ${process.versions.node}, ${options.postgres ?? 'PGlite only'}
- A backlog is what happened while no relay ran; a rate is from the first Issue seen to the last. 32 connections to ZenQMS,
  whose stand-in has answered ${WARM_UP.toLocaleString('en')} requests before, for everybody alike.
- Node-RED and the relay on Postgres at 0 ms, with an empty log and with an old one, are measured in turn, ${options.passes} times; the median of each is
  given, and what it lies between; × Node-RED is the median of what they were in the same pass, at as many events (the long backlog beside Node-RED's most).
  Both are faster after their first thousands. Where processors are shared with others, bad minutes take more from the relay, which keeps both busy, than
  from Node-RED, which is one process.
- CPU seconds are the relays' own from start to end; in brackets what an event cost once it was running, the relays and then Postgres. Memory
  is the largest relay's peak. The embedded database counts as the relay's.

${table(rows)}

${options.notes.map((note) => `- ${note}\n`).join('')}
${BOUNDS}`;
}

/** From profiles: `BENCH_PROFILE=<directory> npm run bench` leaves one of each relay. */
const BOUNDS = `## What bounds what

- **At 0 ms** the machine's CPUs, which relay, Postgres, both stand-ins and the bench share: none of them waits for another for long. In brackets
  is what an Issue costs the relay and Postgres; the bare POSTs of the floor show what it costs the stand-in and its client. In the relay's own
  profile a fifth is writing to sockets, where whoever is woken may take the processor from it, an eighth collecting garbage, and about a thirteenth each
  the HTTP client and statements; of our functions only the JSON of statements has three hundredths. Short runs are slower than long ones: in the first seconds a tenth of both processors compiles, and little has run often
  enough to be fast.
- **At 20 and 100 ms** the connections. What is missing to connections ÷ latency is the beginning and the end of the run, when fewer than all are
  in use, and the time in which CPU is short.
- **Latency** is two answers of ZenQMS, one after the other (is the Issue there already, and its POST), and three commits: the event, the claim, and
  that the POST may happen. A handful of milliseconds is waiting for others to share a commit with.
- **Calls**: a hundred records share a look-up, 500 a call to Salesforce; four calls open the stream and read the object's description.
- **An old log** costs nothing that can be seen: every statement finds its few rows by an index, which \`test/plans\` holds against a million rows.
- **Three relays** have three times the connections to ZenQMS, so that its latency stops being the limit; where CPU is, they share the same two
  processors, and pay three times for what is fixed: starting, polling, and more statements with fewer rows in each.
- **PGlite** does the database's work on the relay's own thread, in WebAssembly, one statement at a time.
- **Memory**: what is alive is about 50 MB; the rest is what V8 lets grow before it collects (\`npm run relay\` has the flags), and PGlite's own.
`;
