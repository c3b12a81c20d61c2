/** Preflight: whether an integration could work at all, asked of both sides before it is made. Never throws what a side refused. */
import { type Related, lookUpPath } from '../decide/index.ts';
import { REMEDY, type Subject, fieldMessage, loadRelated, salesforceProblem, user } from '../integrations/validate/index.ts';
import type { AccessState, ChannelState, OrgLimits, SalesforceCatalog, ZenqmsCatalog } from '../model/catalog.ts';
import type { ObjectDescribe, ObjectSummary } from '../model/salesforce.ts';
import { type Check, fail, pass, warn } from './check.ts';
import { preflightZenqms } from './preflight-zenqms.ts';

export interface PreflightInput {
  readonly salesforce: SalesforceCatalog;
  readonly salesforceConnectionId: string;
  readonly object: string;
  /** Fields and relationship paths. */
  readonly fields: readonly string[];
  readonly zenqms?: {
    readonly catalog: ZenqmsCatalog;
    readonly connectionId: string;
    readonly categoryId: string | null;
    readonly assigneeId: string | null;
  };
}

export interface Preflight {
  /** No check failed; warnings may be among them. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** Entities that all channels of an org may select without the add-on (CDC guide, "Allocations"). */
export const ENTITY_ALLOWANCE = 5;
/** Share of an allowance from which on it is a warning. */
const NEARLY = 0.8;

export async function preflight(input: PreflightInput): Promise<Preflight> {
  const [salesforce, zenqms] = await Promise.all([preflightSalesforce(input), input.zenqms ? preflightZenqms(input.zenqms) : []]);
  const checks = [...salesforce, ...zenqms];
  return { ok: checks.every((check) => check.status !== 'fail'), checks };
}

async function preflightSalesforce({ salesforce, salesforceConnectionId: id, object, fields }: PreflightInput): Promise<Check[]> {
  try {
    const org = await salesforce.org(id);
    const connected = pass(
      'connection',
      `Connected to ${org.name} (${org.sandbox ? 'a sandbox' : 'production'}) as ${org.user.username}.`,
    );
    const [describe, objects] = await Promise.all([salesforce.describe(id, object), salesforce.objects(id)]);
    const subject: Subject = { object: describe?.name ?? object, label: describe?.label ?? object, username: org.user.username };
    const access = await salesforce.access(id, subject.object);
    const readable = describe ? await readableChecks(describe, fields, access, subject, salesforce, id) : [notReadable(subject)];
    const [channel, limits] = await Promise.all([salesforce.channel(id), salesforce.limits(id)]);
    return [
      connected,
      scopes(access),
      ...readable,
      ...(describe
        ? [
            changeEvents(describe, objects),
            viewAll(access, subject),
            member(channel, access, subject),
            allowance(channel, subject),
          ]
        : []),
      ...allowances(limits),
    ];
  } catch (error) {
    const found = salesforceProblem(error);
    return [fail('connection', found.message, found.code === 'salesforce_not_connected' ? REMEDY.authorise : REMEDY.wait)];
  }
}

export function scopes({ scopes: given }: Pick<AccessState, 'scopes'>): Check {
  if (given.length === 0) return warn('scopes', 'Salesforce did not say which scopes were granted.', REMEDY.scopes);
  const missing = [
    ...(given.includes('api') || given.includes('full') ? [] : ['api']),
    ...(given.includes('refresh_token') || given.includes('offline_access') ? [] : ['refresh_token']),
  ];
  if (missing.length === 0) return pass('scopes', `The scopes that are needed were granted: ${given.join(', ')}.`);
  return fail('scopes', `The scope ${missing.join(' and ')} was not granted.`, REMEDY.scopes);
}

const notReadable = (subject: Subject): Check =>
  fail(
    'object_readable',
    `There is no object ${subject.object}, or ${user(subject)} can't read it.`,
    REMEDY.objectReadable(subject),
  );

async function readableChecks(
  describe: ObjectDescribe,
  fields: readonly string[],
  access: AccessState,
  subject: Subject,
  salesforce: SalesforceCatalog,
  id: string,
): Promise<Check[]> {
  const related = await loadRelated(salesforce, id, describe, fields);
  const first = access.readable ? pass('object_readable', `${describe.label} can be read.`) : notReadable(subject);
  return [first, ...[...new Set(fields)].map((field) => fieldCheck(field, describe, related, subject))];
}

function fieldCheck(name: string, describe: ObjectDescribe, related: Related, subject: Subject): Check {
  const check = `field_readable:${name}`;
  if (lookUpPath(describe, related, name)) return pass(check, `${name} can be read.`);
  return fail(check, fieldMessage(name, describe, related).message, REMEDY.fieldReadable(subject, name));
}

function changeEvents(describe: ObjectDescribe, objects: readonly ObjectSummary[]): Check {
  const summary = objects.find((one) => one.name === describe.name);
  if (summary?.changeEvents) return pass('change_events', `${describe.label} has change events.`);
  return fail(
    'change_events',
    `${describe.label} has no change events in this org: its changes can't be followed.`,
    REMEDY.changeEvents,
  );
}

export function viewAll(access: Pick<AccessState, 'viewAll'>, subject: Subject): Check {
  if (access.viewAll) return pass('view_all', `All records of ${subject.label} are visible, so their events are delivered.`);
  const message = `Not every record of ${subject.label} is visible to ${user(subject)}: Salesforce leaves out the object's events without saying so.`;
  return fail('view_all', message, REMEDY.viewAll(subject));
}

export function member(channel: ChannelState, access: Pick<AccessState, 'customizeApplication'>, subject: Subject): Check {
  const name = 'channel_member';
  if (has(channel.members, subject.object)) return pass(name, `${subject.label} is selected on the relay's channel.`);
  const what = channel.channelExists
    ? `${subject.label} is not selected on the relay's channel`
    : "The relay's channel does not exist";
  if (access.customizeApplication) return pass(name, `${what} yet; the relay adds it when the integration is saved.`);
  const remedy = REMEDY.channelMember(subject, eventOf(subject.object));
  const message = `${what}, and ${user(subject)} may not add it`;
  if (!has(channel.selectedEntities, subject.object)) return fail(name, `${message}: its events do not come.`, remedy);
  return warn(name, `${message}. Another channel of the org selects it, so its events come as long as that stays.`, remedy);
}

function allowance(channel: ChannelState, subject: Subject): Check {
  const name = 'entity_allowance';
  const selected = new Set(channel.selectedEntities.map(objectOf));
  const used = selected.size;
  if (selected.has(objectOf(subject.object)) || used < ENTITY_ALLOWANCE) {
    return pass(name, `${used} of ${ENTITY_ALLOWANCE} entities are selected for change events.`);
  }
  const message = `${used} entities are selected for change events already; without the add-on Salesforce allows ${ENTITY_ALLOWANCE}.`;
  return warn(name, message, REMEDY.entityAllowance);
}

function allowances(limits: OrgLimits): Check[] {
  return [
    share('api_allowance', 'API calls', limits.apiUsed, limits.apiMax, REMEDY.apiAllowance),
    share('event_allowance', 'delivered events', limits.eventsDelivered, limits.eventsMax, REMEDY.eventAllowance),
  ];
}

function share(name: string, what: string, used: number, most: number, remedy: string): Check {
  if (!(most > 0)) return warn(name, `Salesforce did not say how many ${what} the org may have.`, remedy);
  const message = `${used} of ${most} ${what} of the last 24 hours are used.`;
  if (used >= most) return fail(name, message, remedy);
  return used >= most * NEARLY ? warn(name, message, remedy) : pass(name, message);
}

const has = (names: readonly string[], object: string): boolean => names.some((name) => objectOf(name) === objectOf(object));

/** `CaseChangeEvent` → `case`, `Plant__ChangeEvent` → `plant__c`; objects stay. */
export function objectOf(entity: string): string {
  return entity
    .replace(/__ChangeEvent$/i, '__c')
    .replace(/ChangeEvent$/i, '')
    .toLowerCase();
}

const eventOf = (object: string): string =>
  object.endsWith('__c') ? object.replace(/__c$/, '__ChangeEvent') : `${object}ChangeEvent`;
