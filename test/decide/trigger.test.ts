import { expect, test } from 'vitest';
import { matchTrigger } from '../../relay/decide/trigger.ts';
import type { ChangeType } from '../../relay/model/event.ts';

const rows: [ChangeType, create: boolean, update: boolean, both: boolean][] = [
  ['CREATE', true, false, true],
  ['GAP_CREATE', true, false, true],
  ['UPDATE', false, true, true],
  ['GAP_UPDATE', false, true, true],
  ['DELETE', false, false, false],
  ['GAP_DELETE', false, false, false],
  ['UNDELETE', false, false, false],
  ['GAP_UNDELETE', false, false, false],
  ['GAP_OVERFLOW', false, false, false],
];
test.each(rows)('%s starts create: %s, update: %s, both: %s', (changeType, create, update, both) => {
  expect(matchTrigger(changeType, 'create').matches).toBe(create);
  expect(matchTrigger(changeType, 'update').matches).toBe(update);
  expect(matchTrigger(changeType, 'both').matches).toBe(both);
});

test('the sentence says what happened and what would have counted', () => {
  expect(matchTrigger('UPDATE', 'create').message).toBe('The record was updated, but the integration starts on creation only.');
  expect(matchTrigger('CREATE', 'both').message).toBe(
    'The record was created, and the integration starts on creation and updates.',
  );
});
