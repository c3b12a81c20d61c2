/** Both sides, in memory; strict: what a test did not set up is refused, not made up. */
import { type SalesforceCatalog, type ZenqmsCatalog } from '../../../relay/model/catalog.ts';
import type { SalesforceConnectionStatus } from '../../../relay/model/connection.ts';
import type { IntegrationDefinition } from '../../../relay/model/integration.ts';
import type { CustomField, Issue, IssueCategory, ZenqmsUser } from '../../../relay/model/issue.ts';
import { type FetchedRecord, type ObjectDescribe, type RecordResult, SalesforceError } from '../../../relay/model/salesforce.ts';
import type { Sides } from '../../../relay/integrations/validate/index.ts';
import { ACCOUNT, CASE, CONTACT, PLANT, USER, object } from '../../decide/describes.ts';

export const SF = 'sf-1';
export const ZQ = 'zq-1';
export const RECORD = '500000000000001AAA';

export interface World {
  status: SalesforceConnectionStatus;
  describes: ObjectDescribe[];
  withoutChangeEvents: string[];
  access: Awaited<ReturnType<SalesforceCatalog['access']>>;
  channel: Awaited<ReturnType<SalesforceCatalog['channel']>>;
  limits: Awaited<ReturnType<SalesforceCatalog['limits']>>;
  records: Record<string, RecordResult>;
  categories: IssueCategory[];
  fields: CustomField[];
  users: ZenqmsUser[];
  issues: Issue[];
  /** Thrown by the calls named: {'salesforce.describe': error}. */
  failing: Record<string, Error>;
  /** Every call, as 'salesforce.describe Case'. */
  calls: string[];
}

export const world = (more: Partial<World> = {}): World => ({
  status: 'connected',
  describes: [CASE, ACCOUNT, CONTACT, USER, PLANT, object('Solution', [])],
  withoutChangeEvents: ['Solution'],
  access: { readable: true, viewAll: true, customizeApplication: true, scopes: ['api', 'refresh_token', 'offline_access'] },
  channel: { channelExists: true, members: ['Case'], selectedEntities: ['CaseChangeEvent'] },
  limits: { apiUsed: 100, apiMax: 100_000, eventsDelivered: 10, eventsMax: 25_000 },
  records: {},
  categories: [
    { id: 'cat-1', name: 'Complaints', key: 'COMPLAINT', state: 'active' },
    { id: 'cat-2', name: 'Old complaints', key: 'OLD', state: 'inactive' },
  ],
  fields: [
    { id: 'f-text', label: 'What happened', type: 'paragraph_text', required: true, options: null },
    { id: 'f-priority', label: 'Priority', type: 'single_selection', required: false, options: ['High', 'Medium', 'Low'] },
    { id: 'f-risk', label: 'Risk', type: 'single_selection', required: false, options: ['I', 'II', 'III'] },
    { id: 'f-number', label: 'Units', type: 'integer', required: false, options: null },
    { id: 'f-amount', label: 'Amount', type: 'decimal', required: false, options: null },
    { id: 'f-date', label: 'Occurred on', type: 'date', required: false, options: null },
    { id: 'f-yes', label: 'Reportable', type: 'yes_no', required: false, options: null },
  ],
  users: [
    { id: 'u-1', name: 'Quality Lead', email: 'lead@acme.example', active: true },
    { id: 'u-2', name: 'Former Lead', email: 'former@acme.example', active: false },
  ],
  issues: [],
  failing: {},
  calls: [],
  ...more,
});

export const draft = (more: Partial<IntegrationDefinition> = {}): IntegrationDefinition => ({
  name: 'Complaints from Cases',
  salesforceConnectionId: SF,
  zenqmsConnectionId: ZQ,
  object: 'Case',
  triggerOn: 'both',
  filterFormula: null,
  categoryId: 'cat-1',
  assigneeId: 'u-1',
  title: { field: 'Subject' },
  dueDate: { from: 'today', daysToAdd: 30 },
  timeZone: 'Europe/Berlin',
  duplicateScope: 'category',
  fieldMappings: [{ salesforceField: 'Description', zenqmsFieldId: 'f-text' }],
  bulkLimit: null,
  ...more,
});

export function sides(of: World): Sides {
  return {
    salesforce: salesforce(of),
    zenqms: zenqms(of),
    salesforceConnection: async (id) => (id === SF ? { status: of.status, problem: null } : null),
    zenqmsConnection: async (id) => (id === ZQ ? { status: 'connected', problem: null } : null),
  };
}

function called(of: World, name: string, ...about: string[]): void {
  of.calls.push([name, ...about].join(' '));
  const error = of.failing[name];
  if (error) throw error;
}

function salesforce(of: World): SalesforceCatalog {
  const here = (id: string, name: string, ...about: string[]): void => {
    if (id !== SF) throw new SalesforceError('refused', 'unknown_connection', 'No such connection.');
    called(of, `salesforce.${name}`, ...about);
  };
  return {
    org: async (id) => {
      here(id, 'org');
      return {
        id: '00D000000000001AAA',
        name: 'Acme',
        instanceUrl: 'https://acme.my.salesforce.com',
        sandbox: false,
        multiCurrency: false,
        user: { id: '005000000000001AAA', username: 'relay@acme.example', profileName: 'Integration' },
      };
    },
    objects: async (id) => {
      here(id, 'objects');
      return of.describes.map(({ name, label, custom }) => ({
        name,
        label,
        custom,
        changeEvents: !of.withoutChangeEvents.includes(name),
      }));
    },
    describe: async (id, name) => {
      here(id, 'describe', name);
      return of.describes.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null;
    },
    limits: async (id) => (here(id, 'limits'), of.limits),
    channel: async (id) => (here(id, 'channel'), of.channel),
    access: async (id, name) => (here(id, 'access', name), of.access),
    records: async (id, name, ids, paths) => {
      here(id, 'records', name, ids.join(','));
      const found = new Map<string, RecordResult>();
      for (const recordId of ids) {
        const result = of.records[recordId];
        if (result)
          found.set(recordId, result.kind === 'found' ? { ...result, record: answer(result.record, recordId, paths) } : result);
      }
      return found;
    },
  };
}

/** Only what was asked for, as REST does. */
const answer = (record: FetchedRecord, id: string, paths: readonly string[]): FetchedRecord =>
  Object.fromEntries(paths.map((path) => [path, path === 'Id' ? id : (record[path] ?? null)]));

function zenqms(of: World): ZenqmsCatalog {
  return {
    categories: async () => (called(of, 'zenqms.categories'), of.categories),
    fields: async (_id, categoryId) => (called(of, 'zenqms.fields', categoryId), of.fields),
    users: async (_id, search) => (called(of, 'zenqms.users', search), of.users.filter((user) => user.name.includes(search))),
    user: async (_id, userId) => (called(of, 'zenqms.user', userId), of.users.find((user) => user.id === userId) ?? null),
    issuesOf: async (_id, recordId) => (
      called(of, 'zenqms.issuesOf', recordId),
      of.issues.filter((issue) => issue.externalId === recordId)
    ),
  };
}
