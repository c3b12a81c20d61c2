import { afterEach, beforeEach, expect, test } from 'vitest';
import { ERRORS } from './salesforce/faults.ts';
import { type Salesforce, startSalesforce } from './salesforce/server.ts';
import { type Rest, logIn, restOf } from './salesforce-client.ts';

let salesforce: Salesforce;
let rest: Rest;
beforeEach(async () => {
  salesforce = await startSalesforce();
  rest = restOf(salesforce, await logIn(salesforce));
});
afterEach(() => salesforce.close());

test('versions need no session; every other answer carries the usage', async () => {
  const versions = await fetch(`${salesforce.url}/services/data`);
  expect(await versions.json()).toContainEqual({ label: 'Release 66.0', url: '/services/data/v66.0', version: '66.0' });
  const first = await rest('/limits');
  expect(first.headers.get('sforce-limit-info')).toBe('api-usage=1/100000');
  expect(first.body).toMatchObject({
    DailyApiRequests: { Max: 100_000, Remaining: 99_999 },
    DailyDeliveredPlatformEvents: { Max: 1_000_000, Remaining: 1_000_000 },
  });
  expect((await rest('/nothing')).headers.get('sforce-limit-info')).toBe('api-usage=2/100000');
  expect(await rest('/services/data/v12.0/limits')).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] });
});

test('retrieve: null for what is deleted, hidden or nowhere; only the fields that were asked for', async () => {
  const seen = salesforce.db.insert('Case', { Subject: 'Leak' });
  const [gone = '', hidden = ''] = salesforce.db.insertMany('Case', [{}, {}]);
  salesforce.db.delete('Case', gone);
  salesforce.access.hiddenRecords.add(hidden);
  const ids = [seen.slice(0, 15), gone, hidden, '5005x0000000099AAA'];
  const { body } = await rest.post('/composite/sobjects/Case', { ids, fields: ['subject'] });
  expect(body).toEqual([
    { attributes: { type: 'Case', url: `/services/data/v66.0/sobjects/Case/${seen}` }, Subject: 'Leak' },
    null,
    null,
    null,
  ]);
});

test.each([
  ['a hidden field', ['Subject', 'LotNumber__c'], 'INVALID_FIELD', /'LotNumber__c'/],
  ['a field that is not there', ['Nope__c'], 'INVALID_FIELD', /'Nope__c'/],
  ['a path', ['Account.Name'], 'INVALID_FIELD', /'Account.Name'/],
])('retrieve refuses %s', async (_, fields, errorCode, message) => {
  salesforce.access.hiddenFields.add('Case.LotNumber__c');
  const id = salesforce.db.insert('Case', {});
  const answer = await rest.post('/composite/sobjects/Case', { ids: [id], fields });
  expect(answer).toMatchObject({ status: 400, body: [{ errorCode, message: expect.stringMatching(message) as string }] });
});

test('retrieve takes 2,000 ids and not one more, and no id that is none', async () => {
  const [id = ''] = salesforce.db.insertMany('Case', [{}]);
  const many = (count: number) =>
    rest.post('/composite/sobjects/Case', { ids: Array.from({ length: count }, () => id), fields: ['Id'] });
  expect((await many(2_000)).body).toHaveLength(2_000);
  expect((await many(2_001)).status).toBe(400);
  const malformed = await rest.post('/composite/sobjects/Case', { ids: ['x'], fields: ['Id'] });
  expect(malformed).toMatchObject({ status: 400, body: [{ errorCode: 'MALFORMED_ID' }] });
});

test('every type has its own form', async () => {
  const [site, id] = [
    { Site__Latitude__s: 54.3, Site__Longitude__s: 10.1 },
    salesforce.db.insert('Case', {
      Amount__c: '12345678901234567.10',
      Score__c: 25,
      SlaDate__c: '2026-03-01',
      DetectedAt__c: '2026-03-01T08:15:30+01:00',
      ShiftStart__c: '06:30',
      Hazards__c: 'Burn;Shock',
      Secret__c: 'topsecret1234',
      Site__Latitude__s: 54.3,
      Site__Longitude__s: 10.1,
    }),
  ];
  const fields = [
    'Amount__c',
    'Score__c',
    'SlaDate__c',
    'DetectedAt__c',
    'ShiftStart__c',
    'Hazards__c',
    'Secret__c',
    'Site__c',
    'Reportable__c',
  ];
  const answer = await rest.post('/composite/sobjects/Case', { ids: [id], fields });
  expect(answer.text).toContain('"Amount__c":12345678901234567.10');
  expect(answer.text).toContain('"Score__c":25.0');
  expect(answer.body[0]).toMatchObject({
    SlaDate__c: '2026-03-01',
    DetectedAt__c: '2026-03-01T07:15:30.000+0000',
    ShiftStart__c: '06:30:00.000Z',
    Hazards__c: 'Burn;Shock',
    Secret__c: '*********1234',
    Site__c: { latitude: site.Site__Latitude__s, longitude: site.Site__Longitude__s },
    Reportable__c: false,
  });
});

