import ZenqmsStepZenqms from 'c/zenqmsStepZenqms';
import { buttonOf, enter, find, findAll, heard, mount, settled, textOf } from 'test/dom';
import { base, catalog, draft } from 'test/wizard';
import connected from './data/connected.json';

const open = (more = {}) => mount('c-zenqms-step-zenqms', ZenqmsStepZenqms, { ...base, ...more });
const chosen = (connection) =>
  open({
    catalog: catalog({ zenqmsConnections: [connection] }),
    draft: draft({ integration: { zenqmsConnectionId: connection.id } }),
  });

it('asks a newcomer for host and token', async () => {
  const element = open();
  await settled();
  expect(findAll(element, '[data-form]').map((each) => each.name)).toEqual(['name', 'apiToken']);
  await expect(element).toBeAccessible();
});

it('asks for the URL of another host', async () => {
  const element = open();
  const changes = heard(element, 'change');
  await settled();
  find(element, 'lightning-combobox').dispatchEvent(new CustomEvent('change', { detail: { value: 'custom' } }));
  expect(changes).toEqual([{ section: 'zenqms', values: { baseUrl: '' } }]);
  const other = draft();
  other.zenqms.baseUrl = '';
  element.draft = other;
  await settled();
  expect(find(element, '[data-path="baseUrl"]')).not.toBeNull();
});

it('says that the connection works', async () => {
  const element = chosen(connected);
  await settled();
  expect(textOf(element)).toContain('Connected to ZenQMS at https://public-api.zenqms.com.');
  expect(findAll(element, '[data-form]')).toEqual([]);
  await expect(element).toBeAccessible();
});

it('shows what is wrong with it and lets the token be changed', async () => {
  const problem = { code: 'zenqms_unauthorized', message: 'The token is refused.', remedy: 'Make a new one.' };
  const element = chosen({ ...connected, status: 'unauthorized', problem });
  const changes = heard(element, 'change');
  await settled();
  expect(textOf(element)).toContain('Make a new one.');
  buttonOf(element, 'Change credentials').click();
  expect(changes).toEqual([
    { section: 'zenqms', values: { editing: true, name: 'ZenQMS', baseUrl: 'https://public-api.zenqms.com' } },
  ]);
});

it('shows at the token what the relay says of it', async () => {
  const element = open();
  await settled();
  const token = find(element, '[data-path="apiToken"]');
  const told = jest.spyOn(token, 'setCustomValidity').mockImplementation(() => {});
  element.problems = [{ path: 'apiToken', message: 'ZenQMS refused this token.' }];
  await settled();
  expect(told).toHaveBeenCalledWith('ZenQMS refused this token.');
  element.problems = [{ path: 'settings', message: 'Odd.' }];
  await settled();
  expect(told).toHaveBeenLastCalledWith('');
  expect(textOf(element)).toContain('Odd.');
});

it('keeps the token apart from the draft, and connects', async () => {
  const element = open();
  const changes = heard(element, 'change');
  const connects = heard(element, 'connect');
  await settled();
  enter(find(element, '[data-path="apiToken"]'), 'hush');
  expect(changes.filter((each) => each.section)).toEqual([{ section: 'secrets', values: { apiToken: 'hush' } }]);
  buttonOf(element, 'Check and save').click();
  expect(connects).toHaveLength(1);
});
