/** Whether a failure is the database's absence, of which a caller should hear "later" and not "broken". */

/** Node's errors of a socket. */
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Postgres's classes: 08 connection, 53 resources (disk full, too many connections), 57 operator intervention (shutdown, cancelled by
 * the statement's time limit), 58 system error, 40 rolled back by a deadlock.
 */
const CLASSES = new Set(['08', '53', '57', '58', '40']);

/** What pg, PGlite and Kysely say without a code. */
const WORDS =
  /Connection terminated|timeout exceeded when trying to connect|PGlite is clos|PGlite failed|driver has already been destroyed|connection error and is not queryable|Cannot use a pool after/i;

export function isDatabaseAway(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    if (SOCKET.has(code)) return true;
    if (/^[0-9A-Z]{5}$/.test(code) && CLASSES.has(code.slice(0, 2))) return true;
  }
  if (WORDS.test(error.message)) return true;
  if (error instanceof AggregateError && error.errors.some((each) => isDatabaseAway(each, depth + 1))) return true;
  return isDatabaseAway(error.cause, depth + 1);
}
