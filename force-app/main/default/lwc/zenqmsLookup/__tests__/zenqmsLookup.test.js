import ZenqmsLookup from 'c/zenqmsLookup';
import { find, findAll, heard, mount, settled } from 'test/dom';
import options from './data/options.json';

const open = (more = {}) => mount('c-zenqms-lookup', ZenqmsLookup, { label: 'Object', options, ...more });
const input = (element) => find(element, 'input');
const shown = (element) => findAll(element, '[role="option"]').map((each) => each.dataset.value);

async function type(element, text) {
  input(element).value = text;
  input(element).dispatchEvent(new CustomEvent('input'));
  await settled();
}
async function press(element, key) {
  input(element).dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
  await settled();
}

it('is closed at first, named and accessible', async () => {
  const element = open({ required: true, value: 'Case' });
  await settled();
  expect(input(element).getAttribute('aria-expanded')).toBe('false');
  expect(input(element).value).toBe('Case');
  expect(shown(element)).toEqual([]);
  await expect(element).toBeAccessible();
});

it('filters by label, sublabel and value while typing', async () => {
  const element = open();
  await type(element, 'compl');
  expect(shown(element)).toEqual(['Complaint__c']);
  await type(element, 'case');
  expect(shown(element)).toEqual(['Case', 'CaseComment']);
  await expect(element).toBeAccessible();
});

it('says so when nothing is found, and while more is on its way', async () => {
  const element = open();
  await type(element, 'zzz');
  expect(find(element, '[role="status"]').textContent).toContain('Nothing found');
  element.loading = true;
  await settled();
  expect(find(element, '[role="status"]').textContent).toContain('Loading');
});

it('is used by keyboard alone', async () => {
  const element = open();
  const changes = heard(element, 'change');
  await press(element, 'ArrowDown');
  expect(input(element).getAttribute('aria-expanded')).toBe('true');
  await press(element, 'ArrowDown');
  expect(input(element).getAttribute('aria-activedescendant')).toBe(findAll(element, '[role="option"]')[1].id);
  await press(element, 'ArrowUp');
  await press(element, 'Enter');
  expect(changes).toEqual([{ value: 'Account', option: options[0] }]);
  expect(input(element).getAttribute('aria-expanded')).toBe('false');
});

it('Escape closes it and keeps what was chosen', async () => {
  const element = open({ value: 'Case' });
  const changes = heard(element, 'change');
  await type(element, 'acc');
  await press(element, 'Escape');
  expect(input(element).value).toBe('Case');
  expect(changes).toEqual([]);
});

it('does not choose what is disabled', async () => {
  const element = open();
  const changes = heard(element, 'change');
  await type(element, 'comment');
  findAll(element, '[role="option"]')[0].click();
  await settled();
  expect(changes).toEqual([]);
  expect(findAll(element, '[role="option"]')[0].getAttribute('aria-disabled')).toBe('true');
});

it('asks for more once typing pauses', async () => {
  jest.useFakeTimers();
  const element = open();
  const searches = heard(element, 'search');
  await type(element, 'ca');
  await type(element, 'cas ');
  jest.runAllTimers();
  expect(searches).toEqual([{ term: 'cas' }]);
});

it('shows that it must be filled, and what its owner says of it', async () => {
  const element = open({ required: true });
  expect(element.reportValidity()).toBe(false);
  await settled();
  expect(find(element, '.slds-form-element__help').textContent).toBe('Complete this field.');
  expect(input(element).getAttribute('aria-invalid')).toBe('true');
  await expect(element).toBeAccessible();
  element.setCustomValidity('It has no change events.');
  element.reportValidity();
  await settled();
  expect(find(element, '.slds-form-element__help').textContent).toBe('It has no change events.');
  element.setCustomValidity('');
  element.value = 'Case';
  expect(element.reportValidity()).toBe(true);
});

it('can be cleared where it need not be filled', async () => {
  const element = open({ value: 'Case' });
  const changes = heard(element, 'change');
  await settled();
  find(element, 'lightning-button-icon').click();
  expect(changes).toEqual([{ value: null, option: null }]);
});

it('an option that leads on stays open and says so', async () => {
  const element = open({ options: [{ value: 'Account', label: 'Fields of the related Account', drill: 'Account.' }] });
  const drills = heard(element, 'drill');
  const changes = heard(element, 'change');
  await type(element, 'acc');
  await press(element, 'Enter');
  expect(drills).toEqual([{ value: 'Account' }]);
  expect(changes).toEqual([]);
  expect(input(element).value).toBe('Account.');
});

it('shows fifty at most and how many there are', async () => {
  const many = Array.from({ length: 60 }, (_, index) => ({ value: `f${index}`, label: `Field ${index}` }));
  const element = open({ options: many });
  await press(element, 'ArrowDown');
  expect(shown(element)).toHaveLength(50);
  expect(find(element, '[role="status"]').textContent).toContain('50 of 60');
});
