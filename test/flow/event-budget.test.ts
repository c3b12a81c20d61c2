/** The share of an org's event deliveries: at it nobody listens, the connection says so, and nothing is lost. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Journey, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';

const BATCH = 5;
let journey: Journey;
let id = '';
beforeAll(async () => {
  journey = await startJourney({ salesforce: { eventsMax: 40, batch: BATCH } });
  await change({ eventShare: 0.5 });
  ({ id } = await journey.integration({ triggerOn: 'create' }));
});
afterAll(() => journey.close());

const change = (settings: object) =>
  journey.relay.ok('PATCH', `/api/v1/salesforce/connections/${journey.salesforceId}`, { settings });
const connection = () => journey.relay.ok('GET', `/api/v1/salesforce/connections/${journey.salesforceId}`);
const says = (code: string | null) =>
  until(`the connection says ${code}`, async () => {
    const answer = await connection();
    return (answer.problem?.code ?? null) === code && answer;
  });
const insert = (subject: string): string => journey.salesforce.db.insert('Case', { Subject: subject });
const delivered = (): number => journey.salesforce.counters.eventsDelivered;
const nobodyListens = () => until('nobody listens', () => journey.salesforce.cometd.clients() === 0);
const ids: string[] = [];

test('at the share it stops listening and says so; what it has read is worked off', async () => {
  for (let n = 0; n < 30; n++) ids.push(insert(`Leak ${n}`));
  const answer = await until('the stream waits', async () => {
    const now = await connection();
    return now.stream.problem?.code === 'event_budget' && now;
  });
  await nobodyListens();
  expect(answer).toMatchObject({
    status: 'connected',
    problem: {
      code: 'event_budget',
      message: expect.stringContaining('of the 20'),
      remedy: expect.stringContaining('eventShare'),
    },
    stream: { state: 'stopped' },
    limits: { eventsMax: 40 },
  });
  expect(delivered()).toBeGreaterThanOrEqual(20);
  expect(delivered()).toBeLessThan(20 + BATCH);
  await journey.settled(id, delivered());
  expect(journey.zenqms.issues()).toHaveLength(delivered());
});

test('a relay that is started anew knows what was read, and an object that is new meanwhile is kept by Salesforce', async () => {
  const before = delivered();
  await journey.relay.kill('SIGKILL');
  await journey.restart();
  await says('event_budget');
  const accounts = await journey.integration({
    name: 'Accounts',
    object: 'Account',
    categoryId: 'cat_scar',
    triggerOn: 'create',
  });
  expect(accounts.status).toBe('starting');
  await until('it has a member', () =>
    journey.salesforce.org.bus.members.some((member) => member.event === 'AccountChangeEvent'),
  );
  ids.push(journey.salesforce.db.insert('Account', { Name: 'While nobody listens' }));
  ids.push(insert('While nobody listens'));
  expect(delivered()).toBe(before);
  expect(journey.salesforce.cometd.clients()).toBe(0);
});

test('when it may listen again it goes on where it stopped: each record has one Issue', async () => {
  journey.salesforce.org.limits.eventsMax = 1_000;
  await change({ eventShare: 0.9 });
  await until('each has an Issue', () => journey.zenqms.issues().length >= ids.length);
  await says(null);
  expect((await connection()).stream).toMatchObject({ state: 'streaming', problem: null });
  expect(
    journey.zenqms
      .issues()
      .map((issue) => issue.external_id)
      .sort(),
  ).toEqual([...ids].sort());
  expect(journey.relay.logs.filter((line) => String(line['msg']).includes('taken up anew'))).toEqual([]);
});
