import ZenqmsCatchUp from 'c/zenqmsCatchUp';
import { buttonOf, enter, find, heard, mount, settled, textOf } from 'test/dom';

const RUN = {
  state: 'running',
  since: '2026-03-01T00:00:00Z',
  until: '2026-03-01T10:00:00Z',
  cursorAt: '2026-03-01T04:00:00Z',
  found: 8,
  added: 2,
};
const open = (progress) => mount('c-zenqms-catch-up', ZenqmsCatchUp, { progress });

it('offers the last day, and starts with what is chosen', async () => {
  const element = open(null);
  const starts = heard(element, 'start');
  await settled();
  const input = find(element, 'lightning-input');
  expect(Date.now() - Date.parse(input.value)).toBeGreaterThanOrEqual(86400000);
  jest.spyOn(input, 'reportValidity').mockReturnValue(true);
  enter(input, '2026-03-01T08:00:00.000+01:00');
  buttonOf(element, 'Catch up now').click();
  expect(starts).toEqual([{ since: '2026-03-01T07:00:00.000Z' }]);
  await expect(element).toBeAccessible();
});

it('does not start with a time that can not be', async () => {
  const element = open(null);
  const starts = heard(element, 'start');
  await settled();
  jest.spyOn(find(element, 'lightning-input'), 'reportValidity').mockReturnValue(false);
  buttonOf(element, 'Catch up now').click();
  expect(starts).toEqual([]);
});

it('shows how far it is, and is not started twice', async () => {
  const element = open(RUN);
  await settled();
  expect(find(element, 'lightning-progress-bar').value).toBe(40);
  expect(textOf(element)).toContain('Found so far: 8, of which new: 2');
  expect(buttonOf(element, 'Catch up now').disabled).toBe(true);
  // Not checked by axe here: the stub of the progress bar knows no ariaLabel, the base component does (see the browser tests).
});

it.each([
  [{ ...RUN, state: 'done', found: 12, added: 3 }, 'Done. Found: 12, of which new: 3', 'success'],
  [{ ...RUN, state: 'failed', message: 'Salesforce refused the query.' }, 'Salesforce refused the query.', 'error'],
])('says how it ended', async (progress, text, variant) => {
  const element = open(progress);
  await settled();
  expect(textOf(element)).toContain(text);
  expect(find(element, 'c-zenqms-message').variant).toBe(variant);
  expect(buttonOf(element, 'Catch up now').disabled).toBe(false);
});

it('waits at the very beginning', async () => {
  const element = open({ state: 'waiting' });
  await settled();
  expect(find(element, 'lightning-progress-bar').value).toBe(0);
});
