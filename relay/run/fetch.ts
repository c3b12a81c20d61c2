/** The records of a batch: one round of calls for each object of each org, whatever the number of integrations. */
import type { Delivery } from '../inbox/rows.ts';
import type { Settlement } from '../inbox/settle.ts';
import type { SalesforceCatalog } from '../model/catalog.ts';
import { type RecordResult, SalesforceError } from '../model/salesforce.ts';
import type { Prepared } from './prepare.ts';

interface Item {
  readonly delivery: Delivery;
  readonly prepared: Prepared;
}

/** @returns by delivery id; a delivery that is missing was settled with the reason of its failed fetch */
export type Fetch = (items: readonly Item[]) => Promise<ReadonlyMap<string, RecordResult>>;

export interface FetchOptions {
  readonly salesforce: SalesforceCatalog;
  readonly settle: (settlement: Settlement) => Promise<void>;
  readonly trouble: (salesforceConnectionId: string, error: unknown) => Promise<(delivery: Delivery) => Settlement>;
}

export function fetcher(options: FetchOptions): Fetch {
  const fetchGroup = async (items: readonly Item[], results: Map<string, RecordResult>): Promise<void> => {
    const first = items[0];
    if (!first) return;
    const connectionId = first.delivery.salesforceConnectionId;
    const ids = [...new Set(items.map(({ delivery }) => delivery.event.recordId))];
    const paths = [
      ...new Map(items.flatMap(({ prepared }) => prepared.paths).map((path) => [path.toLowerCase(), path])).values(),
    ];
    try {
      const records = await options.salesforce.records(connectionId, first.prepared.describe.name, ids, paths);
      for (const { delivery } of items) {
        const missing: RecordResult = { kind: 'not_readable', message: 'Salesforce did not answer for this record.' };
        results.set(delivery.id, records.get(delivery.event.recordId) ?? missing);
      }
    } catch (error) {
      const integrations = new Set(items.map(({ prepared }) => prepared.id));
      // One integration's field that can't be read any more must not stop the others of its object.
      if (error instanceof SalesforceError && error.kind === 'refused' && integrations.size > 1) {
        await Promise.all(
          [...integrations].map((id) =>
            fetchGroup(
              items.filter(({ prepared }) => prepared.id === id),
              results,
            ),
          ),
        );
        return;
      }
      const end = await options.trouble(connectionId, error);
      await Promise.all(items.map(({ delivery }) => options.settle(end(delivery))));
    }
  };

  return async (items) => {
    const groups = new Map<string, Item[]>();
    for (const item of items) {
      const key = `${item.delivery.salesforceConnectionId} ${item.prepared.describe.name}`;
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
    const results = new Map<string, RecordResult>();
    await Promise.all([...groups.values()].map((group) => fetchGroup(group, results)));
    return results;
  };
}
