/** The relay as it is run: `npm run relay [-- migrate | rotate-keys | retry <integration id> [since] | detach <table> --before <month>]`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './api/app.ts';
import { keysOfDirectory } from './connections/key-file.ts';
import { rotateKeys } from './connections/rotate.ts';
import { type Keyring, keyring } from './connections/secrets.ts';
import { type Database, openPGlite, openPostgres } from './db/connect.ts';
import { detachMonths } from './db/detach.ts';
import { DirectoryLocked } from './db/directory-lock.ts';
import { migrate } from './db/migrate.ts';
import { type Partitioned, makePartitions } from './db/partitions.ts';
import { type Env, envOrExit } from './env.ts';
import { retryErrors } from './inbox/again.ts';
import { takeOver } from './inbox/take.ts';
import { makeLog } from './run/log.ts';
import { startRelay } from './run/relay.ts';
import { apiServices } from './run/services.ts';

const [command, ...rest] = process.argv.slice(2);

const DETACHABLE = new Map<string, readonly Partitioned[]>([
  ['event', ['event']],
  ['execution', ['execution']],
  ['all', ['event', 'execution']],
]);

async function openDatabase(env: Env, log: ReturnType<typeof makeLog>): Promise<Database> {
  if (env.databaseUrl === null) return openPGlite(env.dataDir);
  return openPostgres(env.databaseUrl, {
    onError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
    max: 12,
  });
}

async function keysOf(env: Env): Promise<Keyring> {
  return keyring(env.encryptionKeys ?? (await keysOfDirectory(env.dataDir)));
}

async function maintain(work: (database: Database, env: Env) => Promise<object>): Promise<void> {
  const env = envOrExit('maintain');
  const database = await openDatabase(env, makeLog(env.logLevel));
  try {
    await migrate(database.db);
    console.log(JSON.stringify(await work(database, env)));
  } finally {
    await database.close();
  }
}

async function serve(): Promise<void> {
  const env = envOrExit('serve');
  const log = makeLog(env.logLevel);
  const database = await openDatabase(env, log);
  const applied = await migrate(database.db);
  if (applied.length > 0) log.info({ applied }, 'the database was brought up to date');
  await makePartitions(database.db, new Date());
  if (database.kind === 'pglite') await takeOver(database.db);
  let url = '';
  const relay = startRelay({ env, database, keyring: await keysOf(env), log, publicUrl: () => env.publicUrl ?? url });
  const app = buildApp(apiServices(relay), { adminToken: env.adminToken ?? '' });
  const server = createServer(app.callback());
  server.listen(env.port, env.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  url = `http://${env.host.includes(':') ? `[${env.host}]` : env.host}:${port}`;
  log.info({ url }, 'listening');

  closeWithGrace({ delay: 9_500, logger: false }, async ({ signal, err }) => {
    if (err) log.error({ err }, 'stopping because of an error that nobody caught');
    else log.info({ signal }, 'draining');
    server.close();
    server.closeIdleConnections();
    await relay.stop();
    // A connection that does not answer any more must not keep the process.
    await Promise.race([database.close(), new Promise((resolve) => setTimeout(resolve, 800).unref())]);
    log.info({}, 'stopped');
  });
}

async function run(): Promise<void> {
  switch (command) {
    case undefined:
      return serve();
    case 'migrate':
      return maintain(async (database) => ({ msg: 'migrated', partitions: await makePartitions(database.db, new Date()) }));
    case 'rotate-keys':
      return maintain(async (database, env) => ({ msg: 'rotated', ...(await rotateKeys(database.db, await keysOf(env))) }));
    case 'retry': {
      const [integrationId, since] = rest;
      if (!integrationId)
        throw new Error('Say which integration: npm run relay -- retry <integration id> [since, as 2026-03-01T00:00:00Z]');
      const from = since === undefined ? null : new Date(since);
      if (from && Number.isNaN(from.getTime())) throw new Error(`${since} is no time; an example: 2026-03-01T00:00:00Z`);
      return maintain(async (database) => ({ msg: 'retrying', retried: await retryErrors(database.db, integrationId, from) }));
    }
    case 'detach': {
      const [which = '', flag, month] = rest;
      const tables = DETACHABLE.get(which);
      if (!tables || flag !== '--before' || month === undefined)
        throw new Error('Say what and up to when: npm run relay -- detach event|execution|all --before <month, as 2026-03>');
      return maintain(async (database) => ({
        msg: 'detached',
        ...(await detachMonths(database.db, tables, month, { now: new Date() })),
      }));
    }
    default:
      throw new Error(`${command} is no command. There are: migrate, rotate-keys, retry, detach.`);
  }
}

run().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${error instanceof DirectoryLocked || command !== undefined ? message : `The relay could not start: ${message}`}\n`,
  );
  process.exit(1);
});
