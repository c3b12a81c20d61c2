/**
 * Our channel in an org, ZenQMS__chn, and its members, made with the Tooling API. Where a member can't be made, the object's own
 * channel (/data/CaseChangeEvent) is subscribed instead: it brings the object if the org has selected it anywhere, and unlike a
 * custom channel it refuses a user who may not see the object instead of dropping its events silently.
 */
import { z } from 'zod';
import type { ChannelState } from '../model/catalog.ts';
import type { Problem } from '../model/connection.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { read } from './answer.ts';
import { changeEventOf } from './describe.ts';
import { toId18 } from './ids.ts';
import { query, unlessRefused } from './query.ts';
import type { Session } from './session.ts';

const CHANNEL = 'ZenQMS__chn';
const SUBSCRIPTION = `/data/${CHANNEL}`;

export interface MemberProblem extends Problem {
  readonly object: string;
}

export interface Members {
  /** Nothing stands in the way: every object comes through our own channel. */
  readonly ok: boolean;
  /** Objects whose member was made just now. */
  readonly added: readonly string[];
  /** Object → the channel to subscribe for it; every object that was asked for is in it. */
  readonly channels: ReadonlyMap<string, string>;
  readonly problems: readonly MemberProblem[];
}

/** Tolerates that another relay does the same at the same time. @throws SalesforceError when the org can't be asked at all */
export async function ensureMembers(session: Session, objects: readonly string[]): Promise<Members> {
  const channels = new Map<string, string>();
  const added: string[] = [];
  const problems: MemberProblem[] = [];
  let known = await lookOrProblem(session, objects);
  for (const object of objects) {
    const problem =
      known instanceof SalesforceError ? known : has(known, object) ? null : await addMember(session, known, object);
    channels.set(object, problem === null ? SUBSCRIPTION : `/data/${changeEventOf(object)}`);
    if (problem !== null) problems.push(explain(object, problem));
    else if (!(known instanceof SalesforceError) && !has(known, object)) {
      added.push(object);
      known = await lookOrProblem(session);
    }
  }
  return { ok: problems.length === 0, added, channels, problems };
}

/** @throws SalesforceError */
export async function channelState(session: Session): Promise<ChannelState> {
  const found = await look(session);
  const objectOf = (entity: string): string => entity.replace(/__ChangeEvent$/, '__c').replace(/ChangeEvent$/, '');
  return {
    channelExists: found.channelIds.size > 0,
    members: found.members.filter((member) => found.channelIds.has(member.channel)).map((member) => objectOf(member.entity)),
    selectedEntities: [...new Set(found.members.map((member) => objectOf(member.entity)))],
  };
}

interface Found {
  /** Our channel by every name a member may call it; empty: it does not exist. */
  readonly channelIds: ReadonlySet<string>;
  readonly members: readonly { readonly channel: string; readonly entity: string }[];
}

const has = (found: Found, object: string): boolean =>
  found.members.some(
    (member) => found.channelIds.has(member.channel) && member.entity.toLowerCase() === changeEventOf(object).toLowerCase(),
  );

const text = z.string().nullish();
const ChannelRow = z.object({ Id: z.string(), DeveloperName: text, FullName: text });
const MemberRow = z.object({ DeveloperName: text, EventChannel: text, SelectedEntity: text });

const CHANNELS = 'SELECT Id, DeveloperName FROM PlatformEventChannel';
const MEMBERS = 'SELECT Id, DeveloperName, EventChannel, SelectedEntity FROM PlatformEventChannelMember';

/** As the package and `addMember` name it; developer names are unique in an org, so that whatever bears one is on our channel. */
const memberName = (event: string): string => `ZenQMS_chn_${event.replaceAll(/__+/g, '_')}`;

