import ZenqmsExecutionDetail from 'c/zenqmsExecutionDetail';
import { buttonOf, find, heard, mount, settled, textOf } from 'test/dom';
import failed from './data/execution.json';

const open = (more = {}, properties = {}) =>
  mount('c-zenqms-execution-detail', ZenqmsExecutionDetail, { execution: { ...failed, ...more }, ...properties });

it('shows what went wrong, how it was decided and each attempt', async () => {
  const element = open();
  const retries = heard(element, 'retry');
  await settled();
  expect(textOf(element)).toContain('ZenQMS refused the Issue');
  expect(textOf(element)).toContain('Critical is not one of the options of Severity.');
  expect(textOf(element)).toContain('Status changed');
  expect(textOf(element)).toContain('HTTP 422 • 214 ms');
  buttonOf(element, 'Retry').click();
  expect(retries).toEqual([{ id: '3', force: false }]);
  await expect(element).toBeAccessible();
});

it('shows the Issue and offers no retry where it was made', async () => {
  const element = open({ outcome: 'created', reason: 'created', issueNumber: 'COMPLAINT-17', message: 'Made.' });
  await settled();
  expect(find(element, 'c-zenqms-message').variant).toBe('success');
  expect(textOf(element)).toContain('Issue created (COMPLAINT-17)');
  expect(buttonOf(element, 'Retry')).toBeNull();
});

it('offers another Issue only for a duplicate', async () => {
  const element = open({ outcome: 'skipped', reason: 'duplicate' });
  const retries = heard(element, 'retry');
  await settled();
  buttonOf(element, 'Make another Issue').click();
  expect(retries).toEqual([{ id: '3', force: true }]);
  element.execution = { ...failed, outcome: 'skipped', reason: 'filter_false' };
  await settled();
  expect(buttonOf(element, 'Make another Issue')).toBeNull();
});

it('says when it is tried again by itself', async () => {
  const element = open({ nextTryAt: '2026-03-02T09:16:00.000Z' });
  await settled();
  expect(textOf(element)).toContain('It is tried again by itself:');
});

it('leads to the record, unless it stands on its page', async () => {
  const element = open();
  const records = heard(element, 'record');
  await settled();
  buttonOf(element, '5005g00000AbCd3AAF').click();
  expect(records).toEqual([{ recordId: '5005g00000AbCd3AAF', objectApiName: 'Case' }]);
  element.hideRecord = true;
  await settled();
  expect(buttonOf(element, '5005g00000AbCd3AAF')).toBeNull();
});

it('links the Issue where its address is known', async () => {
  const element = open({ issueUrl: 'https://app.example.com/issues/17' });
  await settled();
  expect(find(element, 'a').href).toBe('https://app.example.com/issues/17');
});

it('can be closed where it may be', async () => {
  const element = open({}, { closable: true });
  const closes = heard(element, 'close');
  await settled();
  buttonOf(element, 'Close').click();
  expect(closes).toHaveLength(1);
});
