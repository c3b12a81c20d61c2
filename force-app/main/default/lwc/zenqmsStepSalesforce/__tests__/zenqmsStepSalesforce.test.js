import ZenqmsStepSalesforce from 'c/zenqmsStepSalesforce';
import { buttonOf, enter, find, findAll, heard, mount, settled, textOf } from 'test/dom';
import { base, catalog, draft } from 'test/wizard';
import connected from './data/connected.json';

const open = (more = {}) => mount('c-zenqms-step-salesforce', ZenqmsStepSalesforce, { ...base, ...more });
const withConnection = (connection, more = {}) =>
  open({
    catalog: catalog({ salesforceConnections: [connected] }),
    draft: draft({ integration: { salesforceConnectionId: connected.id } }),
    connection,
    ...more,
  });
const fields = (element) => findAll(element, '[data-form]').map((each) => each.name);

it('asks a newcomer for the credentials', async () => {
  const element = open();
  await settled();
  expect(find(element, '[data-path="salesforceConnectionId"]')).toBeNull();
  expect(fields(element)).toEqual(['name', 'clientId', 'clientSecret']);
  await expect(element).toBeAccessible();
});

it('asks for the login URL of an own domain', async () => {
  const own = draft();
  own.salesforce.environment = 'custom';
  const element = open({ draft: own });
  await settled();
  expect(fields(element)).toEqual(['name', 'loginUrl', 'clientId', 'clientSecret']);
});

it('offers what is connected already, and a new one', async () => {
  const element = withConnection(connected);
  const changes = heard(element, 'change');
  await settled();
  const choice = find(element, '[data-path="salesforceConnectionId"]');
  expect(choice.options).toEqual([
    { value: 'sf-1', label: 'Production (Example Ltd)' },
    { value: 'new', label: 'New connection…' },
  ]);
  choice.dispatchEvent(new CustomEvent('change', { detail: { value: 'new' } }));
  expect(changes.at(-1)).toEqual({ section: 'integration', values: { salesforceConnectionId: null } });
});

it.each([
  [{}, 'Connected to Example Ltd as integration@example.com.'],
  [{ org: { ...connected.org, sandbox: true } }, 'Connected to the sandbox Example Ltd'],
])('says what it is connected to', async (more, text) => {
  const element = withConnection({ ...connected, ...more });
  await settled();
  expect(textOf(element)).toContain(text);
  expect(buttonOf(element, 'Authorize again')).toBeNull();
  await expect(element).toBeAccessible();
});

it('waits for the other window', async () => {
  const element = withConnection({ ...connected, status: 'awaiting_authorization' });
  await settled();
  expect(textOf(element)).toContain('Waiting for you to allow access');
  expect(textOf(element)).toContain(connected.callbackUrl);
  await expect(element).toBeAccessible();
});

it('shows what went wrong and what to do, and authorises again', async () => {
  const problem = { code: 'app_not_installed', message: 'The app is not installed.', remedy: 'Install it in Setup.' };
  const element = withConnection({ ...connected, status: 'awaiting_authorization', problem });
  const again = heard(element, 'authorize');
  await settled();
  expect(textOf(element)).toContain('Install it in Setup.');
  buttonOf(element, 'Authorize again').click();
  expect(again).toHaveLength(1);
  await expect(element).toBeAccessible();
});

it('lets stored credentials be changed without the secret', async () => {
  const element = withConnection({ ...connected, status: 'reauthorization_required' });
  const changes = heard(element, 'change');
  await settled();
  buttonOf(element, 'Change credentials').click();
  expect(changes).toEqual([
    {
      section: 'salesforce',
      values: {
        editing: true,
        name: 'Production',
        environment: 'custom',
        loginUrl: 'https://login.salesforce.com',
        clientId: 'key',
      },
    },
  ]);
  const editing = draft({ integration: { salesforceConnectionId: 'sf-1' } });
  editing.salesforce.editing = true;
  element.draft = editing;
  await settled();
  expect(find(element, '[data-path="clientSecret"]').required).toBe(false);
});

it('gives a link when the browser refused the window', async () => {
  const element = withConnection(
    { ...connected, status: 'awaiting_authorization' },
    { authorizeUrl: 'https://login.salesforce.com/x' },
  );
  await settled();
  expect(find(element, 'a').href).toBe('https://login.salesforce.com/x');
});

it('keeps the secret apart from the draft', async () => {
  const element = open();
  const changes = heard(element, 'change');
  await settled();
  enter(find(element, '[data-path="clientSecret"]'), 'hush');
  enter(find(element, '[data-path="clientId"]'), 'key');
  expect(changes.filter((each) => each.section)).toEqual([
    { section: 'secrets', values: { clientSecret: 'hush' } },
    { section: 'salesforce', values: { clientId: 'key' } },
  ]);
});

it('does not connect while something is missing', async () => {
  const element = open();
  const connects = heard(element, 'connect');
  await settled();
  const key = find(element, '[data-path="clientId"]');
  Object.defineProperty(key, 'validity', { value: { valueMissing: true }, configurable: true });
  buttonOf(element, 'Save and authorize').click();
  expect(connects).toEqual([]);
  Object.defineProperty(key, 'validity', { value: { customError: true }, configurable: true });
  buttonOf(element, 'Save and authorize').click();
  expect(connects).toHaveLength(1);
});
