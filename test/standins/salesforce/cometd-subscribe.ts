/** /meta/subscribe: which channels there are, who may have them, and where they begin. */
import { seesChanges } from './access.ts';
import { entityOf } from './bus.ts';
import { type Client, permissionsNow } from './cometd-client.ts';
import { COMETD_ERRORS, type CometdFaults, invalidReplayId } from './cometd-faults.ts';
import type { Org } from './org.ts';

/** @returns null when it is done, else the error as Salesforce words it */
export function subscribe(org: Org, client: Client, faults: CometdFaults, channel: unknown, ext: unknown): string | null {
  if (faults.rejectSubscribe && faults.rejectSubscribe.times > 0) {
    faults.rejectSubscribe.times -= 1;
    return faults.rejectSubscribe.error;
  }
  if (typeof channel !== 'string' || channel === '') return '400::Channel name not specified';
  if (!channel.startsWith('/')) return "400::Channel subscriptions must start with a leading '/'";
  const refused = refusal(org, channel);
  if (refused !== null) return refused;
  if (org.counters.eventsDelivered >= org.limits.eventsMax) return COMETD_ERRORS.dailyLimit;
  const asked = (ext as { replay?: Record<string, unknown> } | undefined)?.replay?.[channel];
  const after = startOf(org, asked);
  if (after === null) return invalidReplayId(asked);
  client.subscriptions.set(channel, { after, access: permissionsNow(org.access) });
  return null;
}

function refusal(org: Org, channel: string): string | null {
  const missing = `400::The channel you requested to subscribe to does not exist {${channel}}`;
  const [, kind = '', own = ''] = /^\/(data|event)\/(\w+)$/.exec(channel) ?? [];
  if (kind === '') return channel.startsWith('/meta/') || channel.startsWith('/service/') ? COMETD_ERRORS.restricted : missing;
  if (kind === 'event') return own.endsWith('__e') || own.endsWith('__chn') ? null : missing;
  // Permissions on these two are looked at when events are delivered.
  if (own === 'ChangeEvents') return null;
  if (own.endsWith('__chn')) return org.bus.channels.some((each) => each.name === own) ? null : missing;
  const entity = entityOf(own);
  if (!own.endsWith('ChangeEvent') || !org.store.object(entity)?.changeEvents) return missing;
  return seesChanges(org.access, entity) ? null : COMETD_ERRORS.notAllowed;
}

/** -1: what comes from now on; -2: all that is retained. Only numbers are ids. */
function startOf(org: Org, asked: unknown): number | null {
  if (asked === undefined || asked === -1) return org.bus.newest();
  if (asked === -2) return 0;
  return typeof asked === 'number' && org.bus.knows(asked) ? asked : null;
}
