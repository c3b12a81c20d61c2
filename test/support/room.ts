import type { Room } from '../../relay/run/worker.ts';

/** A worker that has its hands full. */
export const noRoom = (zenqmsConnectionIds: readonly string[]): Room => ({
  lease: 'nobody',
  leaseMs: 0,
  granted: zenqmsConnectionIds.map(() => false),
  begin: () => undefined,
});
