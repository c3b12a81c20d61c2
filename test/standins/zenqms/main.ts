/**
 * The stand-in as a process of its own: `node test/standins/zenqms/main.ts`.
 * Environment: PORT (0: any), HOST, SEED, SETTINGS (JSON, some of Settings). Prints one JSON line when it listens; SIGTERM ends it.
 */
import { TOKENS } from './seed.ts';
import { startZenqms } from './server.ts';
import type { Settings } from './settings.ts';

const { PORT, HOST, SEED, SETTINGS } = process.env;
const zenqms = await startZenqms({
  port: Number(PORT ?? 0),
  ...(HOST ? { host: HOST } : {}),
  ...(SEED ? { seed: Number(SEED) } : {}),
  settings: SETTINGS ? (JSON.parse(SETTINGS) as Partial<Settings>) : {},
});
console.log(JSON.stringify({ msg: 'listening', url: zenqms.url, token: TOKENS.full }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void zenqms.close().then(() => process.exit(0)));
