import { expect, test } from 'vitest';
import { RECONNECT_MS, reconnectDelay } from '../../relay/salesforce/backoff.ts';
import { cookieJar } from '../../relay/salesforce/cookies.ts';
import { retryAfter } from '../../relay/salesforce/errors.ts';
import { classifyReply, classifyStatus, problemOf } from '../../relay/salesforce/faults.ts';
import { isRecordId, toId18 } from '../../relay/salesforce/ids.ts';
import { dateTime, idList, identifier, quote } from '../../relay/salesforce/soql.ts';

test.each([
  ['5005x000001AbCd', '5005x000001AbCdAAK'],
  ['001000000000001', '001000000000001AAA'],
  ['001D000000IqhSL', '001D000000IqhSLIAZ'],
  ['5005x000001AbCdAAK', '5005x000001AbCdAAK'],
])('%s in 18 characters', (id, long) => expect(toId18(id)).toBe(long));

test.each(['', '500', "5005x000001AbC'", '5005x000001AbCdAA', '5005x000001AbCdAAKK', 'é005x000001AbCd', null, 7])(
  '%s is no record id',
  (id) => expect(isRecordId(id)).toBe(false),
);

test.each([
  ["O'Brien", "'O\\'Brien'"],
  ['back\\slash', "'back\\\\slash'"],
  ["\\' OR Name != '", "'\\\\\\' OR Name != \\''"],
  ['a\nb\tc\rd', "'a\\nb\\tc\\rd'"],
  ['nul\u0000', "'nul\\u0000'"],
  ['"', "'\\\"'"],
])('%j as a literal', (value, literal) => expect(quote(value)).toBe(literal));

test('no literal ends before its end', () => {
  for (const value of ["'", "\\'", "\\\\'", "''", '\\', 'x\\']) {
    const inside = quote(value).slice(1, -1);
    expect(inside.replace(/\\./g, '')).not.toContain("'");
    expect(inside.replace(/\\\\/g, '')).not.toMatch(/\\$/);
  }
});

test('identifiers and ids that are none are refused', () => {
  expect(identifier('Complaint__c')).toBe('Complaint__c');
  expect(() => identifier('Case WHERE')).toThrow(/no name/);
  expect(() => identifier('../limits')).toThrow(/no name/);
  expect(idList(['5005x000001AbCd'])).toBe("('5005x000001AbCd')");
  expect(() => idList(["5005x000001AbC'"])).toThrow(/no record id/);
  expect(dateTime(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
});

test('cookies: kept, replaced, expired, deleted', () => {
  let now = 0;
  const jar = cookieJar(() => now);
  expect(jar.header()).toBeNull();
  jar.store(['BAYEUX_BROWSER=abc=1; Path=/; Secure; HttpOnly', 'route=x; Max-Age=10', 'nonsense']);
  expect(jar.header()).toBe('BAYEUX_BROWSER=abc=1; route=x');
  jar.store(['BAYEUX_BROWSER=def']);
  expect(jar.header()).toBe('BAYEUX_BROWSER=def; route=x');
  now = 11_000;
  expect(jar.header()).toBe('BAYEUX_BROWSER=def');
  jar.store(['BAYEUX_BROWSER=; Expires=Thu, 01 Jan 1970 00:00:00 GMT']);
  expect(jar.header()).toBeNull();
});

/** The table of the streaming facts, row by row. */
test.each([
  ['401::Authentication invalid', null, 'unauthorized'],
  ['403::Handshake denied', '401::Authentication invalid', 'unauthorized'],
  ['403::Handshake denied', '403::Organization concurrent user limit exceeded', 'busy'],
  ['403::Handshake denied', '503::Server is too busy', 'busy'],
  ['401::Authentication invalid', '503::Server is too busy', 'busy'],
  ['503::Server is too busy', null, 'busy'],
  ['403::Unknown client', null, 'rehandshake'],
  ['402::Unknown client', null, 'rehandshake'],
  [
    '400::The replayId {123} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.',
    null,
    'position_lost',
  ],
  ['403::Organization total events daily limit exceeded', null, 'daily_limit'],
  ['403::User not allowed to subscribe CDC channel without view all data permission: /data/CaseChangeEvent', null, 'forbidden'],
  ['403::Restricted channel', null, 'forbidden'],
  ['403:denied_by_security_policy:create_denied', null, 'forbidden'],
  ['413::Maximum Request Size Exceeded', null, 'forbidden'],
  ['403::Handshake denied', null, 'forbidden'],
  [null, null, 'forbidden'],
])('%s with the reason %s: %s', (error, failureReason, kind) => {
  const fault = classifyReply({ error, failureReason, reconnect: 'none' });
  expect(fault.kind).toBe(kind);
  expect(problemOf(fault).remedy).not.toBe('');
});

test.each([
  [401, '[{"errorCode":"INVALID_SESSION_ID"}]', 'unauthorized'],
  [403, '', 'forbidden'],
  [413, '', 'forbidden'],
  [429, '', 'busy'],
  [503, '<html>', 'busy'],
  [502, '<html>', 'network'],
  [200, '<html>', 'network'],
])('HTTP %i that is no Bayeux: %s', (status, body, kind) => expect(classifyStatus(status, body, null).kind).toBe(kind));

test('waits grow, stay at the last, and follow Retry-After where that is longer', () => {
  const fault = { kind: 'network', message: '', retryAfterMs: null } as const;
  expect([1, 2, 3, 99].map((times) => reconnectDelay(fault, times, 0.5))).toEqual([1_000, 2_000, 5_000, 60_000]);
  expect(reconnectDelay(fault, 1, 0)).toBe(800);
  expect(reconnectDelay(fault, 1, 1)).toBe(1_200);
  expect(reconnectDelay({ ...fault, retryAfterMs: 9_000 }, 1, 0.5)).toBe(9_000);
  expect(RECONNECT_MS.busy.every((ms) => ms >= 60_000)).toBe(true);
});

test('what passes by itself is tried again within a minute; only what Salesforce asks to be left alone for waits longer', () => {
  const patient: readonly string[] = ['busy', 'daily_limit', 'forbidden'];
  for (const [kind, waits] of Object.entries(RECONNECT_MS))
    expect([kind, Math.max(...waits) <= 60_000]).toEqual([kind, !patient.includes(kind)]);
});

test('Retry-After in seconds, as a date, or as nothing', () => {
  expect(retryAfter('3')).toBe(3_000);
  expect(retryAfter('Fri, 09 Jan 2026 08:00:10 GMT', Date.UTC(2026, 0, 9, 8))).toBe(10_000);
  expect(retryAfter(undefined)).toBeNull();
  expect(retryAfter('soon')).toBeNull();
});
