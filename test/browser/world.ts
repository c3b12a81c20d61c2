/** What stands in the fake relay: an empty one for a newcomer, a busy one for the lists. */
import { readFileSync } from 'node:fs';

export type Json = Record<string, unknown>;
export type Call = { method: string; path: string; query: URLSearchParams; body: Json };

export const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`data/${name}.json`, import.meta.url), 'utf8'));

export interface World {
  salesforceConnections: Json[];
  zenqmsConnections: Json[];
  integrations: Json[];
  statuses: Record<string, Json>;
  executions: Json[];
  revisions: Json[];
  /** How many events are held. */
  held: number;
  catchUp: Json | null;
  problems: Json[];
  calls: Call[];
  /** Errors to answer once, by "METHOD path". */
  failures: Map<string, { status: number; error: Json }>;
}

export const connectedOrg = (): Json => ({
  id: 'sf-1',
  name: 'Production org',
  loginUrl: 'https://login.salesforce.com',
  clientId: 'key',
  status: 'connected',
  problem: null,
  callbackUrl: 'https://relay.example.com/oauth/salesforce/callback',
  org: { id: '00D000000000001EAA', name: 'Example Ltd', instanceUrl: 'https://example.my.salesforce.com', sandbox: false },
  user: { id: '005000000000001AAA', username: 'integration@example.com' },
  limits: { apiUsed: 10, apiMax: 1000, eventsDelivered: 5, eventsMax: 1000 },
  stream: { state: 'streaming', positionAge: 12, lastMessageAt: '2026-03-02T09:15:01.000Z', hoursUntilLoss: 71.5 },
});
export const connectedAccount = (): Json => ({
  id: 'zq-1',
  name: 'ZenQMS',
  baseUrl: 'https://public-api.zenqms.com',
  status: 'connected',
  problem: null,
});
export const storedIntegration = (more: Json = {}): Json => ({
  id: 'int-1',
  revision: 3,
  status: 'active',
  name: 'Complaints from Cases',
  salesforceConnectionId: 'sf-1',
  zenqmsConnectionId: 'zq-1',
  object: 'Case',
  triggerOn: 'both',
  filterFormula: 'ISCHANGED(Status)',
  categoryId: 'cat-complaint',
  assigneeId: 'u-quality',
  title: null,
  dueDate: { from: 'today', daysToAdd: 30 },
  timeZone: 'UTC',
  duplicateScope: 'category',
  fieldMappings: [
    { salesforceField: 'Severity__c', zenqmsFieldId: 'f-severity' },
    { salesforceField: 'Description', zenqmsFieldId: 'f-description' },
  ],
  ...more,
});
export const quietStatus = (more: Json = {}): Json => ({
  status: 'active',
  waiting: 0,
  running: 0,
  held: 0,
  problems: [],
  needsAttention: 1,
  counts: { created: 1204, skipped: 311, error: 1 },
  lastEventAt: '2026-03-02T09:15:00.000Z',
  lastCreatedAt: '2026-03-02T09:00:02.000Z',
  lagSeconds: 2,
  ...more,
});
export const emptyWorld = (): World => ({
  salesforceConnections: [],
  zenqmsConnections: [],
  integrations: [],
  statuses: {},
  executions: [],
  revisions: [],
  held: 0,
  catchUp: null,
  problems: [],
  calls: [],
  failures: new Map(),
});
export const busyWorld = (): World => ({
  ...emptyWorld(),
  salesforceConnections: [connectedOrg()],
  zenqmsConnections: [connectedAccount()],
  integrations: [storedIntegration()],
  statuses: { 'int-1': quietStatus() },
  executions: read('executions') as Json[],
  revisions: [
    {
      revision: 2,
      action: 'update',
      actor: 'Salesforce',
      actingUser: 'admin@example.com',
      at: '2026-03-01T08:00:00.000Z',
      definition: storedIntegration(),
    },
    {
      revision: 1,
      action: 'create',
      actor: 'Salesforce',
      actingUser: 'admin@example.com',
      at: '2026-02-01T08:00:00.000Z',
      definition: storedIntegration({ filterFormula: null }),
    },
  ],
});
