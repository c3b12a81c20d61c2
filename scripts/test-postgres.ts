/** The suites that use a database, once more on a real Postgres: contention, SKIP LOCKED and leases are nothing that PGlite can show. */
import { spawnSync } from 'node:child_process';

if (!process.env['TEST_DATABASE_URL']) {
  console.error('This suite needs a Postgres: set TEST_DATABASE_URL, for example');
  console.error('  TEST_DATABASE_URL=postgres://postgres@127.0.0.1:5432/test npm run test:postgres');
  process.exit(1);
}
const folders = [
  'test/db',
  'test/inbox',
  'test/deliver',
  'test/connections',
  'test/integrations',
  'test/log',
  'test/api',
  'test/checks',
  'test/plans',
];
const { status } = spawnSync('vitest', ['run', '--config', 'config/vitest.config.ts', '--passWithNoTests', ...folders], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
