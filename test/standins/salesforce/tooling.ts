/** The Tooling API, as far as channels go. */
import { FieldError } from './errors.ts';
import { makeId } from './ids.ts';
import { changeEventName } from './objects.ts';
import type { Org } from './org.ts';

let serial = 0;

export function toolingCreate(org: Org, type: string, body: unknown): unknown {
  if (!org.access.customizeApplication) {
    throw new FieldError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', 403);
  }
  const { FullName, Metadata } = (body ?? {}) as { FullName?: string; Metadata?: Record<string, unknown> };
  if (!FullName || !Metadata) throw new FieldError('REQUIRED_FIELD_MISSING', 'Required fields are missing: [FullName, Metadata]');
  if (type === 'PlatformEventChannel') return createChannel(org, FullName, Metadata);
  if (type === 'PlatformEventChannelMember') return createMember(org, FullName, Metadata);
  throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
}

function createChannel(org: Org, name: string, metadata: Record<string, unknown>): unknown {
  if (!/^[A-Za-z][A-Za-z0-9_]*__chn$/.test(name))
    throw new FieldError('INVALID_INPUT', `The channel name ${name} must end with __chn`);
  if (!['data', 'event'].includes(String(metadata['channelType'])))
    throw new FieldError('INVALID_INPUT', 'channelType is required');
  if (org.bus.channels.some((channel) => channel.name.toLowerCase() === name.toLowerCase())) {
    throw new FieldError('DUPLICATE_DEVELOPER_NAME', `The developer name you entered is already in use: ${name}`);
  }
  const id = makeId('0YL', (serial += 1));
  org.bus.channels.push({ id, name, label: String(metadata['label'] ?? name) });
  return { id, success: true, errors: [], warnings: [], infos: [] };
}

function createMember(org: Org, name: string, metadata: Record<string, unknown>): unknown {
  const channel = String(metadata['eventChannel'] ?? '');
  const event = String(metadata['selectedEntity'] ?? '');
  if (channel !== 'ChangeEvents' && !org.bus.channels.some((each) => each.name === channel)) {
    throw new FieldError('INVALID_CROSS_REFERENCE_KEY', `Invalid event channel: ${channel}`);
  }
  const known = [...org.store.objects.values()].some((object) => object.changeEvents && changeEventName(object.name) === event);
  if (!known) throw new FieldError('INVALID_INPUT', `The selected entity ${event} isn't supported for Change Data Capture.`);
  if (org.bus.members.some((member) => member.channel === channel && member.event === event)) {
    throw new FieldError(
      'DUPLICATE_VALUE',
      `duplicate value found: PlatformEventChannelMember ${name} duplicates value on record`,
    );
  }
  const selected = new Set(org.bus.members.map((member) => member.event));
  if (!selected.has(event) && selected.size >= org.limits.selectedEntities) {
    throw new FieldError(
      'LIMIT_EXCEEDED',
      "You can't select more entities for Change Data Capture: the limit of selected entities has been reached.",
    );
  }
  const id = makeId('0v8', (serial += 1));
  org.bus.members.push({ id, channel, event });
  return { id, success: true, errors: [], warnings: [], infos: [] };
}

export function toolingDelete(org: Org, type: string, id: string): void {
  if (type !== 'PlatformEventChannelMember') throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
  const at = org.bus.members.findIndex((member) => member.id === id);
  if (at < 0) throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
  org.bus.members.splice(at, 1);
}

export function toolingQuery(org: Org, soql: string): unknown {
  const table = /\bFROM\s+(\w+)/i.exec(soql)?.[1]?.toLowerCase();
  const shaped = (type: string, records: Record<string, unknown>[]) => ({
    size: records.length,
    totalSize: records.length,
    done: true,
    entityTypeName: type,
    records: records.map((record) => ({
      attributes: { type, url: `/services/data/tooling/${type}/${String(record['Id'])}` },
      ...record,
    })),
  });
  const wanted = [...soql.matchAll(/=\s*'([^']*)'/g)].map((match) => match[1] ?? '');
  if (table === 'platformeventchannel') {
    const rows = org.bus.channels.map((each) => ({
      Id: each.id,
      DeveloperName: each.name.replace(/__chn$/, ''),
      MasterLabel: each.label,
      ChannelType: 'data',
      FullName: each.name,
    }));
    return shaped(
      'PlatformEventChannel',
      rows.filter(
        (row) => wanted.length === 0 || wanted.some((each) => [row.DeveloperName, row.FullName, row.Id].includes(each)),
      ),
    );
  }
  if (table === 'platformeventchannelmember') {
    const rows = org.bus.members.map((each) => ({
      Id: each.id,
      DeveloperName: `${each.channel.replace(/__chn$/, '_chn')}_${each.event}`,
      EventChannel: org.bus.channels.find((channel) => channel.name === each.channel)?.id ?? each.channel,
      SelectedEntity: each.event,
    }));
    return shaped(
      'PlatformEventChannelMember',
      rows.filter((row) => wanted.length === 0 || wanted.some((each) => Object.values(row).includes(each))),
    );
  }
  if (table === 'entitydefinition') return shaped('EntityDefinition', []);
  throw new FieldError('INVALID_TYPE', `sObject type '${table}' is not supported.`);
}
