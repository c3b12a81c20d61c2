import ZenqmsReview from 'c/zenqmsReview';
import { buttonOf, find, findAll, heard, mount, settled, textOf } from 'test/dom';
import { catalog, draft } from 'test/wizard';
import data from './data/review.json';

const CATALOG = catalog({
  categoryFields: [{ id: 'f-severity', label: 'Severity' }],
  users: [{ id: 'u-1', name: 'Quality Manager' }],
});
const open = (review) => mount('c-zenqms-review', ZenqmsReview, { draft: draft(), catalog: CATALOG, review });
const wrong = (more = {}) => ({
  path: 'object',
  code: 'object_without_change_events',
  message: 'No change events.',
  severity: 'error',
  ...more,
});

it('says that it is checking', async () => {
  const element = open({ working: true });
  await settled();
  expect(textOf(element)).toContain('Checking everything with Salesforce and ZenQMS…');
  await expect(element).toBeAccessible();
});

it('says that everything is in place, and shows access and limits with remedies', async () => {
  const { preview, ...review } = data;
  const element = open(review);
  await settled();
  expect(textOf(element)).toContain('Everything is in place.');
  const looks = findAll(element, '[data-check]').map((row) => [row.dataset.check, find(row, 'lightning-icon').variant]);
  expect(looks).toEqual([
    ['view_all', 'warning'],
    ['object', 'error'],
  ]);
  expect(textOf(element)).toContain('1 of 3 checks passed.');
  expect(textOf(element)).toContain('Grant read on Case.');
  await expect(element).toBeAccessible();
});

it('lists what passed when asked', async () => {
  const element = open(data);
  await settled();
  buttonOf(element, 'Show all').click();
  await settled();
  expect(findAll(element, '[data-check]').map((row) => row.dataset.check)).toEqual(['scopes', 'view_all', 'object']);
  buttonOf(element, 'Hide those that passed').click();
  await settled();
  expect(findAll(element, '[data-check]')).toHaveLength(2);
});

it('lists every problem with the way to its place', async () => {
  const problems = [wrong(), wrong({ path: 'fieldMappings[1].zenqmsFieldId', message: 'Twice.', severity: 'warning' })];
  const element = open({ valid: false, problems });
  const places = heard(element, 'goto');
  await settled();
  expect(textOf(element)).toContain('Some things must be put right');
  expect(findAll(element, '[data-problem] lightning-icon').map((icon) => icon.variant)).toEqual(['error', 'warning']);
  findAll(element, '[data-problem] lightning-button').forEach((each) => each.click());
  expect(places).toEqual([{ path: 'object' }, { path: 'fieldMappings[1].zenqmsFieldId' }]);
  await expect(element).toBeAccessible();
});

it('is ready with warnings alone, and shows them', async () => {
  const element = open({ valid: true, problems: [wrong({ severity: 'warning' })] });
  await settled();
  expect(textOf(element)).toContain('Everything is in place.');
  expect(textOf(element)).toContain('No change events.');
});

it('checks again when asked', async () => {
  const element = open({ valid: false, problems: [] });
  const again = heard(element, 'checkagain');
  await settled();
  buttonOf(element, 'Check again').click();
  expect(again).toHaveLength(1);
});

it('previews the record that was picked, and no record not', async () => {
  const element = open(data);
  const previews = heard(element, 'preview');
  await settled();
  buttonOf(element, 'Preview').click();
  await settled();
  expect(previews).toEqual([]);
  expect(textOf(element)).toContain('Choose a record first.');
  find(element, 'lightning-record-picker').dispatchEvent(
    new CustomEvent('change', { detail: { recordId: '5005g00000AbCd1AAF' } }),
  );
  buttonOf(element, 'Preview').click();
  expect(previews).toEqual([{ recordId: '5005g00000AbCd1AAF' }]);
});

it('shows the decision and the Issue as it would be', async () => {
  const element = open(data);
  await settled();
  const rows = findAll(element, 'dt').map((term) => [term.textContent, term.nextElementSibling.textContent]);
  expect(rows).toEqual([
    ['Title', 'Leaking vial'],
    ['Due date', '2026-04-01'],
    ['Default assignee', 'Quality Manager'],
    ['Severity', 'High'],
    ['f-other', 'x'],
  ]);
  expect(textOf(element)).toContain('An Issue would be made.');
  expect(textOf(element)).toContain('Status changed');
  await expect(element).toBeAccessible();
});

it('says why there would be none, and which one there is', async () => {
  const preview = {
    decision: { outcome: 'skip', reason: 'filter_false', message: 'Status did not change.', steps: [] },
    issue: null,
    duplicateOf: { id: 'i-1', number: 'COMPLAINT-17' },
  };
  const element = open({ ...data, preview });
  await settled();
  expect(textOf(element)).toContain('No Issue would be made.');
  expect(textOf(element)).toContain('Status did not change.');
  expect(textOf(element)).toContain('COMPLAINT-17');
  expect(findAll(element, 'dt')).toEqual([]);
});

it('shows why a preview failed', async () => {
  const element = open({ ...data, preview: null, previewFailure: { message: 'There is no such record.' } });
  await settled();
  expect(textOf(element)).toContain('There is no such record.');
});
