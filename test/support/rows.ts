/** Rows and events that tests start from; each test says only what matters to it. */
import type { Db } from '../../relay/db/connect.ts';
import type { ChangeEvent } from '../../relay/model/event.ts';
import type { IntegrationDefinition } from '../../relay/model/integration.ts';

export const SALESFORCE = 'sf-1';
export const ZENQMS = 'zq-1';
export const INTEGRATION = 'int-1';

export async function seedConnections(db: Db): Promise<void> {
  await db
    .insertInto('salesforce_connection')
    .values({
      id: SALESFORCE,
      name: 'Org',
      login_url: 'https://login.salesforce.com',
      client_id: 'c',
      client_secret: Buffer.from('x'),
    })
    .execute();
  await db
    .insertInto('zenqms_connection')
    .values({
      id: ZENQMS,
      account_id: 'acc-1',
      name: 'Account',
      base_url: 'https://public-api.zenqms.com',
      api_token: Buffer.from('x'),
    })
    .execute();
}

export const definition = (changes: Partial<IntegrationDefinition> = {}): IntegrationDefinition => ({
  name: 'Complaints from Cases',
  salesforceConnectionId: SALESFORCE,
  zenqmsConnectionId: ZENQMS,
  object: 'Case',
  triggerOn: 'both',
  filterFormula: null,
  categoryId: 'cat-1',
  assigneeId: 'user-1',
  title: null,
  dueDate: { from: 'today', daysToAdd: 30 },
  timeZone: 'UTC',
  duplicateScope: 'category',
  fieldMappings: [],
  bulkLimit: null,
  ...changes,
});

export async function seedIntegration(
  db: Db,
  options: { id?: string; status?: string; activatedAt?: Date; definition?: Partial<IntegrationDefinition> } = {},
): Promise<void> {
  const whole = definition(options.definition);
  await db
    .insertInto('integration')
    .values({
      id: options.id ?? INTEGRATION,
      name: whole.name,
      salesforce_connection_id: whole.salesforceConnectionId,
      zenqms_connection_id: whole.zenqmsConnectionId,
      object: whole.object,
      definition: JSON.stringify(whole),
      status: options.status ?? 'active',
      activated_at: options.activatedAt ?? new Date('2020-01-01T00:00:00Z'),
    })
    .execute();
}

let serial = 0;

export function changeEvent(changes: Partial<ChangeEvent> = {}): ChangeEvent {
  serial += 1;
  return {
    key: `tx-${serial}/1/Case/${changes.recordId ?? recordId(serial)}`,
    object: 'Case',
    recordId: recordId(serial),
    changeType: 'CREATE',
    changedFields: [],
    values: { Subject: 'Pump stops' },
    eventAt: '2026-03-01T10:00:00.000Z',
    source: 'stream',
    replayId: String(1000 + serial),
    changeOrigin: 'com/salesforce/api/rest/66.0;client=Console',
    commitUser: '005000000000001AAA',
    transactionKey: `tx-${serial}`,
    poison: null,
    ...changes,
  };
}

/** An 18-character id of a Case. */
export const recordId = (n: number): string => `500${String(n).padStart(12, '0')}AAA`;
