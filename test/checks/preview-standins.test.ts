/** Previews over sockets, with the mapping that deliveries go through: see connected.ts. */
import { describe, expect, test } from 'vitest';
import { preview } from '../../relay/checks/preview.ts';
import { zenqmsClient } from '../../relay/deliver/zenqms.ts';
import type { Sides } from '../../relay/integrations/validate/index.ts';
import { mapIssue } from '../../relay/map/map.ts';
import type { IntegrationDefinition } from '../../relay/model/integration.ts';
import { mappingFactsOf } from '../../relay/run/mapping-facts.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { COMPLAINT, DRAFT, account, closing, connect, org, useBothSides } from './connected.ts';

useBothSides();

describe('preview of a real record', () => {
  const look = (sides: Sides, recordId: string, more: Partial<IntegrationDefinition> = {}) => {
    const facts = mappingFactsOf({ ...sides, allUsers: async () => new Map() });
    return preview(
      { integration: { ...DRAFT, ...more }, recordId, changeType: 'UPDATE', changedFields: ['Status'] },
      {
        sides,
        now: () => new Date('2026-03-02T10:00:00Z'),
        map: async (input) => mapIssue({ ...input, ...(await facts(input.definition, input.describe)) }),
      },
    );
  };
  const insert = (): string => {
    const account_ = org.db.insert('Account', { Name: 'St. Mary Hospital' });
    return org.db.insert('Case', {
      Subject: 'Pump leaks',
      Description: 'It leaks.',
      Priority: 'High',
      Status: 'Working',
      AccountId: account_,
      SlaDate__c: '2026-04-01',
      Units__c: 3,
      Reportable__c: true,
    });
  };

  test('what would be sent, and that nothing was', async () => {
    const recordId = insert();
    const result = await look(connect(), recordId);
    expect(result.decision).toMatchObject({ outcome: 'deliver', reason: 'created' });
    expect(result.issue).toEqual({
      ...COMPLAINT,
      firstStageAssigneeId: 'usr_0001',
      title: 'Pump leaks',
      dueDate: '2026-04-06',
      externalId: recordId,
      customFields: [
        { fieldId: 'fld_complaint_description', value: 'It leaks.' },
        { fieldId: 'fld_complaint_priority', value: 'High' },
        { fieldId: 'fld_complaint_customer', value: 'St. Mary Hospital' },
        { fieldId: 'fld_complaint_quantity', value: '3' },
        { fieldId: 'fld_complaint_reportable', value: 'Yes' },
      ],
    });
    expect(result.duplicateOf).toBeNull();
    expect(account.issues()).toEqual([]);
  });

  test('by its 15 characters, as an admin copies it from a link', async () => {
    const recordId = insert();
    expect((await look(connect(), recordId.slice(0, 15))).issue?.externalId).toBe(recordId);
  });

  test('an Issue that it has already', async () => {
    const recordId = insert();
    const client = zenqmsClient({ baseUrl: account.url, token: TOKENS.full, timeoutMs: 5_000, connections: 1 });
    closing.push(client.close);
    const { issue } = await look(connect(), recordId);
    const made = await client.createIssue(issue!, 'key-1');
    expect(made.kind).toBe('ok');
    const result = await look(connect(), recordId);
    expect(result.duplicateOf?.number).toBe('COMPLAINT-1');
    expect(account.issues().length).toBe(1);
  });

  test('a record that is deleted, hidden, or never was', async () => {
    const [deleted, hidden] = [insert(), insert()];
    org.db.delete('Case', deleted);
    org.org.access.hiddenRecords.add(hidden);
    const sides = connect();
    expect((await look(sides, deleted)).decision).toMatchObject({ outcome: 'skip', reason: 'record_deleted' });
    for (const id of [hidden, '500000000000009AAA', 'nonsense']) {
      expect((await look(sides, id)).decision).toMatchObject({ outcome: 'error', reason: 'record_not_readable' });
    }
  });
});
