/** Ids that sort by the time they were made: a list by id is a list by age, and paging by id needs no clock. */
import { randomBytes } from 'node:crypto';

let lastMs = -1;
let sequence = 0;

/** A version 7 UUID; those of one millisecond of this process follow each other, up to 4,096 of them (RFC 9562, 6.2, method 1). */
export function newId(now: Date = new Date()): string {
  const ms = now.getTime();
  sequence = ms === lastMs ? (sequence + 1) & 0x0fff : 0;
  lastMs = ms;
  const bytes = randomBytes(16);
  bytes.writeUIntBE(ms, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
