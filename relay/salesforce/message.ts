/**
 * One message of the stream → one event for each record in it. Nothing throws here: what can't be read becomes a poisoned event that
 * carries the replay id, so that the stream goes on and the loss has a name.
 */
import { createHash } from 'node:crypto';
import type { ChangeEvent, ChangeType, FieldValues } from '../model/event.ts';
import { NO_RECORD, isRecordId, toId18 } from './ids.ts';

export interface ReadMessage {
  readonly events: readonly ChangeEvent[];
  /** null where the message carries none. */
  readonly replayId: string | null;
  /** The message stands for changes it does not name: which records were meant is found by query only. */
  readonly gap: { readonly object: string; readonly why: 'overflow' | 'wildcard' } | null;
  /** Why some or all of it could not be read, and the beginning of what came. */
  readonly poison: { readonly reason: string; readonly raw: string } | null;
}

/** @param receivedAt dates what does not say when it happened */
export function messageToEvents(message: unknown, channel: string, receivedAt: Date): ReadMessage {
  const replayId = replayIdOf(message);
  try {
    return readMessage(message, channel, replayId, receivedAt);
  } catch (error) {
    const reason =
      error instanceof Unreadable ? error.message : `The message could not be read (${String(error).slice(0, 200)}).`;
    return {
      events: [poisoned(reason, message, channel, replayId, receivedAt)],
      replayId,
      gap: null,
      poison: { reason, raw: begin(message) },
    };
  }
}

class Unreadable extends Error {}

type Bag = Readonly<Record<string, unknown>>;

const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value);

function replayIdOf(message: unknown): string | null {
  const data = isBag(message) ? message['data'] : null;
  const event = isBag(data) ? data['event'] : null;
  const id = isBag(event) ? event['replayId'] : null;
  if (typeof id === 'string' && id !== '' && id.length <= 100) return id;
  return typeof id === 'number' && Number.isFinite(id) ? String(id) : null;
}

const CHANGE_TYPES: ReadonlySet<string> = new Set<ChangeType>([
  'CREATE',
  'UPDATE',
  'DELETE',
  'UNDELETE',
  'GAP_CREATE',
  'GAP_UPDATE',
  'GAP_DELETE',
  'GAP_UNDELETE',
  'GAP_OVERFLOW',
]);

function readMessage(message: unknown, channel: string, replayId: string | null, receivedAt: Date): ReadMessage {
  const data = isBag(message) ? message['data'] : null;
  const payload = isBag(data) ? data['payload'] : null;
  if (!isBag(payload)) throw new Unreadable('The message carries no payload.');
  const header = payload['ChangeEventHeader'];
  if (!isBag(header)) throw new Unreadable('The message carries no ChangeEventHeader: it is no change event.');
  const { object, changeType, recordIds, eventAt } = facts(header);
  const { ChangeEventHeader: _, ...values } = payload;
  const isGap = changeType.startsWith('GAP_');
  const shared = {
    object,
    changedFields: isGap ? null : changedFields(header['changedFields'], changeType, values),
    values: isGap ? {} : (values as FieldValues),
    eventAt,
    source: 'stream',
    replayId,
    changeOrigin: text(header['changeOrigin']),
    commitUser: text(header['commitUser']),
    transactionKey: text(header['transactionKey']),
    poison: null,
  } satisfies Partial<ChangeEvent>;
  const change = changeKey(header, channel, replayId);
  const events = new Map<string, ChangeEvent>();
  let gap: ReadMessage['gap'] = null;
  let poison: ReadMessage['poison'] = null;
  for (const id of recordIds) {
    if (isRecordId(id) && changeType !== 'GAP_OVERFLOW') {
      const recordId = toId18(id);
      events.set(recordId, { key: `${change}/${recordId}`, recordId, changeType, ...shared });
    } else if (changeType === 'GAP_OVERFLOW' || (typeof id === 'string' && id.endsWith('*'))) {
      gap = { object, why: changeType === 'GAP_OVERFLOW' ? 'overflow' : 'wildcard' };
      const key = `${change}/${typeof id === 'string' ? id.slice(0, 20) : NO_RECORD}`;
      events.set(NO_RECORD, { key, recordId: NO_RECORD, ...shared, changeType: 'GAP_OVERFLOW', changedFields: null, values: {} });
    } else {
      const reason = `The change of ${object} names ${begin(id).slice(0, 40)}, which is no record id.`;
      poison = { reason, raw: begin(message) };
      const bad = begin(id).slice(0, 40);
      const event = poisoned(reason, message, channel, replayId, receivedAt);
      events.set(`bad ${bad}`, { ...event, key: `poison/${change}/${bad}`, object, eventAt });
    }
  }
  return { events: [...events.values()], replayId, gap, poison };
}

