/** How long to wait before the stream is opened again: a table, and a little chance so that many relays don't come at once. */
import type { Fault, FaultKind } from './faults.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** By how often in a row it happened; the last one stays. */
export const RECONNECT_MS: Readonly<Record<FaultKind, readonly number[]>> = {
  unauthorized: [0, 5 * SECOND, 30 * SECOND, MINUTE],
  reauthorize: [0],
  rehandshake: [0, SECOND, 5 * SECOND, 30 * SECOND, MINUTE],
  busy: [MINUTE, 2 * MINUTE, 5 * MINUTE],
  daily_limit: [15 * MINUTE],
  position_lost: [SECOND, 10 * SECOND, MINUTE],
  forbidden: [MINUTE, 5 * MINUTE],
  network: [SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE],
  silent: [0, SECOND, 5 * SECOND, 30 * SECOND],
  not_stored: [SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND],
};

/** @param inARow 1 for the first; @param chance 0 to 1 */
export function reconnectDelay(fault: Fault, inARow: number, chance: number, table = RECONNECT_MS): number {
  const waits = table[fault.kind];
  const wait = waits[Math.min(inARow, waits.length) - 1] ?? 0;
  return Math.max(Math.round(wait * (0.8 + 0.4 * chance)), fault.retryAfterMs ?? 0);
}
