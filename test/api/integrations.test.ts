import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SalesforceError } from '../../relay/model/salesforce.ts';
import { type ApiUnderTest, type Answer, apiUnderTest, draft, seedConnections } from './relay.ts';

let api: ApiUnderTest;
let ids: { salesforce: string; zenqms: string };
beforeAll(async () => {
  api = await apiUnderTest();
});
beforeEach(async () => {
  await api.reset();
  ids = await seedConnections(api);
});
afterAll(() => api.close());

const PATH = '/api/v1/integrations';
const make = (changes: object = {}): Promise<Answer> => api.call('POST', PATH, { body: draft(ids, changes) });

describe('creating', () => {
  test('answers active once its stream is subscribed', async () => {
    const { status, body } = await make();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...draft(ids),
      id: expect.any(String),
      revision: 1,
      status: 'active',
      triggerOn: 'both',
      bulkLimit: null,
    });
    expect(api.world.streamChanges).toEqual([ids.salesforce]);
    expect((await api.call('GET', `${PATH}/${body.id}`)).body).toEqual(body);
  });

  test('answers starting when the stream takes long, or fails', async () => {
    api.world.stream = 'starting';
    expect((await make()).body.status).toBe('starting');
    api.world.fail.stream = new SalesforceError('retry', 'UNREACHABLE', 'away');
    const { status, body } = await make();
    expect([status, body.status]).toEqual([201, 'starting']);
  });

  test('fills what was left out', async () => {
    const { filterFormula: _1, title: _2, timeZone: _3, ...least } = draft(ids);
    const { body } = await api.call('POST', PATH, { body: least });
    expect(body).toMatchObject({
      triggerOn: 'both',
      filterFormula: null,
      title: null,
      timeZone: 'UTC',
      duplicateScope: 'category',
      bulkLimit: null,
    });
    expect((await make({ filterFormula: '  ' })).body.filterFormula).toBeNull();
  });

  test('paused begins a pause and asks for no stream', async () => {
    const { body } = await make({ status: 'paused' });
    expect(body).toMatchObject({ status: 'paused', pausedAt: body.activatedAt });
    expect(api.world.streamChanges).toEqual([]);
    const pauses = await api.database.db.selectFrom('integration_pause').selectAll().execute();
    expect(pauses).toMatchObject([{ integration_id: body.id, resumed_at: null }]);
  });

  test('of an invalid one is refused with the list that validate gives', async () => {
    const wrong = draft(ids, {
      categoryId: 'nothing',
      filterFormula: 'Status',
      fieldMappings: [
        { salesforceField: 'Nope', zenqmsFieldId: 'field-priority' },
        { salesforceField: 'Subject', zenqmsFieldId: '' },
      ],
    });
    const validated = await api.call('POST', `${PATH}/validate`, { body: wrong });
    expect(validated.body.valid).toBe(false);
    expect(validated.body.problems.map((problem: { path: string; code: string }) => `${problem.path} ${problem.code}`)).toEqual([
      'categoryId unknown_category',
      'filterFormula formula_syntax',
      'fieldMappings[0].salesforceField unknown_salesforce_field',
      'fieldMappings[1].zenqmsFieldId unknown_zenqms_field',
      'fieldMappings optional_field_unmapped',
    ]);
    const refused = await api.call('POST', PATH, { body: wrong });
    expect(refused.status).toBe(422);
    expect(refused.body.error.details).toEqual(validated.body.problems);
    expect((await api.call('GET', PATH)).body.data).toEqual([]);
  });

  test('a warning alone does not keep it from being saved', async () => {
    const body = draft(ids, { fieldMappings: [{ salesforceField: 'Priority', zenqmsFieldId: 'field-priority' }] });
    expect((await api.call('POST', `${PATH}/validate`, { body })).body).toMatchObject({
      valid: true,
      problems: [{ severity: 'warning' }],
    });
    expect((await api.call('POST', PATH, { body })).status).toBe(201);
  });

  test('a time zone that is none is found', async () => {
    const { body } = await api.call('POST', `${PATH}/validate`, { body: draft(ids, { timeZone: 'Mars/Olympus' }) });
    expect(body.problems).toMatchObject([{ path: 'timeZone', code: 'unknown_time_zone' }]);
  });

  test.each<[string, object, string]>([
    ['an unknown property', { surprise: 1 }, 'surprise'],
    [
      'an unknown property inside',
      { fieldMappings: [{ salesforceField: 'a', zenqmsFieldId: 'b', more: 1 }] },
      'fieldMappings[0].more',
    ],
    ['an unknown property of the due date', { dueDate: { from: 'today', daysToAdd: 1, field: 'X' } }, 'dueDate.field'],
    ['a wrong type', { fieldMappings: [{ salesforceField: 'a', zenqmsFieldId: 7 }] }, 'fieldMappings[0].zenqmsFieldId'],
    ['a wrong choice', { triggerOn: 'delete' }, 'triggerOn'],
    ['a due date without from', { dueDate: { daysToAdd: 1 } }, 'dueDate.from'],
    ['days that are no whole number', { dueDate: { from: 'today', daysToAdd: 1.5 } }, 'dueDate.daysToAdd'],
    ['an empty name', { name: ' ' }, 'name'],
    ['a null where none may be', { object: null }, 'object'],
  ])('%s is refused with its path', async (_what, changes, path) => {
    const { status, body } = await make(changes);
    expect(status).toBe(400);
    expect(body.error.code).toBe('malformed');
    expect(body.error.details.map((detail: { path: string }) => detail.path)).toContain(path);
  });

  test('of one whose connection is gone is refused', async () => {
    const { status, body } = await make({ zenqmsConnectionId: 'gone' });
    expect([status, body.error.details[0].path]).toEqual([422, 'zenqmsConnectionId']);
  });
});

