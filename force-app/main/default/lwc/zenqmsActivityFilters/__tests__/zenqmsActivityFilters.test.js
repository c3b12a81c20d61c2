import ZenqmsActivityFilters from 'c/zenqmsActivityFilters';
import { buttonOf, enter, findAll, heard, mount, settled } from 'test/dom';

const open = (filters = {}) =>
  mount('c-zenqms-activity-filters', ZenqmsActivityFilters, { filters, integrations: [{ id: 'int-1', name: 'Complaints' }] });
const named = (element, name) => findAll(element, 'lightning-combobox, lightning-input').find((each) => each.name === name);

it('offers integrations, outcomes and reasons in words', async () => {
  const element = open({ outcome: 'error' });
  await settled();
  expect(named(element, 'integrationId').options).toEqual([
    { value: '', label: 'All' },
    { value: 'int-1', label: 'Complaints' },
  ]);
  expect(named(element, 'outcome').value).toBe('error');
  expect(named(element, 'reason').options).toContainEqual({ value: 'filter_false', label: 'The filter formula was not true' });
  await expect(element).toBeAccessible();
});

it('tells only what is set, times in UTC', async () => {
  const element = open({ outcome: 'error' });
  const told = heard(element, 'filter');
  await settled();
  enter(named(element, 'integrationId'), 'int-1');
  enter(named(element, 'outcome'), '');
  enter(named(element, 'since'), '2026-03-01T08:00:00.000+01:00');
  expect(told.map((each) => each.filters)).toEqual([
    { outcome: 'error', integrationId: 'int-1' },
    {},
    { outcome: 'error', since: '2026-03-01T07:00:00.000Z' },
  ]);
});

it('looks for a record once its id is whole', async () => {
  jest.useFakeTimers();
  const element = open();
  const told = heard(element, 'filter');
  await settled();
  enter(named(element, 'recordId'), '5005g0000');
  jest.runAllTimers();
  expect(told).toEqual([]);
  enter(named(element, 'recordId'), ' 5005g00000AbCd3AAF ');
  jest.runAllTimers();
  expect(told).toEqual([{ filters: { recordId: '5005g00000AbCd3AAF' } }]);
});

it('is cleared at once', async () => {
  const element = open();
  const told = heard(element, 'filter');
  await settled();
  expect(buttonOf(element, 'Clear filters').disabled).toBe(true);
  element.filters = { outcome: 'error' };
  await settled();
  buttonOf(element, 'Clear filters').click();
  expect(told).toEqual([{ filters: {} }]);
});
