import type { Reserve } from '../../relay/inbox/receive.ts';

/** A worker that has its hands full. */
export const noRoom: Reserve = (zenqmsConnectionIds) => ({
  lease: 'nobody',
  leaseMs: 0,
  granted: zenqmsConnectionIds.map(() => false),
  begin: () => undefined,
});
