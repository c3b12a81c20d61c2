import LightningConfirm from 'lightning/confirm';
import { navigatedTo } from 'lightning/navigation';
import listSalesforceConnections from '@salesforce/apex/ConnectionController.listSalesforceConnections';
import deleteIntegration from '@salesforce/apex/IntegrationController.deleteIntegration';
import discardHeld from '@salesforce/apex/IntegrationController.discardHeld';
import getCatchUp from '@salesforce/apex/IntegrationController.getCatchUp';
import getStatus from '@salesforce/apex/IntegrationController.getStatus';
import listHeld from '@salesforce/apex/IntegrationController.listHeld';
import listIntegrations from '@salesforce/apex/IntegrationController.listIntegrations';
import listRevisions from '@salesforce/apex/IntegrationController.listRevisions';
import pauseIntegration from '@salesforce/apex/IntegrationController.pauseIntegration';
import releaseHeld from '@salesforce/apex/IntegrationController.releaseHeld';
import resumeIntegration from '@salesforce/apex/IntegrationController.resumeIntegration';
import startCatchUp from '@salesforce/apex/IntegrationController.startCatchUp';
import ZenqmsIntegrations from 'c/zenqmsIntegrations';
import { buttonOf, find, findAll, heard, mount, refusal, settled, textOf } from 'test/dom';
import lists from './data/lists.json';

const items = (element) => findAll(element, 'c-zenqms-integration-item');
const act = (element, action, values) =>
  items(element)[0].dispatchEvent(new CustomEvent('action', { detail: { action, id: 'int-1', values } }));

async function open() {
  const element = mount('c-zenqms-integrations', ZenqmsIntegrations);
  await settled();
  return element;
}

beforeEach(() => {
  listIntegrations.mockResolvedValue(lists.integrations);
  listSalesforceConnections.mockResolvedValue(lists.connections);
  getStatus.mockResolvedValue(lists.status);
});

it('says what to do where there is none yet', async () => {
  listIntegrations.mockResolvedValue({ data: [], next: null });
  const element = await open();
  expect(textOf(element)).toContain('No integration yet');
  buttonOf(element, 'New integration').click();
  expect(navigatedTo().attributes.apiName).toBe('ZenQMS_Setup');
  await expect(element).toBeAccessible();
});

it('lists them with state and stream', async () => {
  const element = await open();
  expect(items(element).map((item) => [item.integration.name, item.status.counts.created, item.connection.id])).toEqual([
    ['Complaints from Cases', 1, 'sf-1'],
    ['CAPA from Complaints', 1, 'sf-1'],
  ]);
  await expect(element).toBeAccessible();
});

it('a state that can not be had hides nothing else', async () => {
  getStatus.mockRejectedValueOnce(refusal('relay_timeout', 'No answer in time.'));
  const element = await open();
  expect(items(element).map((item) => item.status.unreadable)).toEqual(['No answer in time.', undefined]);
});

it('shows why nothing can be listed', async () => {
  listIntegrations.mockRejectedValue(refusal('relay_unreachable', 'The relay could not be reached.'));
  const element = await open();
  expect(textOf(element)).toContain('The relay could not be reached.');
});

it('brings the next page when asked', async () => {
  listIntegrations.mockResolvedValueOnce({ ...lists.integrations, next: 'page-2' });
  const element = await open();
  listIntegrations.mockResolvedValueOnce({ data: [{ ...lists.integrations.data[0], id: 'int-3' }], next: null });
  buttonOf(element, 'Show more').click();
  await settled();
  expect(listIntegrations).toHaveBeenLastCalledWith({ cursor: 'page-2' });
  expect(items(element)).toHaveLength(3);
  expect(buttonOf(element, 'Show more')).toBeNull();
});

it.each([
  ['pause', pauseIntegration, { id: 'int-1' }, 'Complaints from Cases is paused.'],
  ['resumeNow', resumeIntegration, { id: 'int-1', resumeFrom: 'now' }, 'stays unprocessed'],
  ['resumePause', resumeIntegration, { id: 'int-1', resumeFrom: 'pause' }, 'is processed now'],
])('%s does it, says so and shows how it stands', async (action, method, parameters, text) => {
  method.mockResolvedValue({});
  const element = await open();
  const toasts = heard(element, 'lightning__showtoast');
  act(element, action);
  await settled();
  expect(method).toHaveBeenCalledWith(parameters);
  expect(toasts[0].title).toContain(text);
  expect(listIntegrations).toHaveBeenCalledTimes(2);
});

