/** PRIORVALUE: what a field held before is known from a baseline, then from the events; where it is not known it is never guessed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Journey, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

test('a change of a record that was there before the integration is decided by its baseline', async () => {
  const { db } = journey.salesforce;
  const fromNew = db.insert('Case', { Subject: 'Was new', Status: 'New' });
  const fromWorking = db.insert('Case', { Subject: 'Was in work', Status: 'Working' });
  const { id } = await journey.integration({
    triggerOn: 'update',
    filterFormula: "AND(ISCHANGED(Status), ISPICKVAL(PRIORVALUE(Status), 'New'))",
  });
  await until('the baseline is read', async () => {
    const { data } = await journey.relay.ok('GET', `/api/v1/integrations/${id}/catch-ups`);
    return (data as { cause: string; state: string }[]).some((each) => each.cause === 'baseline' && each.state === 'done');
  });
  db.update('Case', fromNew, { Status: 'Escalated' });
  db.update('Case', fromWorking, { Status: 'Escalated' });
  const reason = (recordId: string) =>
    until(
      'an outcome',
      async () => (await journey.executions({ integrationId: id, recordId })).find((row) => row.finishedAt)?.reason,
    );
  expect(await reason(fromNew)).toBe('created');
  expect(await reason(fromWorking)).toBe('filter_false');
});
