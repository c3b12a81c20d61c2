/** What came of the samples: read from the log, counted, and held against what should have come. */
import type { Samples } from '../sample-cases.ts';
import type { ProgressBar } from './progress.ts';
import type { LaunchedRelay } from './relay.ts';

export interface Row {
  readonly id: string;
  readonly recordId: string;
  readonly outcome: 'created' | 'skipped' | 'error';
  readonly reason: string;
  readonly message: string;
  readonly issueNumber: string | null;
  readonly finishedAt: string | null;
}

const PATIENCE_MS = 180_000;

/** Waits until each event has ended. @throws when some have not in three minutes */
export async function outcomes(relay: LaunchedRelay, integrationId: string, events: number, bar: ProgressBar): Promise<Row[]> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { counts } = await relay.call<{ counts: Record<Row['outcome'], number> }>(
      'GET',
      `/api/v1/integrations/${integrationId}/status`,
    );
    bar.update(counts.created + counts.skipped + counts.error);
    if (counts.created + counts.skipped + counts.error >= events) {
      const rows = await all(relay, integrationId);
      if (rows.filter((row) => row.finishedAt !== null).length >= events) return rows;
    }
    if (performance.now() > deadline)
      throw new Error(
        `only ${counts.created + counts.skipped + counts.error} of ${events} events have an outcome after three minutes`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function all(relay: LaunchedRelay, integrationId: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
    const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: Row[]; next: string | null } = await relay.call(
      'GET',
      `/api/v1/executions?integrationId=${integrationId}&limit=500${more}`,
    );
    rows.push(...page.data);
    cursor = page.next;
  }
  return rows;
}

/** Outcomes by reason, with an example of each. */
export function table(rows: readonly Row[]): string {
  const groups = Map.groupBy(rows, (row) => `${row.outcome} / ${row.reason}`);
  const lines = [...groups]
    .sort((a, b) => b[1].length - a[1].length)
    .map(([name, own]) => [name, String(own.length), own[0]?.message ?? ''] as const);
  const head = ['Outcome / reason', 'Events', 'For example'] as const;
  const widths = [0, 1].map((column) => Math.max(...[head, ...lines].map((line) => line[column as 0 | 1].length)));
  const line = ([name, count, example]: readonly [string, string, string]): string =>
    `${name.padEnd(widths[0] ?? 0)}  ${count.padStart(widths[1] ?? 0)}  ${example.length > 90 ? `${example.slice(0, 89)}…` : example}`;
  return [line(head), line(['-'.repeat(widths[0] ?? 0), '-'.repeat(widths[1] ?? 0), '-----------']), ...lines.map(line), ''].join(
    '\n',
  );
}

/** @returns what is not as it should be; empty when all is */
export function compare(
  rows: readonly Row[],
  expected: Samples['expected'],
  seen: { issues: number; distinct: number; events: number },
): string[] {
  const count = (reason: string): number => rows.filter((row) => row.reason === reason).length;
  const pairs: [string, number, number][] = [
    ['events with an outcome', rows.length, seen.events],
    ['created', count('created'), expected.created],
    ['skipped as duplicates', count('duplicate'), expected.duplicate],
    ['excluded by the filter', count('filter_false'), expected.filter_false],
    ['refused', count('zenqms_refused'), expected.refused],
    ['Issues', seen.issues, expected.created],
    ['distinct records with an Issue', seen.distinct, seen.issues],
  ];
  return pairs.filter(([, is, should]) => is !== should).map(([what, is, should]) => `${is} ${what}, should be ${should}`);
}
