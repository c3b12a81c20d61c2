/**
 * `npm start`: the main job with nothing else installed. Both sides are stand-ins, the relay is the real one with its embedded
 * database; a quality department's Cases become Issues, and the real wizard can be used on them.
 *
 *   npm start               goes on until Ctrl-C
 *   npm start -- --once     ends when every event has its outcome: 0 if each has the one it should have, else 1
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startSalesforce } from '../test/standins/salesforce/server.ts';
import { TOKENS } from '../test/standins/zenqms/seed.ts';
import { startZenqms } from '../test/standins/zenqms/server.ts';
import { SAMPLE_INTEGRATION, sampleCases } from './sample-cases.ts';
import { progressBar } from './start/progress.ts';
import { launchRelay } from './start/relay.ts';
import { compare, outcomes, table } from './start/report.ts';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const say = (text = ''): void => void process.stdout.write(`${text}\n`);

const dataDir = await mkdtemp(join(tmpdir(), 'zenqms-relay-'));
const token = randomBytes(24).toString('base64url');
const started = performance.now();
const salesforce = await startSalesforce();
const zenqms = await startZenqms();
say(`Salesforce (stand-in)  ${salesforce.url}`);
say(`ZenQMS (stand-in)      ${zenqms.url}`);
const relay = await launchRelay({ dataDir, token });
say(`Relay                  ${relay.url}   log: ${relay.logFile}`);

const stopAll = async (): Promise<void> => {
  await relay.stop();
  await Promise.all([salesforce.close(), zenqms.close()]);
  if (values.once) await rm(dataDir, { recursive: true, force: true });
};
relay.onExit((code) => {
  say(`The relay ended by itself with ${code}. Its log: ${relay.logFile}`);
  process.exit(1);
});

let verdict: boolean;
try {
  verdict = await mainJob();
} catch (error) {
  say(`It did not work: ${error instanceof Error ? error.message : String(error)}`);
  say(`The relay's log: ${relay.logFile}`);
  verdict = false;
}
if (values.once || !verdict) {
  await stopAll();
  process.exit(verdict ? 0 : 1);
}
await goOn();

async function mainJob(): Promise<boolean> {
  const connection = await relay.call<{ id: string; authorizeUrl: string }>('POST', '/api/v1/salesforce/connections', {
    name: 'Sample org',
    loginUrl: salesforce.url,
    clientId: salesforce.app.clientId,
    clientSecret: salesforce.app.clientSecret,
  });
  const { location } = await salesforce.authorizeInBrowser(connection.authorizeUrl);
  const page = await fetch(location ?? '');
  if (!page.ok) throw new Error(`the authorisation ended with ${page.status}`);
  const account = await relay.call<{ id: string }>('POST', '/api/v1/zenqms/connections', {
    name: 'Sample account',
    baseUrl: zenqms.url,
    apiToken: TOKENS.full,
  });
  const integration = await relay.call<{ id: string; status: string }>('POST', '/api/v1/integrations', {
    ...SAMPLE_INTEGRATION,
    salesforceConnectionId: connection.id,
    zenqmsConnectionId: account.id,
  });
  say(`Integration            ${SAMPLE_INTEGRATION.name}: ${integration.status}`);
  say();

  const samples = sampleCases({ today: new Date() });
  const accounts = samples.accounts.map((each) => salesforce.db.insert('Account', { ...each }));
  const calls = { salesforce: salesforce.org.counters.apiCalls, zenqms: requests() };
  const records: string[] = [];
  for (const step of samples.steps) {
    if (step.kind === 'create')
      records[step.record] = salesforce.db.insert('Case', { ...step.values, AccountId: accounts[step.account] });
    else salesforce.db.update('Case', records[step.record] ?? '', { ...step.values });
  }
  const bar = progressBar('Cases', samples.steps.length);
  const rows = await outcomes(relay, integration.id, samples.steps.length, bar);
  bar.end();

  say(table(rows));
  const issues = zenqms.issues();
  const distinct = new Set(issues.map((issue) => issue.external_id));
  const used = { salesforce: salesforce.org.counters.apiCalls - calls.salesforce, zenqms: requests() - calls.zenqms };
  say(
    `${rows.length} events, each with one outcome; ${distinct.size} matching records, ${issues.length} Issues, ${issues.length === distinct.size ? 'no duplicate' : 'DUPLICATES'}.`,
  );
  say(
    `Salesforce calls: ${used.salesforce} for ${rows.length} events. ZenQMS calls: ${(used.zenqms / Math.max(1, issues.length)).toFixed(3)} an Issue.`,
  );
  say(`Took ${((performance.now() - started) / 1000).toFixed(1)} s from the start.`);
  const problems = compare(rows, samples.expected, {
    issues: issues.length,
    distinct: distinct.size,
    events: samples.steps.length,
  });
  for (const problem of problems) say(`NOT AS EXPECTED: ${problem}`);
  say();
  say('Where to look:');
  say(`  every outcome     curl -H 'Authorization: Bearer ${token}' '${relay.url}/api/v1/executions?limit=20'`);
  say(`  what was refused  curl -H 'Authorization: Bearer ${token}' '${relay.url}/api/v1/executions?outcome=error'`);
  say('  in Postgres       select * from execution_log order by received_at desc   (with DATABASE_URL; here it is embedded)');
  return problems.length === 0;
}

function requests(): number {
  return Object.values(zenqms.counters().operations).reduce((sum, each) => sum + each, 0);
}

async function goOn(): Promise<void> {
  const { servePreview } = await import('./preview/index.ts');
  say();
  say('Building the wizard’s page (the first time takes half a minute) …');
  try {
    const preview = await servePreview({ relayUrl: relay.url, token, port: 0 });
    say(`The wizard        ${preview.url}`);
    say(`  to connect      ${salesforce.url}  key ${salesforce.app.clientId}  secret ${salesforce.app.clientSecret}`);
    say(`                  ${zenqms.url}  token ${TOKENS.full}`);
  } catch (error) {
    say(`The wizard's page could not be built: ${error instanceof Error ? error.message : String(error)}`);
  }
  say();
  say('A new complaint comes in every few seconds. Ctrl-C ends it.');
  const more = sampleCases({ seed: 2, count: 400, today: new Date() }).steps.filter((step) => step.kind === 'create');
  let next = 0;
  const timer = setInterval(() => {
    const step = more[next++ % more.length];
    if (step) salesforce.db.insert('Case', { ...step.values });
  }, 5_000);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  clearInterval(timer);
  say('Stopping …');
  await stopAll();
  await rm(dataDir, { recursive: true, force: true });
  process.exit(0);
}