test('the describe tells every type, what is hidden not at all, and change events as objects of their own', async () => {
  salesforce.access.hiddenFields.add('Case.LotNumber__c');
  const { body } = await rest('/sobjects/case/describe');
  const types = new Map<string, string>(body.fields.map((each: { name: string; type: string }) => [each.name, each.type]));
  const wanted = {
    Id: 'id',
    OwnerId: 'reference',
    Description: 'textarea',
    Priority: 'picklist',
    Hazards__c: 'multipicklist',
    Amount__c: 'currency',
    Score__c: 'percent',
    Quantity__c: 'double',
    Units__c: 'int',
    SlaDate__c: 'date',
    DetectedAt__c: 'datetime',
    ShiftStart__c: 'time',
    Reportable__c: 'boolean',
    SuppliedEmail: 'email',
    Phone__c: 'phone',
    Link__c: 'url',
    Secret__c: 'encryptedstring',
    Site__c: 'location',
  };
  expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, types.get(name)]))).toEqual(wanted);
  expect(types.has('LotNumber__c')).toBe(false);
  const owner = body.fields.find((each: { name: string }) => each.name === 'OwnerId');
  expect(owner).toMatchObject({ relationshipName: 'Owner', referenceTo: ['Group', 'User'], polymorphicForeignKey: true });
  const { body: all } = await rest('/sobjects');
  const names = all.sobjects.map((each: { name: string }) => each.name);
  expect(names).toEqual(
    expect.arrayContaining(['Case', 'CaseChangeEvent', 'Complaint__c', 'Complaint__ChangeEvent', 'KnowledgeNote__c']),
  );
  expect(names).not.toContain('KnowledgeNote__ChangeEvent');
  expect((await rest('/sobjects/CaseChangeEvent/describe')).body.fields.map((each: { name: string }) => each.name)).toContain(
    'ChangeEventHeader',
  );
  salesforce.access.unreadableObjects.add('case');
  expect(await rest('/sobjects/Case/describe')).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] });
});

test('an org with several currencies has a code on each record', async () => {
  const several = await startSalesforce({ currencies: ['EUR', 'USD'] });
  const ask = restOf(several, await logIn(several));
  await ask('/sobjects/Case/describe');
  await ask.query('SELECT Id FROM Case');
  const id = several.db.insert('Case', { Amount__c: 5, CurrencyIsoCode: 'USD' });
  several.db.insert('Case', { Amount__c: 6 });
  const { body } = await ask.query('SELECT CurrencyIsoCode FROM Case ORDER BY Amount__c');
  expect(body.records).toMatchObject([{ CurrencyIsoCode: 'USD' }, { CurrencyIsoCode: 'EUR' }]);
  expect((await ask.query('SELECT IsoCode, IsCorporate FROM CurrencyType')).body.records).toMatchObject([
    { IsoCode: 'EUR', IsCorporate: true },
    { IsoCode: 'USD', IsCorporate: false },
  ]);
  expect(several.db.get('Case', id)?.values['CurrencyIsoCode']).toBe('USD');
  await several.close();
});

test('records are made, changed and deleted through REST, as far as the fields allow', async () => {
  const made = await rest.post('/sobjects/Contact', { LastName: 'Sato', FirstName: 'Mei' });
  expect(made.status).toBe(201);
  const path = `/sobjects/Contact/${made.body.id}`;
  expect((await rest(`${path}?fields=Name,Email`)).body).toMatchObject({ Name: 'Mei Sato', Email: null });
  const patch = (body: object) => rest(path, { method: 'PATCH', body: JSON.stringify(body) });
  expect((await patch({ Email: 'mei@meddevice.example' })).status).toBe(204);
  expect((await patch({ Name: 'Other' })).body).toMatchObject([{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }]);
  expect((await patch({ Email: 7 })).body).toMatchObject([{ errorCode: 'JSON_PARSER_ERROR' }]);
  expect((await patch({ LastName: 'x'.repeat(300) })).body).toMatchObject([{ errorCode: 'STRING_TOO_LONG' }]);
  expect((await rest.post('/sobjects/Contact', {})).body).toMatchObject([{ errorCode: 'REQUIRED_FIELD_MISSING' }]);
  expect((await rest(path, { method: 'DELETE' })).status).toBe(204);
  expect(await rest(path)).toMatchObject({ status: 404, body: [{ errorCode: 'ENTITY_IS_DELETED' }] });
});

