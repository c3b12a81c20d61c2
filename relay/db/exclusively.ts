/** One at a time among all relays on one database, for work that holds no transaction open. */
import { sql } from 'kysely';
import type { Database } from './connect.ts';

const WAIT_MS = 10_000;
const LOOK_MS = 100;
/** Each holds a connection of the pool while its work needs another: so many at once leave enough. */
const AT_ONCE = 4;
let inside = 0;
const queue: (() => void)[] = [];

/**
 * Runs the work while it holds the lock of that name. A holder that is frozen must not stop everybody: after ten seconds the work is
 * done without, so it must be safe, if wasteful, to do twice. The embedded database has one process, which has its own order.
 */
export async function exclusively<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  if (database.kind === 'pglite') return work();
  if (inside >= AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
  inside += 1;
  try {
    return await locked(database, name, work);
  } finally {
    inside -= 1;
    queue.shift()?.();
  }
}

function locked<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  return database.db.connection().execute(async (connection) => {
    const deadline = performance.now() + WAIT_MS;
    let held = false;
    while (!held && performance.now() < deadline) {
      const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_lock(hashtextextended(${name}, 0)) as held`.execute(
        connection,
      );
      held = rows[0]?.held ?? false;
      if (!held) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    try {
      return await work();
    } finally {
      if (held) await sql`select pg_advisory_unlock(hashtextextended(${name}, 0))`.execute(connection);
    }
  });
}
