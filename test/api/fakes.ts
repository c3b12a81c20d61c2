/** Both sides as the API meets them: small, strict, and counting. What they don't know they refuse, as the real ones do. */
import type { ApiServices, IntegrationProblem, OauthTokens } from '../../relay/api/services.ts';
import { type SalesforceCatalog, type ZenqmsCatalog, ZenqmsError } from '../../relay/model/catalog.ts';
import type { IntegrationDefinition } from '../../relay/model/integration.ts';
import { type FieldDescribe, SalesforceError } from '../../relay/model/salesforce.ts';

export const ORG = {
  id: '00D000000000001EAA',
  name: 'Acme Devices',
  instanceUrl: 'https://acme.my.salesforce.com',
  sandbox: false,
  multiCurrency: false,
};
export const USER = { id: '005000000000001AAA', username: 'integration@acme.example' };
export const CATEGORIES = [
  { id: 'cat-complaint', name: 'Complaint', key: 'COMPLAINT', state: 'active' },
  { id: 'cat-old', name: 'Old form', key: 'OLD', state: 'inactive' },
] as const;
export const FIELDS = [
  { id: 'field-priority', label: 'Priority', type: 'single_selection', required: true, options: ['High', 'Low'] },
  { id: 'field-account', label: 'Customer', type: 'single_line_text', required: false, options: null },
] as const;
export const USERS = [
  { id: 'user-1', name: 'Quality Manager', email: 'qm@acme.example', active: true },
  { id: 'user-2', name: 'Left the House', email: 'left@acme.example', active: false },
] as const;

export const GOOD_TOKEN = 'zenqms-token-that-works-0001';
/** For the same account, as another admin of it would make one. */
export const SECOND_TOKEN = 'zenqms-token-that-works-0002';
export const OTHER_ACCOUNT_TOKEN = 'zenqms-token-of-another-account';
export const GOOD_CODE = 'authorization-code-0001';

const field = (name: string, more: Partial<FieldDescribe> = {}): FieldDescribe => ({
  name,
  label: name,
  type: 'string',
  custom: name.endsWith('__c'),
  nillable: true,
  relationshipName: null,
  referenceTo: [],
  picklistValues: [],
  scale: 0,
  compoundFieldName: null,
  calculated: false,
  nameField: false,
  htmlFormatted: false,
  ...more,
});

export const CASE_FIELDS = [
  field('Id', { type: 'id' }),
  field('Subject'),
  field('Priority', { type: 'picklist', picklistValues: ['High', 'Low'] }),
  field('AccountId', { type: 'reference', relationshipName: 'Account', referenceTo: ['Account'] }),
];

export interface World {
  /** What the next call to Salesforce, ZenQMS, OAuth … throws. */
  fail: { salesforce?: Error; zenqms?: Error; exchange?: Error; stream?: Error };
  /** What the exchanged code turns out to belong to. */
  org: typeof ORG;
  scopes: readonly string[] | null;
  instanceUrl: string;
  stream: 'active' | 'starting';
  readonly revoked: string[];
  readonly exchanged: { clientSecret: string; code: string; verifier: string; callbackUrl: string }[];
  readonly streamChanges: string[];
  readonly connectionChanges: string[];
  readonly resumes: { id: string; from: string }[];
  readonly catchUps: { id: string; since: Date }[];
}

export const newWorld = (): World => ({
  fail: {},
  org: ORG,
  scopes: ['api', 'refresh_token', 'offline_access'],
  instanceUrl: ORG.instanceUrl,
  stream: 'active',
  revoked: [],
  exchanged: [],
  streamChanges: [],
  connectionChanges: [],
  resumes: [],
  catchUps: [],
});

export function salesforceOf(world: World): SalesforceCatalog {
  const asked = <T>(answer: T): Promise<T> =>
    world.fail.salesforce ? Promise.reject(world.fail.salesforce) : Promise.resolve(answer);
  return {
    org: () => asked({ ...world.org, user: { ...USER, profileName: null } }),
    objects: () =>
      asked([
        { name: 'Account', label: 'Account', custom: false, changeEvents: true },
        { name: 'Case', label: 'Case', custom: false, changeEvents: true },
        { name: 'Complaint__c', label: 'Complaint', custom: true, changeEvents: true },
        { name: 'FeedItem', label: 'Feed Item', custom: false, changeEvents: false },
      ]),
    describe: (_id, object) =>
      asked(object.toLowerCase() === 'case' ? { name: 'Case', label: 'Case', custom: false, fields: CASE_FIELDS } : null),
    limits: () => asked({ apiUsed: 120, apiMax: 15_000, eventsDelivered: 10, eventsMax: 10_000 }),
    channel: () => asked({ channelExists: true, members: ['Case'], selectedEntities: ['Case'] }),
    access: () => asked({ readable: true, viewAll: true, customizeApplication: true, scopes: ['api'] }),
    records: () => asked(new Map()),
  };
}

