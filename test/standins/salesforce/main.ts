/**
 * The stand-in as a process of its own. PORT (0: any), HOST, CONNECT_TIMEOUT_MS, EVENT_BATCH, ORG_ID, CURRENCIES (EUR,USD), SANDBOX (1),
 * API_MAX, EVENTS_MAX, RETENTION_MS, ACCESS_TOKEN_MS. Prints one line of JSON when it listens; /__control is for scripts.
 */
import { startSalesforce } from './server.ts';

const text = (name: string): string | undefined => (process.env[name] === '' ? undefined : process.env[name]);
const number = <K extends string>(name: string, key: K): { [key in K]?: number } =>
  (text(name) === undefined ? {} : { [key]: Number(text(name)) }) as { [key in K]?: number };

const salesforce = await startSalesforce({
  ...number('PORT', 'port'),
  ...number('CONNECT_TIMEOUT_MS', 'connectTimeoutMs'),
  ...number('EVENT_BATCH', 'batch'),
  ...number('API_MAX', 'apiMax'),
  ...number('EVENTS_MAX', 'eventsMax'),
  ...number('RETENTION_MS', 'retentionMs'),
  ...number('ACCESS_TOKEN_MS', 'accessTokenMs'),
  ...(text('HOST') === undefined ? {} : { host: text('HOST')! }),
  ...(text('ORG_ID') === undefined ? {} : { orgId: text('ORG_ID')! }),
  ...(text('CURRENCIES') === undefined ? {} : { currencies: text('CURRENCIES')!.split(',') }),
  sandbox: text('SANDBOX') === '1',
});
console.log(
  JSON.stringify({
    msg: 'listening',
    url: salesforce.url,
    orgId: salesforce.orgId,
    clientId: salesforce.app.clientId,
    clientSecret: salesforce.app.clientSecret,
  }),
);

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void salesforce.close().then(() => process.exit(0)));