it('shows why something was refused, and claims nothing', async () => {
  pauseIntegration.mockRejectedValue(refusal('forbidden', 'You may not do this.'));
  const element = await open();
  const toasts = heard(element, 'lightning__showtoast');
  act(element, 'pause');
  await settled();
  expect(toasts).toEqual([]);
  expect(textOf(element)).toContain('You may not do this.');
});

it.each([
  [true, 1],
  [false, 0],
])('deletes only when the person is sure (%s)', async (sure, times) => {
  LightningConfirm.open = jest.fn().mockResolvedValue(sure);
  deleteIntegration.mockResolvedValue(null);
  const element = await open();
  act(element, 'delete');
  await settled();
  expect(LightningConfirm.open.mock.calls[0][0].label).toBe('Delete Complaints from Cases?');
  expect(deleteIntegration).toHaveBeenCalledTimes(times);
});

it.each([
  ['edit', 'ZenQMS_Setup', { c__integrationId: 'int-1' }],
  ['clone', 'ZenQMS_Setup', { c__integrationId: 'int-1', c__clone: 'true' }],
  ['errors', 'ZenQMS_Activity', { c__integrationId: 'int-1', c__outcome: 'error' }],
  ['activity', 'ZenQMS_Activity', { c__integrationId: 'int-1' }],
])('%s leads to %s', async (action, apiName, state) => {
  const element = await open();
  act(element, action);
  expect(navigatedTo()).toEqual({ type: 'standard__navItemPage', attributes: { apiName }, state });
});

it('unfolds revisions, and folds them again', async () => {
  listRevisions.mockResolvedValue({ data: [], next: null });
  const element = await open();
  act(element, 'revisions');
  await settled();
  expect(items(element)[0].panel).toEqual({ id: 'int-1', name: 'revisions', data: { data: [], next: null } });
  expect(items(element)[1].panel).toBeNull();
  act(element, 'close');
  await settled();
  expect(items(element)[0].panel).toBeNull();
});

it('shows why a panel is empty', async () => {
  listRevisions.mockRejectedValue(refusal('relay_timeout', 'No answer in time.'));
  const element = await open();
  act(element, 'revisions');
  await settled();
  expect(textOf(element)).toContain('No answer in time.');
});

it('follows a catch-up to its end', async () => {
  jest.useFakeTimers();
  getCatchUp.mockRejectedValueOnce(refusal('not_found', 'None yet.'));
  startCatchUp.mockResolvedValue({ id: 'cu-1' });
  getCatchUp
    .mockResolvedValueOnce({ state: 'running', found: 1, added: 0 })
    .mockResolvedValueOnce({ state: 'done', found: 5, added: 2 });
  const element = await open();
  act(element, 'catchUp');
  await settled();
  expect(items(element)[0].panel.data).toBeNull();
  act(element, 'startCatchUp', { since: '2026-03-01T00:00:00.000Z' });
  await settled();
  expect(startCatchUp).toHaveBeenCalledWith({ id: 'int-1', since: '2026-03-01T00:00:00.000Z' });
  jest.advanceTimersByTime(2000);
  await settled();
  expect(items(element)[0].panel.data).toEqual({ state: 'done', found: 5, added: 2 });
  expect(getCatchUp).toHaveBeenCalledTimes(3);
});

it('releases what is held, and discards it only when the person is sure', async () => {
  listHeld.mockResolvedValue({ count: 3, oldestReceivedAt: null, newestReceivedAt: null });
  releaseHeld.mockResolvedValue({ released: 3 });
  const element = await open();
  act(element, 'release');
  await settled();
  expect(releaseHeld).toHaveBeenCalledWith({ id: 'int-1' });
  LightningConfirm.open = jest.fn().mockResolvedValue(false);
  act(element, 'discard');
  await settled();
  expect(discardHeld).not.toHaveBeenCalled();
});

it('keeps the counts fresh by itself', async () => {
  jest.useFakeTimers();
  await open();
  jest.advanceTimersByTime(15000);
  await settled();
  expect(getStatus).toHaveBeenCalledTimes(4);
});

it('offers a filter where there are many', async () => {
  const many = Array.from({ length: 6 }, (_, index) => ({
    ...lists.integrations.data[0],
    id: `int-${index}`,
    name: `Number ${index}`,
  }));
  listIntegrations.mockResolvedValue({ data: many, next: null });
  const element = await open();
  const filter = find(element, 'lightning-input');
  filter.dispatchEvent(new CustomEvent('change', { detail: { value: 'number 3' } }));
  await settled();
  expect(items(element)).toHaveLength(1);
  filter.dispatchEvent(new CustomEvent('change', { detail: { value: 'zzz' } }));
  await settled();
  expect(textOf(element)).toContain('No integration matches');
});