export function zenqmsOf(world: World): ZenqmsCatalog {
  const asked = <T>(answer: T): Promise<T> => (world.fail.zenqms ? Promise.reject(world.fail.zenqms) : Promise.resolve(answer));
  return {
    categories: () => asked(CATEGORIES),
    fields: (_id, categoryId) =>
      categoryId === 'cat-complaint'
        ? asked(FIELDS)
        : Promise.reject(new ZenqmsError('not_found', 'not_found', 'no such category')),
    users: (_id, search) =>
      asked(USERS.filter((user) => `${user.name} ${user.email}`.toLowerCase().includes(search.toLowerCase()))),
    user: (_id, userId) => asked(USERS.find((user) => user.id === userId) ?? null),
    issuesOf: () => asked([]),
  };
}

export function oauthOf(world: World): ApiServices['oauth'] {
  const tokens: OauthTokens = {
    accessToken: 'access-token-of-the-org',
    refreshToken: 'refresh-token-of-the-org',
    instanceUrl: '',
    scopes: null,
    identityUrl: 'https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA',
  };
  return {
    authorizeUrl: (request) => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: request.clientId,
        redirect_uri: request.callbackUrl,
        scope: 'api refresh_token offline_access',
        state: request.state,
        code_challenge: request.challenge,
        code_challenge_method: 'S256',
      });
      return `${request.loginUrl}/services/oauth2/authorize?${query}`;
    },
    exchange: async (app, grant) => {
      world.exchanged.push({ clientSecret: app.clientSecret, ...grant });
      if (world.fail.exchange) throw world.fail.exchange;
      if (grant.code !== GOOD_CODE) throw new SalesforceError('refused', 'invalid_grant', 'expired authorization code');
      return { ...tokens, instanceUrl: world.instanceUrl, scopes: world.scopes };
    },
    identity: async () => ({ org: world.org, user: USER }),
    revoke: async (_app, refreshToken) => void world.revoked.push(refreshToken),
    explain: (error, description) => ({
      code: error,
      message: `Salesforce refused: ${description ?? error}`,
      remedy: `What to do about ${error}`,
    }),
  };
}

/** Knows what the catalogues above know. */
export function problemsIn(
  definition: IntegrationDefinition,
  known: { salesforce: boolean; zenqms: boolean },
): IntegrationProblem[] {
  const found: IntegrationProblem[] = [];
  const add = (path: string, code: string): void =>
    void found.push({ path, code, message: `${path}: ${code}`, severity: 'error' });
  if (!known.salesforce) add('salesforceConnectionId', 'unknown_salesforce_connection');
  if (!known.zenqms) add('zenqmsConnectionId', 'unknown_zenqms_connection');
  if (definition.object.toLowerCase() !== 'case') add('object', 'unknown_object');
  if (definition.categoryId !== 'cat-complaint') add('categoryId', 'unknown_category');
  if (definition.assigneeId !== 'user-1') add('assigneeId', 'unknown_assignee');
  if (!Intl.supportedValuesOf('timeZone').includes(definition.timeZone) && definition.timeZone !== 'UTC')
    add('timeZone', 'unknown_time_zone');
  if (definition.filterFormula?.includes('(') === false) {
    found.push({
      path: 'filterFormula',
      code: 'formula_syntax',
      message: 'A function call was expected.',
      severity: 'error',
      position: { offset: 0, length: 1, line: 1, column: 1 },
      suggestion: 'ISNEW()',
    });
  }
  definition.fieldMappings.forEach((mapping, at) => {
    if (!FIELDS.some((each) => each.id === mapping.zenqmsFieldId))
      add(`fieldMappings[${at}].zenqmsFieldId`, 'unknown_zenqms_field');
    if (!CASE_FIELDS.some((each) => each.name === mapping.salesforceField))
      add(`fieldMappings[${at}].salesforceField`, 'unknown_salesforce_field');
  });
  if (!definition.fieldMappings.some((mapping) => mapping.zenqmsFieldId === 'field-account')) {
    found.push({
      path: 'fieldMappings',
      code: 'optional_field_unmapped',
      message: 'Customer is not filled.',
      severity: 'warning',
    });
  }
  return found;
}
