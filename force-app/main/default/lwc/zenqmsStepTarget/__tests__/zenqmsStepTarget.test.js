import ZenqmsStepTarget from 'c/zenqmsStepTarget';
import { enter, find, heard, mount, settled, textOf } from 'test/dom';
import { base, catalog, draft } from 'test/wizard';
import account from './data/account.json';

const open = (more = {}) => mount('c-zenqms-step-target', ZenqmsStepTarget, { ...base, catalog: catalog(account), ...more });
const category = (element) => find(element, '[data-path="categoryId"]');
const assignee = (element) => find(element, '[data-path="assigneeId"]');

it('offers active categories, and active users to assign to', async () => {
  const element = open();
  await settled();
  expect(category(element).options).toEqual([{ value: 'cat-1', label: 'Complaint (COMPLAINT)' }]);
  expect(assignee(element).options.map(({ value, disabled }) => [value, disabled])).toEqual([
    ['u-1', false],
    ['u-2', true],
  ]);
  await expect(element).toBeAccessible();
});

it('still shows a chosen category that was deactivated or is gone', async () => {
  const element = open({ draft: draft({ integration: { categoryId: 'cat-2' } }) });
  await settled();
  expect(category(element).options[1]).toEqual({ value: 'cat-2', label: 'Old (inactive)' });
  element.draft = draft({ integration: { categoryId: 'cat-9' } });
  await settled();
  expect(category(element).options.at(-1)).toEqual({ value: 'cat-9', label: 'No longer there: cat-9' });
});

it('says what to do when the token may write nowhere', async () => {
  const element = open({ catalog: catalog({ categories: [] }) });
  await settled();
  expect(textOf(element)).toContain('give the token read and write on a category');
  await expect(element).toBeAccessible();
});

it('suggests a name with the category, unless there is one', async () => {
  const element = open();
  const changes = heard(element, 'change');
  await settled();
  enter(category(element), 'cat-1');
  element.draft = draft({ integration: { name: 'Mine' } });
  await settled();
  enter(category(element), 'cat-1');
  expect(changes.filter((each) => each.section).map((each) => each.values)).toEqual([
    { categoryId: 'cat-1', name: 'Complaint from Case' },
    { categoryId: 'cat-1' },
  ]);
});

it('tells the other choices', async () => {
  const element = open();
  const changes = heard(element, 'change');
  const searches = heard(element, 'search');
  await settled();
  assignee(element).dispatchEvent(new CustomEvent('change', { detail: { value: 'u-1', option: { label: 'Quality Manager' } } }));
  assignee(element).dispatchEvent(new CustomEvent('search', { detail: { term: 'qual' } }));
  enter(find(element, 'lightning-radio-group'), 'account');
  enter(find(element, '[data-path="name"]'), 'Complaints');
  expect(changes.filter((each) => each.section)).toEqual([
    { section: 'shown', values: { assignee: 'Quality Manager' } },
    { section: 'integration', values: { assigneeId: 'u-1' } },
    { section: 'integration', values: { duplicateScope: 'account' } },
    { section: 'integration', values: { name: 'Complaints' } },
  ]);
  expect(searches).toEqual([{ what: 'users', term: 'qual' }]);
});