test('a collection is written record by record, or all or none', async () => {
  const record = (Subject: unknown) => ({ attributes: { type: 'Case' }, Subject });
  const some = await rest.post('/composite/sobjects', { records: [record('a'), record(7)] });
  expect(some.body).toMatchObject([{ success: true }, { success: false, errors: [{ statusCode: 'JSON_PARSER_ERROR' }] }]);
  const none = await rest.post('/composite/sobjects', { allOrNone: true, records: [record('b'), record(7)] });
  expect(none.body).toMatchObject([{ success: false }, { success: false }]);
  expect((await rest.query('SELECT Subject FROM Case')).body.records).toMatchObject([{ Subject: 'a' }]);
});

test('more than 16,384 bytes of URI and headers are refused', async () => {
  expect((await rest.query(`SELECT Id FROM Case WHERE Subject = '${'x'.repeat(16_400)}'`)).status).toBe(414);
  expect((await rest('/limits', { headers: { 'x-filler': 'y'.repeat(16_300) } })).status).toBe(431);
});

test('what a user may not do', async () => {
  salesforce.org.limits.apiUsedElsewhere = 100_000;
  expect(await rest('/limits')).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] });
  salesforce.access.apiEnabled = false;
  expect(await rest('/limits')).toMatchObject({ status: 403, body: [{ errorCode: 'API_DISABLED_FOR_ORG' }] });
  salesforce.org.sessions.expireAccessTokens();
  expect(await rest('/limits')).toMatchObject({ status: 401, body: [{ errorCode: 'INVALID_SESSION_ID' }] });
});

test('setup objects tell what is permitted, if they may be looked at', async () => {
  salesforce.access.withoutViewAll.add('Case');
  salesforce.access.hiddenFields.add('Case.Subject');
  const hidden = salesforce.db.insert('Case', {});
  salesforce.access.hiddenRecords.add(hidden);
  const one = async (soql: string) => (await rest.query(soql)).body.records;
  expect(
    await one(
      `SELECT SobjectType, PermissionsRead, PermissionsViewAllRecords FROM ObjectPermissions WHERE SobjectType IN ('Case','Account') AND ParentId IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = '${salesforce.user.id}') ORDER BY SobjectType`,
    ),
  ).toMatchObject([
    { SobjectType: 'Account', PermissionsViewAllRecords: true },
    { SobjectType: 'Case', PermissionsRead: true, PermissionsViewAllRecords: false },
  ]);
  expect(await one("SELECT PermissionsRead FROM FieldPermissions WHERE Field = 'Case.Subject'")).toMatchObject([
    { PermissionsRead: false },
  ]);
  expect(await one('SELECT PermissionsViewAllData FROM UserPermissionAccess LIMIT 1')).toMatchObject([
    { PermissionsViewAllData: false },
  ]);
  expect(
    await one(
      `SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = '${salesforce.user.id}' AND RecordId = '${hidden}'`,
    ),
  ).toMatchObject([{ RecordId: hidden, HasReadAccess: false }]);
  expect(await one("SELECT QualifiedApiName FROM EntityDefinition WHERE QualifiedApiName = 'CaseChangeEvent'")).toHaveLength(1);
  expect(await one('SELECT Name, IsSandbox FROM Organization')).toMatchObject([{ Name: 'Med Device Inc.', IsSandbox: false }]);
  salesforce.access.viewSetup = false;
  expect((await rest.query('SELECT Id FROM ObjectPermissions')).body).toMatchObject([{ errorCode: 'INVALID_TYPE' }]);
});

test('faults: by method, by path, after so many, so many times', async () => {
  salesforce.faults.add({ method: 'POST', path: '/limits', answer: ERRORS.unavailable });
  salesforce.faults.add({ path: /\/limits$/, after: 1, times: 2, answer: ERRORS.maintenance });
  expect((await rest('/limits')).status).toBe(200);
  const down = await rest('/limits');
  expect([down.status, down.body, down.text.startsWith('<html>')]).toEqual([503, null, true]);
  expect((await rest('/limits')).status).toBe(503);
  expect((await rest('/limits')).status).toBe(200);
  salesforce.faults.add({ path: '/limits', answer: { kind: 'reset' } });
  await expect(rest('/limits')).rejects.toThrow();
  salesforce.faults.add({ path: '/limits', answer: { kind: 'truncate', after: 10 } });
  await expect(rest('/limits')).rejects.toThrow();
  salesforce.faults.add({ path: '/limits', answer: { kind: 'never' } });
  await expect(rest('/limits', { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/i);
  salesforce.faults.add({ path: '/limits', answer: { kind: 'slow', ms: 20 } });
  expect((await rest('/limits')).status).toBe(200);
});
