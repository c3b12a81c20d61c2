/** Notices that one job changes very many records: what lies above an integration's limit waits for a person's approval. */
import type { ChangeEvent } from '../model/event.ts';

const WINDOW_MS = 10 * 60_000;

export interface BulkGuard {
  /** Counts the event; true when its job has changed more than `limit` records within ten minutes of commit time. */
  exceeds(integrationId: string, event: ChangeEvent, limit: number): boolean;
}

export function bulkGuard(): BulkGuard {
  const windows = new Map<string, { from: number; count: number }>();
  return {
    exceeds: (integrationId, event, limit) => {
      const key = `${integrationId} ${event.changeOrigin ?? ''} ${event.commitUser ?? ''}`;
      const at = Date.parse(event.eventAt);
      const known = windows.get(key);
      if (!known || at - known.from > WINDOW_MS) {
        if (windows.size > 10_000) windows.clear();
        windows.set(key, { from: at, count: 1 });
        return limit < 1;
      }
      known.count += 1;
      return known.count > limit;
    },
  };
}
