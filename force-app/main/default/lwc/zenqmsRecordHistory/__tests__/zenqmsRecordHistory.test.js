import getExecution from '@salesforce/apex/ExecutionController.getExecution';
import recordHistory from '@salesforce/apex/ExecutionController.recordHistory';
import retryExecution from '@salesforce/apex/ExecutionController.retryExecution';
import listIntegrations from '@salesforce/apex/IntegrationController.listIntegrations';
import ZenqmsRecordHistory from 'c/zenqmsRecordHistory';
import { buttonOf, find, findAll, mount, refusal, settled, textOf } from 'test/dom';
import history from './data/history.json';

const RECORD = '5005g00000AbCd2AAF';
const steps = [{ step: 'ISCHANGED(Status)', passed: false, message: 'Status did not change' }];

async function open() {
  const element = mount('c-zenqms-record-history', ZenqmsRecordHistory, { recordId: RECORD });
  await settled();
  return element;
}

beforeEach(() => {
  recordHistory.mockResolvedValue(history);
  getExecution.mockImplementation(({ id }) =>
    Promise.resolve({ ...history.data.find((row) => row.id === id), steps, attemptLog: [] }),
  );
  listIntegrations.mockResolvedValue({ data: [{ id: 'int-1', name: 'Complaints from Cases' }], next: null });
});

it('says exactly why there is no Issue, clause by clause', async () => {
  const element = await open();
  expect(recordHistory).toHaveBeenCalledWith({ recordId: RECORD });
  expect(textOf(element)).toContain('This record has no Issue. Status did not change.');
  expect(textOf(element)).toContain('Complaints from Cases • Updated');
  expect(find(element, 'code').textContent).toBe('ISCHANGED(Status)');
  await expect(element).toBeAccessible();
});

it('says which Issue there is, whatever came after', async () => {
  const made = { ...history.data[1], id: '3', outcome: 'created', reason: 'created', issueNumber: 'COMPLAINT-17' };
  recordHistory.mockResolvedValue({ data: [history.data[0], made], next: null });
  const element = await open();
  expect(textOf(element)).toContain('This record has the Issue COMPLAINT-17.');
  expect(find(element, 'c-zenqms-message').variant).toBe('success');
});

it('shows an error as one', async () => {
  recordHistory.mockResolvedValue({ data: [{ ...history.data[0], outcome: 'error', reason: 'mapping_error' }], next: null });
  const element = await open();
  expect(find(element, 'c-zenqms-message').variant).toBe('error');
});

it('says when no change has been seen', async () => {
  recordHistory.mockResolvedValue({ data: [], next: null });
  const element = await open();
  expect(textOf(element)).toContain('No change of this record has been seen');
  await expect(element).toBeAccessible();
});

it('unfolds and folds each event', async () => {
  const element = await open();
  const toggles = findAll(element, 'lightning-button-icon').filter((each) => each.dataset.id);
  expect(toggles.map((each) => each.iconName)).toEqual(['utility:chevrondown', 'utility:chevronright']);
  toggles[1].click();
  toggles[0].click();
  await settled();
  expect(findAll(element, 'c-zenqms-execution-detail').map((each) => each.execution.id)).toEqual(['4']);
});

it('tries an error again and reads anew', async () => {
  retryExecution.mockResolvedValue({});
  const element = await open();
  find(element, 'c-zenqms-execution-detail').dispatchEvent(new CustomEvent('retry', { detail: { id: '5', force: false } }));
  await settled();
  expect(retryExecution).toHaveBeenCalledWith({ id: '5', force: false });
  expect(recordHistory).toHaveBeenCalledTimes(2);
});

it('follows the page to another record', async () => {
  const element = await open();
  element.recordId = '5005g00000AbCd9AAF';
  await settled();
  expect(recordHistory).toHaveBeenLastCalledWith({ recordId: '5005g00000AbCd9AAF' });
});

it('shows why it can not tell, and can be asked again', async () => {
  recordHistory.mockRejectedValueOnce(refusal('relay_timeout', 'No answer in time.'));
  const element = await open();
  expect(textOf(element)).toContain('No answer in time.');
  buttonOf(element, 'Refresh').click();
  await settled();
  expect(textOf(element)).not.toContain('No answer in time.');
});