describe('saving', () => {
  test('needs the revision that was read, and keeps every revision', async () => {
    const created = (await make()).body;
    const body = { ...draft(ids, { name: 'Renamed' }), revision: 1 };
    const saved = await api.call('PUT', `${PATH}/${created.id}`, { body, headers: { 'X-Acting-User': 'admin@acme.example' } });
    expect(saved.body).toMatchObject({ name: 'Renamed', revision: 2, status: 'active', activatedAt: created.activatedAt });
    const late = await api.call('PUT', `${PATH}/${created.id}`, { body: { ...body, name: 'Too late' } });
    expect([late.status, late.body.error.code]).toEqual([409, 'revision_conflict']);
    const { data } = (await api.call('GET', `${PATH}/${created.id}/revisions`)).body;
    expect(data).toMatchObject([
      { revision: 2, action: 'updated', actor: 'admin', actingUser: 'admin@acme.example', definition: { name: 'Renamed' } },
      { revision: 1, action: 'created', actor: 'admin', actingUser: null, definition: { name: 'Complaints from Cases' } },
    ]);
  });

  test('at the same moment succeeds once', async () => {
    const { id } = (await make()).body;
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        api.call('PUT', `${PATH}/${id}`, { body: { ...draft(ids, { name: `Name ${n}` }), revision: 1 } }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });

  test('of another object starts afresh', async () => {
    const { id, activatedAt } = (await make()).body;
    api.clock = new Date(api.clock.getTime() + 60_000);
    api.world.stream = 'starting';
    // The fakes know one object; its name is compared without case, so that a new spelling is no new object.
    const same = await api.call('PUT', `${PATH}/${id}`, { body: { ...draft(ids, { object: 'case' }), revision: 1 } });
    expect(same.body).toMatchObject({ status: 'active', activatedAt });
    const org = await seedConnections(api);
    const other = await api.call('PUT', `${PATH}/${id}`, {
      body: { ...draft({ ...ids, salesforce: org.salesforce }), revision: 2 },
    });
    expect(other.body).toMatchObject({ status: 'starting', activatedAt: api.clock.toISOString() });
    expect(api.world.streamChanges.slice(-2)).toEqual([ids.salesforce, org.salesforce]);
  });

  test('changes no status', async () => {
    const { id } = (await make()).body;
    const { status, body } = await api.call('PUT', `${PATH}/${id}`, { body: { ...draft(ids), revision: 1, status: 'paused' } });
    expect([status, body.error.code]).toEqual([422, 'status_not_saved']);
    expect((await api.call('PUT', `${PATH}/${id}`, { body: { ...draft(ids), revision: 1, status: 'active' } })).status).toBe(200);
  });

  test('forgets what a check found wrong with the old definition', async () => {
    const { id } = (await make()).body;
    const drift = {
      code: 'field_gone',
      path: 'title.field',
      message: 'Subject is gone.',
      remedy: 'Choose another.',
      blocking: true,
    };
    await api.database.db
      .updateTable('integration')
      .set({ problems: JSON.stringify([drift]) })
      .where('id', '=', id)
      .execute();
    expect((await api.call('GET', `${PATH}/${id}/status`)).body.problems).toEqual([drift]);
    await api.call('PUT', `${PATH}/${id}`, { body: { ...draft(ids), revision: 1 } });
    expect((await api.call('GET', `${PATH}/${id}/status`)).body.problems).toEqual([]);
  });
});

describe('running', () => {
  test('pause and resume keep the pause on record', async () => {
    const { id } = (await make()).body;
    const paused = await api.call('POST', `${PATH}/${id}/pause`);
    expect(paused.body).toMatchObject({ status: 'paused', pausedAt: api.clock.toISOString(), revision: 1 });
    expect((await api.call('POST', `${PATH}/${id}/pause`, { body: {} })).body).toEqual(paused.body);
    const from = api.clock.toISOString();
    api.clock = new Date(api.clock.getTime() + 60_000);
    const resumed = await api.call('POST', `${PATH}/${id}/resume`, { body: { from: 'pause' } });
    expect(resumed.body).toMatchObject({ status: 'active', pausedAt: null });
    const [pause] = await api.database.db.selectFrom('integration_pause').selectAll().execute();
    expect([pause?.paused_at.toISOString(), pause?.resumed_at?.toISOString(), pause?.resume_from]).toEqual([
      from,
      api.clock.toISOString(),
      'pause',
    ]);
    expect(api.world.resumes).toEqual([{ id, from: 'pause' }]);
    expect(api.world.streamChanges).toHaveLength(3);
    const again = await api.call('POST', `${PATH}/${id}/resume`);
    expect([again.status, again.body.status]).toEqual([200, 'active']);
    expect(api.world.resumes).toHaveLength(1);
  });

  test('from now is the default of resume', async () => {
    const { id } = (await make({ status: 'paused' })).body;
    await api.call('POST', `${PATH}/${id}/resume`);
    expect(api.world.resumes).toEqual([{ id, from: 'now' }]);
    expect((await api.call('POST', `${PATH}/${id}/resume`, { body: { from: 'yesterday' } })).status).toBe(400);
  });

  test('deleting leaves the log', async () => {
    const { id } = (await make()).body;
    expect((await api.call('DELETE', `${PATH}/${id}`)).status).toBe(204);
    expect((await api.call('GET', `${PATH}/${id}`)).status).toBe(404);
    expect((await api.call('DELETE', `${PATH}/${id}`)).status).toBe(404);
    expect(api.world.streamChanges).toEqual([ids.salesforce, ids.salesforce]);
    expect((await api.call('GET', '/api/v1/audit?limit=1')).body.data[0]).toMatchObject({
      action: 'integration.deleted',
      subjectId: id,
      before: { name: 'Complaints from Cases' },
    });
  });

  test('a list in pages, each once', async () => {
    for (let n = 0; n < 7; n += 1) await make({ name: `Integration ${n}` });
    const names: string[] = [];
    let cursor: string | null = '';
    do {
      const { body }: Answer = await api.call('GET', `${PATH}?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      names.push(...body.data.map((row: { name: string }) => row.name));
      cursor = body.next;
    } while (cursor !== null);
    expect(names).toEqual(Array.from({ length: 7 }, (_, n) => `Integration ${n}`));
  });

  test('a catch-up, and how far it is', async () => {
    const { id } = (await make()).body;
    expect((await api.call('GET', `${PATH}/${id}/catch-up`)).status).toBe(404);
    const started = await api.call('POST', `${PATH}/${id}/catch-up`, { body: { since: '2026-03-01T10:00:00+02:00' } });
    expect(started.status).toBe(202);
    expect(api.world.catchUps).toEqual([{ id, since: new Date('2026-03-01T08:00:00Z') }]);
    expect((await api.call('GET', `${PATH}/${id}/catch-up`)).body).toMatchObject({
      id: started.body.id,
      since: '2026-03-01T08:00:00.000Z',
      state: 'waiting',
      found: 0,
    });
    expect((await api.call('GET', `${PATH}/${id}/catch-ups`)).body.data).toHaveLength(1);
    expect((await api.call('POST', `${PATH}/${id}/catch-up`, { body: { since: '2099-01-01T00:00:00Z' } })).status).toBe(422);
    for (const since of ['yesterday', '2026-03-01', '0000-01-01T00:00:00Z', '1969-12-31T00:00:00Z', 7]) {
      expect((await api.call('POST', `${PATH}/${id}/catch-up`, { body: { since } })).status, String(since)).toBe(400);
    }
  });

  test('reconciliations, newest day first', async () => {
    const { id } = (await make()).body;
    for (const day of ['2026-03-01', '2026-03-02', '2026-03-03']) {
      await api.database.db
        .insertInto('reconciliation')
        .values({ integration_id: id, day, matched: 10, issues: 9, explained: 1, missing: 0, details: '[]' })
        .execute();
    }
    const first = await api.call('GET', `${PATH}/${id}/reconciliations?limit=2`);
    expect(first.body.data.map((row: { day: string }) => row.day)).toEqual(['2026-03-03', '2026-03-02']);
    const rest = await api.call('GET', `${PATH}/${id}/reconciliations?limit=2&cursor=${first.body.next}`);
    expect(rest.body).toMatchObject({
      data: [{ day: '2026-03-01', matched: 10, issues: 9, explained: 1, missing: 0 }],
      next: null,
    });
  });

  test('preview shows the decision and the Issue', async () => {
    const { body } = await api.call('POST', `${PATH}/preview`, {
      body: { integration: draft(ids), recordId: '5003000000D8cuI', changeType: 'update' },
    });
    expect(body).toMatchObject({
      decision: { outcome: 'deliver', steps: [{ step: 'trigger', passed: true }] },
      issue: { title: 'Pump stops', externalId: '5003000000D8cuIAAR' },
      duplicateOf: null,
    });
    expect((await api.call('POST', `${PATH}/preview`, { body: { integration: draft(ids), recordId: "x' or 1" } })).status).toBe(
      400,
    );
    const invalid = await api.call('POST', `${PATH}/preview`, {
      body: { integration: draft(ids, { object: 'X' }), recordId: '5003000000D8cuIAAR' },
    });
    expect(invalid.status).toBe(422);
  });
});

test('help lists every function, with the reason for those that are refused', async () => {
  const { body } = await api.call('GET', '/api/v1/formula/functions');
  expect(body.data).toMatchObject([
    { name: 'ISNEW', supported: true, reason: null },
    { name: 'VLOOKUP', supported: false, reason: 'It reads other records.' },
  ]);
});
