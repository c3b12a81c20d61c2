/** The Tooling API, as far as channels and their members go. */
import { FieldError } from './errors.ts';
import { type Field, field } from './fields.ts';
import { type Reply, type Request, json } from './http.ts';
import { isId, makeId, to18 } from './ids.ts';
import { changeEventName } from './objects.ts';
import type { Org } from './org.ts';
import { tableOf } from './setup-tables.ts';
import type { Table } from './soql/world.ts';
import type { Values } from './store.ts';

let serial = 0;

const text = (name: string): Field => field(name, 'string');
const SHARED = [
  field('Id', 'id'),
  text('DeveloperName'),
  text('MasterLabel'),
  text('Language'),
  text('NamespacePrefix'),
  text('FullName'),
  text('Metadata'),
];

interface Kind {
  fields: Field[];
  rows(org: Org): Values[];
  create(org: Org, fullName: string, metadata: Values): string;
  delete(org: Org, id: string): void;
}

const KINDS: Readonly<Record<string, Kind>> = {
  PlatformEventChannel: {
    fields: [...SHARED, text('ChannelType')],
    rows: ({ bus }) =>
      bus.channels.map(({ id, name, label, type = 'data' }) => ({
        Id: id,
        DeveloperName: name.replace(/__chn$/, ''),
        MasterLabel: label,
        Language: 'en_US',
        NamespacePrefix: null,
        ChannelType: type,
        FullName: name,
        Metadata: { channelType: type, label },
      })),
    create: createChannel,
    delete: deleteChannel,
  },
  PlatformEventChannelMember: {
    fields: [...SHARED, text('EventChannel'), text('SelectedEntity'), text('FilterExpression')],
    rows: ({ bus }) =>
      bus.members.map(({ id, channel, event, name = `${channel.replace(/__chn$/, '_chn')}_${event.replace('__', '_')}` }) => ({
        Id: id,
        DeveloperName: name,
        MasterLabel: name,
        Language: 'en_US',
        NamespacePrefix: null,
        // A custom channel is named by its id, the standard one by its name.
        EventChannel: bus.channels.find((each) => each.name === channel)?.id ?? channel,
        SelectedEntity: event,
        FilterExpression: null,
        FullName: name,
        Metadata: { eventChannel: channel, selectedEntity: event },
      })),
    create: createMember,
    delete({ bus }, id) {
      bus.members.splice(placeOf(bus.members, id), 1);
    },
  },
};

const kindOf = (name: string): string | undefined => Object.keys(KINDS).find((each) => each.toLowerCase() === name.toLowerCase());

/** Those who may not customize the application do not see the objects at all. */
export function toolingTable(org: Org, name: string): Table | undefined {
  const own = kindOf(name);
  const kind = own === undefined || !org.access.viewSetup ? undefined : KINDS[own];
  return kind && tableOf(own ?? name, kind.fields, () => kind.rows(org));
}

/** @returns null where the path is none of the Tooling API's. @throws FieldError */
export function tooling(org: Org, request: Request, path: string, api: string): Reply | null {
  const [, name = '', id = null] = /^\/tooling\/sobjects\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const own = kindOf(name);
  const kind = own === undefined ? undefined : KINDS[own];
  if (own === undefined || !kind) return null;
  if (id === null) {
    if (request.method !== 'POST') return null;
    mayCustomize(org);
    const { FullName, Metadata } = (JSON.parse(request.text) ?? {}) as { FullName?: string; Metadata?: Values };
    if (!FullName || !Metadata)
      throw new FieldError('REQUIRED_FIELD_MISSING', 'Required fields are missing: [FullName, Metadata]');
    return json(201, { id: kind.create(org, FullName, Metadata), success: true, errors: [], warnings: [], infos: [] });
  }
  if (request.method === 'GET') {
    const row = kind.rows(org).find((each) => each['Id'] === to18(id));
    if (!row) throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
    return json(200, { attributes: { type: own, url: `/services/data/v${api}/tooling/sobjects/${own}/${id}` }, ...row });
  }
  if (request.method !== 'DELETE') return null;
  mayCustomize(org);
  kind.delete(org, id);
  return { status: 204, headers: {}, body: '' };
}