/** @param wanted where all of these have their member, the channel itself need not be asked for: one call less at each opening */
async function look(session: Session, wanted: readonly string[] = []): Promise<Found> {
  const rows = read(z.array(MemberRow), await query(session, MEMBERS, { tooling: true }));
  const members = rows.map((row) => ({ channel: toId18(row.EventChannel ?? ''), entity: row.SelectedEntity ?? '' }));
  const byName = new Map(rows.map((row, place) => [row.DeveloperName, members[place]?.channel ?? '']));
  const ours = wanted.map((object) => byName.get(memberName(changeEventOf(object))) ?? '');
  if (ours.length > 0 && !ours.includes('')) return { channelIds: new Set([...ours, CHANNEL]), members };
  // Without them our channel counts as missing, and making it again is told apart by its duplicate name.
  const channels = (await unlessRefused(query(session, CHANNELS, { tooling: true }))) ?? [];
  const own = read(z.array(ChannelRow), channels).filter(({ DeveloperName: name }) => name === 'ZenQMS' || name === CHANNEL);
  return { channelIds: new Set(own.flatMap(({ Id }) => [toId18(Id), CHANNEL])), members };
}

/** What the connected user may not look at, it can't make either: the objects' own channels are what is left. */
async function lookOrProblem(session: Session, wanted: readonly string[] = []): Promise<Found | SalesforceError> {
  try {
    return await look(session, wanted);
  } catch (error) {
    if (error instanceof SalesforceError && error.kind === 'refused') return error;
    throw error;
  }
}

/** @returns null when the member is there now */
async function addMember(session: Session, found: Found, object: string): Promise<SalesforceError | null> {
  const event = changeEventOf(object);
  try {
    if (found.channelIds.size === 0) {
      await create(session, 'PlatformEventChannel', { FullName: CHANNEL, Metadata: { channelType: 'data', label: 'ZenQMS' } });
    }
    await create(session, 'PlatformEventChannelMember', {
      FullName: memberName(event),
      Metadata: { eventChannel: CHANNEL, selectedEntity: event },
    });
    return null;
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.kind !== 'refused') throw error;
    // "Refused" may also mean that another relay was first, or that the answer to an earlier try was lost.
    const now = await lookOrProblem(session);
    return !(now instanceof SalesforceError) && has(now, object) ? null : error;
  }
}

const Created = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ statusCode: text, errorCode: text, message: text })).nullish(),
});

async function create(session: Session, type: string, body: object): Promise<void> {
  try {
    const answer = read(Created, await session.request({ method: 'POST', path: `/sobjects/${type}`, body, tooling: true }));
    const [error] = answer.errors ?? [];
    if (!answer.success) {
      const code = error?.statusCode ?? error?.errorCode ?? 'NOT_CREATED';
      throw new SalesforceError('refused', code, `Salesforce: ${error?.message ?? 'not created'} (${code})`);
    }
  } catch (error) {
    if (error instanceof SalesforceError && /DUPLICATE/.test(error.code)) return;
    throw error;
  }
}

const SETUP = 'Setup → Change Data Capture';

/** By code and sentence, as Salesforce words them; what fits none is an object that the channel can't carry. */
const ALLOWANCE = /LIMIT_EXCEEDED|ALLOCATION|(limit|maximum|more)\b.*\bentit|\bentit\w+\b.*\b(limit|maximum)/i;
const NOT_PERMITTED =
  /INSUFFICIENT|NOT_PERMITTED|INVALID_TYPE|NOT_FOUND|API_DISABLED|HTTP_40[34]|FORBIDDEN|privilege|insufficient/;

function explain(object: string, error: SalesforceError): MemberProblem {
  if (ALLOWANCE.test(`${error.code} ${error.message}`)) {
    return {
      object,
      code: 'entity_allowance',
      message: `${object} can't be added to the channel: the org has selected as many objects for change events as its licence allows.`,
      remedy: `Five objects are included. Take one off under ${SETUP} or off another channel, or get the Change Data Capture add-on.`,
    };
  }
  if (NOT_PERMITTED.test(`${error.code} ${error.message}`)) {
    return {
      object,
      code: 'channel_not_permitted',
      message: `${object} can't be added to the channel ${CHANNEL}: the connected user may not change it.`,
      remedy: `Give the connected user the permission "Customize Application" until the channel is made, or select ${object} under ${SETUP}.`,
    };
  }
  return {
    object,
    code: 'object_without_change_events',
    message: `${object} can't be added to the channel ${CHANNEL}: ${error.message}`,
    remedy: `Choose an object that is listed under ${SETUP}.`,
  };
}
