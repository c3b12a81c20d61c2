import { CurrentPageReference, navigatedTo } from 'lightning/navigation';
import getExecution from '@salesforce/apex/ExecutionController.getExecution';
import listExecutions from '@salesforce/apex/ExecutionController.listExecutions';
import retryExecution from '@salesforce/apex/ExecutionController.retryExecution';
import retryExecutions from '@salesforce/apex/ExecutionController.retryExecutions';
import listIntegrations from '@salesforce/apex/IntegrationController.listIntegrations';
import ZenqmsActivity from 'c/zenqmsActivity';
import { buttonOf, find, findAll, heard, mount, refusal, settled, textOf } from 'test/dom';
import data from './data/activity.json';

const table = (element) => find(element, 'lightning-datatable');
const asked = () => JSON.parse(listExecutions.mock.calls.at(-1)[0].filtersJson);
const filter = (element, filters) =>
  find(element, 'c-zenqms-activity-filters').dispatchEvent(new CustomEvent('filter', { detail: { filters } }));

async function open(properties) {
  const element = mount('c-zenqms-activity', ZenqmsActivity, properties);
  await settled();
  return element;
}

beforeEach(() => {
  listExecutions.mockResolvedValue(data.executions);
  listIntegrations.mockResolvedValue(data.integrations);
});

it('lists what happened, in words', async () => {
  const element = await open();
  expect(table(element).data.map((row) => [row.integrationName, row.outcomeLabel, row.reasonLabel, row.issueNumber])).toEqual([
    ['Complaints from Cases', 'Error', 'ZenQMS refused the Issue', null],
    ['Deleted integration', 'Created', 'Issue created', 'COMPLAINT-17'],
  ]);
  expect(asked()).toEqual({ limit: 50 });
});

it('says that nothing has happened yet, or that nothing matches', async () => {
  listExecutions.mockResolvedValue({ data: [], next: null });
  const element = await open();
  expect(textOf(element)).toContain('Nothing has happened yet');
  filter(element, { outcome: 'error' });
  await settled();
  expect(textOf(element)).toContain('Nothing matches the filters');
  await expect(element).toBeAccessible();
});

it('is a list in a narrow pane', async () => {
  let tell;
  global.ResizeObserver = class {
    constructor(callback) {
      tell = callback;
    }
    observe() {}
    disconnect() {}
  };
  const element = await open();
  tell([{ contentRect: { width: 320 } }]);
  await settled();
  delete global.ResizeObserver;
  expect(table(element)).toBeNull();
  expect(findAll(element, 'li')).toHaveLength(2);
  expect(textOf(element)).toContain('Error: ZenQMS refused the Issue');
  await expect(element).toBeAccessible();
});

it('begins with what the address names', async () => {
  const element = await open();
  CurrentPageReference.emit({ state: { c__integrationId: 'int-1', c__outcome: 'error' } });
  await settled();
  expect(asked()).toEqual({ integrationId: 'int-1', outcome: 'error', limit: 50 });
  expect(find(element, 'c-zenqms-activity-filters').filters).toEqual({ integrationId: 'int-1', outcome: 'error' });
});

it('shows the detail of a row, and leads to its record', async () => {
  getExecution.mockResolvedValue({ ...data.executions.data[0], steps: [], attemptLog: [] });
  const element = await open();
  table(element).dispatchEvent(new CustomEvent('rowaction', { detail: { row: { id: '3' } } }));
  await settled();
  const detail = find(element, 'c-zenqms-execution-detail');
  expect(detail.execution.id).toBe('3');
  detail.dispatchEvent(new CustomEvent('record', { detail: { recordId: '5005g00000AbCd3AAF', objectApiName: 'Case' } }));
  expect(navigatedTo().attributes).toMatchObject({
    recordId: '5005g00000AbCd3AAF',
    objectApiName: 'Case',
  });
  detail.dispatchEvent(new CustomEvent('close'));
  await settled();
  expect(find(element, 'c-zenqms-execution-detail')).toBeNull();
});

it('tries one row again and shows what came of it', async () => {
  getExecution.mockResolvedValue({ ...data.executions.data[0], steps: [], attemptLog: [] });
  retryExecution.mockResolvedValue({});
  const element = await open();
  const toasts = heard(element, 'lightning__showtoast');
  table(element).dispatchEvent(new CustomEvent('rowaction', { detail: { row: { id: '3' } } }));
  await settled();
  find(element, 'c-zenqms-execution-detail').dispatchEvent(new CustomEvent('retry', { detail: { id: '3', force: false } }));
  await settled();
  expect(retryExecution).toHaveBeenCalledWith({ id: '3', force: false });
  expect(getExecution).toHaveBeenCalledTimes(2);
  expect(toasts[0].title).toBe('It is being tried again.');
});

it('tries all errors of one integration again', async () => {
  retryExecutions.mockResolvedValue({ retried: 7 });
  const element = await open();
  expect(buttonOf(element, 'Retry all errors')).toBeNull();
  const toasts = heard(element, 'lightning__showtoast');
  filter(element, { integrationId: 'int-1', outcome: 'error', since: '2026-03-01T00:00:00.000Z' });
  await settled();
  buttonOf(element, 'Retry all errors').click();
  await settled();
  expect(retryExecutions).toHaveBeenCalledWith({ integrationId: 'int-1', outcome: 'error', since: '2026-03-01T00:00:00.000Z' });
  expect(toasts[0].title).toBe('Being tried again: 7');
});

it('goes back in time page by page, and keeps what it has when fresh rows come', async () => {
  jest.useFakeTimers();
  listExecutions.mockResolvedValueOnce({ ...data.executions, next: 'older' });
  const element = await open();
  const older = { ...data.executions.data[1], id: '0' };
  listExecutions.mockResolvedValueOnce({ data: [older], next: null });
  buttonOf(element, 'Show more').click();
  await settled();
  expect(asked().cursor).toBe('older');
  expect(table(element).data.map((row) => row.id)).toEqual(['3', '1', '0']);
  const fresh = { ...data.executions.data[0], id: '4' };
  listExecutions.mockResolvedValueOnce({ data: [fresh, ...data.executions.data], next: null });
  jest.advanceTimersByTime(10000);
  await settled();
  expect(table(element).data.map((row) => row.id)).toEqual(['4', '3', '1', '0']);
});

it('shows why the log can not be read', async () => {
  listExecutions.mockRejectedValue(refusal('relay_timeout', 'No answer in time.'));
  const element = await open();
  expect(textOf(element)).toContain('No answer in time.');
});