function facts(header: Bag): { object: string; changeType: ChangeType; recordIds: readonly unknown[]; eventAt: string } {
  const { entityName: object, changeType, recordIds } = header;
  if (typeof object !== 'string' || !/^[A-Za-z]\w{0,79}$/.test(object))
    throw new Unreadable('The change names no object (entityName).');
  if (typeof changeType !== 'string' || !CHANGE_TYPES.has(changeType)) {
    throw new Unreadable(`The change of ${object} has a type that is not known: ${begin(changeType).slice(0, 40)}.`);
  }
  if (!Array.isArray(recordIds) || recordIds.length === 0)
    throw new Unreadable(`The change of ${object} names no records (recordIds).`);
  const at = Number(header['commitTimestamp']);
  // Years beyond these are no commit of Salesforce's, and some databases can't hold them.
  if (header['commitTimestamp'] === null || !(at > Date.UTC(1999, 0) && at < Date.UTC(2200, 0))) {
    throw new Unreadable(`The change of ${object} does not say when it was committed (commitTimestamp).`);
  }
  return { object, changeType: changeType as ChangeType, recordIds: recordIds as unknown[], eventAt: new Date(at).toISOString() };
}

/**
 * The same for every delivery of the same change. Replay ids change when an org moves, so they stand in only where the
 * transaction is not named.
 */
function changeKey(header: Bag, channel: string, replayId: string | null): string {
  const { transactionKey, sequenceNumber, entityName } = header;
  const transaction =
    text(transactionKey) ?? `${channel}#${replayId ?? createHash('sha256').update(begin(header)).digest('hex').slice(0, 32)}`;
  const sequence =
    typeof sequenceNumber === 'number' || typeof sequenceNumber === 'string' ? String(sequenceNumber).slice(0, 20) : '1';
  return `${transaction}/${sequence}/${String(entityName)}`;
}

/** Set by every change, wanted by nobody; the header's list names LastModifiedDate all the same, and is believed. */
const SYSTEM_FIELDS: ReadonlySet<string> = new Set([
  'Id',
  'CreatedById',
  'CreatedDate',
  'LastModifiedById',
  'LastModifiedDate',
  'SystemModstamp',
]);

/** Over CometD the list is documented as absent and captured as present. An update's body carries what changed and nothing else. */
function changedFields(listed: unknown, changeType: ChangeType, values: Bag): readonly string[] {
  const names = Array.isArray(listed) ? listed.filter((name): name is string => typeof name === 'string') : [];
  if (names.length > 0 || changeType !== 'UPDATE') return names;
  return Object.entries(values).flatMap(([name, value]) => {
    if (SYSTEM_FIELDS.has(name)) return [];
    return isBag(value) ? Object.keys(value).map((part) => `${name}.${part}`) : [name];
  });
}

function poisoned(reason: string, message: unknown, channel: string, replayId: string | null, receivedAt: Date): ChangeEvent {
  const data = isBag(message) ? message['data'] : null;
  const payload = isBag(data) ? data['payload'] : null;
  const header = isBag(payload) ? payload['ChangeEventHeader'] : null;
  const named = isBag(header) ? header['entityName'] : null;
  const raw = begin(message);
  const place = replayId ?? createHash('sha256').update(raw).digest('hex').slice(0, 32);
  return {
    key: `poison/${channel}/${place}`,
    object: typeof named === 'string' && /^[A-Za-z]\w{0,79}$/.test(named) ? named : objectOf(channel),
    recordId: NO_RECORD,
    changeType: 'UPDATE',
    changedFields: null,
    values: {},
    eventAt: receivedAt.toISOString(),
    source: 'stream',
    replayId,
    changeOrigin: null,
    commitUser: null,
    transactionKey: null,
    poison: `${reason} Channel ${channel}, replay id ${replayId ?? 'unknown'}.`,
  };
}

/** A single-entity channel names its object; on any other it is not known: ''. */
function objectOf(channel: string): string {
  const entity = /^\/data\/(\w+)ChangeEvent$/.exec(channel)?.[1] ?? '';
  return entity.endsWith('__') ? `${entity}c` : entity;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value.slice(0, 500) : null);

/** For people, never for machines; short whatever came. */
function begin(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 2_000);
  } catch {
    return '(not JSON)';
  }
}
