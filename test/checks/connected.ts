/** The real catalogues, asked over sockets of a Salesforce and a ZenQMS that behave as theirs do. */
import { afterEach, beforeEach } from 'vitest';
import { type ZenqmsClient, zenqmsClient } from '../../relay/deliver/zenqms.ts';
import type { Sides } from '../../relay/integrations/validate/index.ts';
import type { IntegrationDefinition } from '../../relay/model/integration.ts';
import type { Accounts } from '../../relay/run/accounts.ts';
import { zenqmsCatalog } from '../../relay/run/zenqms-catalog.ts';
import { salesforceCatalog } from '../../relay/salesforce/catalog.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { draft } from '../integrations/validate/fakes.ts';
import { credentialsOf, sessionOf } from '../salesforce/support.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { type Zenqms, startZenqms } from '../standins/zenqms/server.ts';

export let org: Salesforce;
export let account: Zenqms;
/** What a test opened; closed after it, last first. */
export const closing: (() => Promise<unknown>)[] = [];

/** An org and an account for each test of the file. */
export function useBothSides(): void {
  beforeEach(async () => {
    org = await startSalesforce();
    account = await startZenqms();
    closing.push(org.close, account.close);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
}

/** As a fresh relay sees both: nothing of an earlier question is remembered. */
export function connect(options: { token?: string; scope?: string } = {}): Sides {
  const { token = TOKENS.full, scope } = options;
  // What was granted is told with a token: this one has to be asked for first.
  const { refreshToken } = org.org.sessions.issue(scope ?? '', true);
  const issued = scope === undefined ? {} : { accessToken: null, refreshToken: refreshToken ?? '' };
  const { session } = sessionOf(org, { credentials: credentialsOf(org, issued) });
  const client: ZenqmsClient = zenqmsClient({ baseUrl: account.url, token, timeoutMs: 5_000, connections: 4 });
  closing.push(session.close, client.close);
  const accounts = { get: async () => ({ client }) } as unknown as Accounts;
  return {
    salesforce: salesforceCatalog({ session: async (): Promise<Session> => session }),
    zenqms: zenqmsCatalog(accounts, () => new Date()),
    salesforceConnection: async () => ({ status: 'connected', problem: null }),
    zenqmsConnection: async () => ({ status: 'connected', problem: null }),
  };
}

export const COMPLAINT = { categoryId: 'cat_complaint', assigneeId: 'usr_0001' };
export const DRAFT: IntegrationDefinition = draft({
  ...COMPLAINT,
  dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 5 },
  fieldMappings: [
    { salesforceField: 'Description', zenqmsFieldId: 'fld_complaint_description' },
    { salesforceField: 'Priority', zenqmsFieldId: 'fld_complaint_priority' },
    { salesforceField: 'Account.Name', zenqmsFieldId: 'fld_complaint_customer' },
    { salesforceField: 'Units__c', zenqmsFieldId: 'fld_complaint_quantity' },
    { salesforceField: 'Amount__c', zenqmsFieldId: 'fld_complaint_value' },
    { salesforceField: 'DetectedAt__c', zenqmsFieldId: 'fld_complaint_event_date' },
    { salesforceField: 'Reportable__c', zenqmsFieldId: 'fld_complaint_reportable' },
    { salesforceField: 'Link__c', zenqmsFieldId: 'fld_complaint_link' },
  ],
});
