/** A long ordinary day in short: events all the time, and every half minute one of the misfortunes that leave things open behind them. */
import { readFileSync, readdirSync } from 'node:fs';
import { progressBar } from '../start/progress.ts';
import type { LaunchedRelay } from '../start/relay.ts';
import { type Field, prepareField } from './field.ts';

export interface Sample {
  readonly rssMb: number;
  /** After the collector ran last it is at least this. */
  readonly heapMb: number;
  /** Open files and sockets of the process. */
  readonly files: number;
  /** Timers, sockets and requests that Node keeps. */
  readonly resources: number;
}

export interface Soak {
  readonly events: number;
  readonly issues: number;
  readonly samples: readonly Sample[];
}

const SAMPLE_MS = 5_000;
const EVENTS_A_SECOND = 20;
const MISFORTUNE_MS = 30_000;
const PATIENCE_MS = 120_000;

/** In turn. The stream is set up anew, tokens are fetched anew, requests end in every way. */
const MISFORTUNES: readonly ((field: Field) => Promise<unknown>)[] = [
  ({ salesforce }) => salesforce.control('POST', 'forget-clients'),
  ({ salesforce }) => salesforce.control('POST', 'expire-tokens'),
  ({ zenqms }) => zenqms.control('POST', 'faults', { kind: 'reset', operation: 'createIssue', committed: true, times: 5 }),
  ({ salesforce }) => salesforce.control('POST', 'disconnect-clients'),
  ({ zenqms }) => zenqms.control('POST', 'faults', { kind: 'status', status: 503, times: 5 }),
  ({ zenqms }) => zenqms.control('POST', 'faults', { kind: 'rate_limited', retryAfter: 1, times: 3 }),
];

const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** @param server a Postgres where databases may be made, null for PGlite */
export async function soak(server: string | null, minutes: number): Promise<Soak> {
  const field = await prepareField(server);
  try {
    const [relay] = (await field.launch(1)) as [LaunchedRelay];
    const samples: Sample[] = [];
    const until = performance.now() + minutes * 60_000;
    const bar = progressBar('soak, seconds', minutes * 60);
    let events = 0;
    let sampleAt = performance.now() + SAMPLE_MS;
    let misfortuneAt = performance.now() + MISFORTUNE_MS;
    let turn = 0;
    for (const from = performance.now(); performance.now() < until;) {
      await soon(Math.max(0, from + (events / EVENTS_A_SECOND) * 1_000 - performance.now()));
      await field.salesforce.control('POST', 'insert-each', { object: 'Case', records: [{ Subject: `Pump ${events} stops` }] });
      events += 1;
      if (performance.now() >= sampleAt) {
        samples.push(await sample(relay));
        sampleAt += SAMPLE_MS;
        bar.update(Math.round((performance.now() - from) / 1_000));
      }
      if (performance.now() >= misfortuneAt) {
        await MISFORTUNES[turn % MISFORTUNES.length]?.(field);
        turn += 1;
        misfortuneAt += MISFORTUNE_MS;
      }
    }
    const made = async (): Promise<number> => (await field.zenqms.control<{ issuesMade: number }>('GET', 'counters')).issuesMade;
    for (const deadline = performance.now() + PATIENCE_MS; (await made()) < events && performance.now() < deadline;)
      await soon(250);
    bar.end();
    return { events, issues: await made(), samples };
  } finally {
    await field.close();
  }
}

async function sample(relay: LaunchedRelay): Promise<Sample> {
  const status = readFileSync(`/proc/${relay.pid}/status`, 'utf8');
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN);
  return {
    rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
    heapMb: figure('nodejs_heap_size_used_bytes') / 2 ** 20,
    files: readdirSync(`/proc/${relay.pid}/fd`).length,
    resources: figure('nodejs_active_resources_total'),
  };
}