function mayCustomize(org: Org): void {
  if (!org.access.customizeApplication)
    throw new FieldError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', 403);
}

function createChannel({ bus }: Org, name: string, metadata: Values): string {
  if (!/^[A-Za-z](?:_?[A-Za-z0-9])*__chn$/.test(name))
    throw new FieldError('INVALID_INPUT', `The channel name ${name} must end with __chn`);
  const type = metadata['channelType'];
  if (type !== 'data' && type !== 'event') throw new FieldError('INVALID_INPUT', 'channelType is required');
  if (typeof metadata['label'] !== 'string')
    throw new FieldError('REQUIRED_FIELD_MISSING', 'Required fields are missing: [label]');
  if (bus.channels.some((channel) => channel.name.toLowerCase() === name.toLowerCase())) {
    throw new FieldError('DUPLICATE_DEVELOPER_NAME', `The developer name you entered is already in use: ${name}`);
  }
  if (bus.channels.length >= 100) throw new FieldError('LIMIT_EXCEEDED', 'You can have at most 100 custom channels.');
  const id = makeId('0YL', (serial += 1));
  bus.channels.push({ id, name, label: metadata['label'], type });
  return id;
}

function deleteChannel({ bus }: Org, id: string): void {
  const at = placeOf(bus.channels, id);
  if (bus.members.some((member) => member.channel === bus.channels[at]!.name))
    throw new FieldError('DEPENDENCY_EXISTS', 'This channel is referenced elsewhere: delete its members first.');
  bus.channels.splice(at, 1);
}

function createMember(org: Org, name: string, metadata: Values): string {
  const { bus, store, limits } = org;
  const channel = String(metadata['eventChannel'] ?? '');
  const event = String(metadata['selectedEntity'] ?? '');
  if (!/^[A-Za-z](?:_?[A-Za-z0-9])*$/.test(name) || name.length > 80)
    throw new FieldError(
      'INVALID_INPUT',
      `The developer name ${name} can only contain underscores and alphanumeric characters, and not two underscores in a row.`,
    );
  if (channel !== 'ChangeEvents' && !bus.channels.some((each) => each.name === channel)) {
    throw new FieldError('INVALID_CROSS_REFERENCE_KEY', `Invalid event channel: ${channel}`);
  }
  if ((metadata['filterExpression'] ?? null) !== null || (metadata['enrichedFields'] ?? null) !== null)
    throw new FieldError('INVALID_INPUT', 'Filters and enriched fields are not part of this stand-in.');
  const known = [...store.objects.values()].some((object) => object.changeEvents && changeEventName(object.name) === event);
  if (!known) throw new FieldError('INVALID_INPUT', `The selected entity ${event} isn't supported for Change Data Capture.`);
  if (bus.members.some((member) => member.channel === channel && member.event === event)) {
    throw new FieldError(
      'DUPLICATE_VALUE',
      `duplicate value found: PlatformEventChannelMember ${name} duplicates value on record`,
    );
  }
  if (bus.members.some((member) => member.name?.toLowerCase() === name.toLowerCase()))
    throw new FieldError('DUPLICATE_DEVELOPER_NAME', `The developer name you entered is already in use: ${name}`);
  if (!bus.selected(event) && new Set(bus.members.map((member) => member.event)).size >= limits.selectedEntities) {
    throw new FieldError(
      'LIMIT_EXCEEDED',
      "You can't select more entities for Change Data Capture: the limit of selected entities has been reached.",
    );
  }
  const id = makeId('0v8', (serial += 1));
  bus.members.push({ id, channel, event, name });
  return id;
}

function placeOf(list: readonly { id: string }[], id: string): number {
  const at = isId(id) ? list.findIndex((each) => each.id === to18(id)) : -1;
  if (at < 0) throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
  return at;
}
