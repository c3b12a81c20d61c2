/** The stand-in as a process of its own: PORT (0: any), CONNECT_TIMEOUT_MS, EVENT_BATCH. */
import { startSalesforce } from './server.ts';

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

const salesforce = await startSalesforce({
  port: number('PORT', 0),
  connectTimeoutMs: number('CONNECT_TIMEOUT_MS', 110_000),
  batch: number('EVENT_BATCH', 500),
});
console.log(
  JSON.stringify({
    msg: 'listening',
    url: salesforce.url,
    clientId: salesforce.app.clientId,
    clientSecret: salesforce.app.clientSecret,
  }),
);

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void salesforce.close().then(() => process.exit(0)));
