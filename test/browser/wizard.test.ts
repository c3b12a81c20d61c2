import { expect, test } from 'vitest';
import { picture } from './browser.ts';
import { button, choose, lookUp, stage } from './support.ts';
import { busyWorld, connectedOrg, emptyWorld, storedIntegration } from './world.ts';

const { open, clean } = stage();

test('a newcomer is led from nothing to an active integration', async () => {
  const world = emptyWorld();
  const page = await open(world, 'ZenQMS_Integrations');
  await page.getByText('No integration yet').waitFor();
  await clean(page);
  await button(page, 'New integration').first().click();

  await page.getByLabel('Name of the connection').fill('Production org');
  await page.getByLabel('Consumer key').fill('3MVG9example');
  await page.getByLabel('Consumer secret').fill('a-consumer-secret');
  await clean(page);
  await picture(page, 'wizard-1-salesforce');
  const [popup] = await Promise.all([page.waitForEvent('popup'), button(page, 'Save and authorize').click()]);
  await page.getByText('Waiting for you to allow access').waitFor();
  Object.assign(world.salesforceConnections[0]!, connectedOrg(), { id: 'sf-new' });
  await popup.close();
  await page.getByText('Connected to Example Ltd as integration@example.com.').waitFor();
  expect(world.calls.find((call) => call.method === 'POST')?.body).toEqual({
    name: 'Production org',
    loginUrl: 'https://login.salesforce.com',
    clientId: '3MVG9example',
    clientSecret: 'a-consumer-secret',
  });
  await button(page, 'Next').click();

  await page.getByLabel('Name of the connection').fill('ZenQMS');
  await page.getByLabel('API token').fill('wrong');
  await button(page, 'Check and save').click();
  await page.getByText('ZenQMS refused this token.').waitFor();
  expect(await page.getByLabel('Name of the connection').inputValue()).toBe('ZenQMS');
  await page.getByLabel('API token').fill('a-right-token');
  await button(page, 'Check and save').click();
  await page.getByText('Users can be read and Issues can be made.').waitFor();
  await clean(page);
  await picture(page, 'wizard-2-zenqms');
  await button(page, 'Next').click();

  await lookUp(page, 'Salesforce object', 'case', /^Case Case$/);
  await page.locator('textarea').fill('ISCHANGED(Status)');
  await page.getByText('The formula is valid.').waitFor();
  await clean(page);
  await picture(page, 'wizard-3-salesforce-configuration');
  await button(page, 'Next').click();

  await choose(page, 'Issue category', 'Complaint (COMPLAINT)');
  await lookUp(page, 'Default assignee', 'quality', /Quality Manager/);
  expect(await page.getByLabel('Name of the integration').inputValue()).toBe('Complaint from Case');
  await page.getByLabel('Name of the integration').fill('Complaints from Cases');
  await clean(page);
  await picture(page, 'wizard-4-zenqms-configuration');
  await button(page, 'Next').click();

  await page.getByText("Without a field the title is the record's Subject.").waitFor();
  await clean(page);
  await picture(page, 'wizard-5-details');
  await page.getByRole('tab', { name: 'Stage fields' }).click();
  await page.getByText('ZenQMS requires these fields').waitFor();
  await button(page, 'Add suggestions').click();
  await page.getByText('picklist → Single selection').waitFor();
  await clean(page);
  await picture(page, 'wizard-5-stage-fields');
  await button(page, 'Next').click();

  await page.getByText('Everything is in place. It can be activated.').waitFor();
  await page.getByText('The connected user can not view all Cases.').waitFor();
  await page.getByLabel('Record', { exact: true }).fill('5005g00000AbCd1AAF');
  await button(page, 'Preview').click();
  await page.getByText('Leaking vial').waitFor();
  await clean(page);
  await button(page, 'Activate').click();
  await page.getByText('Complaints from Cases is active.').first().waitFor();
  await page.getByRole('article', { name: 'Complaints from Cases' }).waitFor();
  const created = world.calls.find((call) => call.method === 'POST' && call.path === '/integrations')!.body;
  expect(created).toMatchObject({
    object: 'Case',
    filterFormula: 'ISCHANGED(Status)',
    categoryId: 'cat-complaint',
    assigneeId: 'u-quality',
    fieldMappings: [
      { salesforceField: 'Severity__c', zenqmsFieldId: 'f-severity' },
      { salesforceField: 'Description', zenqmsFieldId: 'f-description' },
    ],
  });
}, 180_000);

test('what is missing is shown at its field, which gets the focus', async () => {
  const world = busyWorld();
  const page = await open(world, 'ZenQMS_Setup');
  await choose(page, 'Salesforce connection', /Production org/);
  await page.getByText('Connected to Example Ltd').waitFor();
  await button(page, 'Next').click();
  await button(page, 'Next').click();
  await page.getByText('Choose a connection, or make one below.').waitFor();
  await choose(page, 'ZenQMS connection', 'ZenQMS');
  await button(page, 'Next').click();
  await page.getByRole('combobox', { name: 'Salesforce object' }).waitFor();
  await button(page, 'Next').click();
  await page.getByText('Complete this field.').waitFor();
  await expect.poll(() => page.getByRole('combobox', { name: 'Salesforce object' }).getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => page.evaluate('document.activeElement.shadowRoot !== undefined')).toBe(true);
});

test('a wrong formula is marked where it is wrong, and the suggestion mends it', async () => {
  const world = busyWorld();
  world.problems = [
    {
      path: 'filterFormula',
      code: 'formula_unknown_field',
      message: 'Unknown field Staus. Did you mean Status?',
      severity: 'error',
      suggestion: 'Status',
      position: { offset: 10, length: 5, line: 1, column: 11 },
    },
  ];
  const page = await open(world, 'ZenQMS_Setup?c__integrationId=int-1');
  await page.locator('textarea').fill('ISCHANGED(Staus)');
  await page.getByText('Line 1, column 11: Unknown field Staus.').waitFor();
  expect(await page.locator('mark').innerText()).toBe('Staus');
  await clean(page);
  await picture(page, 'wizard-formula-problem');
  world.problems = [];
  await button(page, 'Use Status').click();
  await page.getByText('The formula is valid.').waitFor();
  expect(await page.locator('textarea').inputValue()).toBe('ISCHANGED(Status)');
});

const AT = [
  ['object', 'Salesforce object', 'object_without_change_events'],
  ['categoryId', 'Issue category', 'unknown_category'],
  ['assigneeId', 'Default assignee', 'unknown_assignee'],
  ['timeZone', 'Time zone', 'unknown_time_zone'],
  ['dueDate.daysToAdd', 'Days after today', 'invalid_due_date'],
  ['fieldMappings[0].salesforceField', 'Salesforce field', 'unknown_salesforce_field'],
  ['fieldMappings[1].zenqmsFieldId', 'ZenQMS field', 'unknown_zenqms_field'],
  ['fieldMappings[1].zenqmsFieldId', 'ZenQMS field', 'duplicate_zenqms_field'],
] as const;

test.each(AT)('a problem of %s is shown at %s (%s)', async (path, label, code) => {
  const world = busyWorld();
  world.problems = [{ path, code, message: `The relay says ${code}.`, severity: 'error' }];
  const page = await open(world, 'ZenQMS_Setup?c__integrationId=int-1');
  await page.getByText('Edit Complaints from Cases').waitFor();
  await page.locator('[data-step="review"]').click();
  await page.getByText('Some things must be put right').waitFor();
  expect(await button(page, 'Save changes').isDisabled()).toBe(true);
  await button(page, 'Show me').first().click();
  const index = path.startsWith('fieldMappings[1]') ? 1 : 0;
  const field = page.getByRole(label.startsWith('Days') ? 'spinbutton' : 'combobox', { name: label }).nth(index);
  await field.waitFor();
  await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByText(`The relay says ${code}.`).count()).toBe(1);
});

test('a problem without a field of its own is shown on top of its step', async () => {
  const world = busyWorld();
  const message = 'Severity is required in ZenQMS and nothing fills it.';
  world.problems = [{ path: 'fieldMappings', code: 'required_zenqms_field_unmapped', message, severity: 'error' }];
  const page = await open(world, 'ZenQMS_Setup?c__integrationId=int-1');
  await page.getByText('Edit Complaints from Cases').waitFor();
  await page.locator('[data-step="review"]').click();
  await button(page, 'Show me').first().click();
  await page.getByRole('alert').getByText(message).waitFor();
});

test('what was entered is there again after a reload, but no secret', async () => {
  const page = await open(emptyWorld(), 'ZenQMS_Setup');
  await page.getByLabel('Name of the connection').fill('Production org');
  await page.getByLabel('Consumer key').fill('3MVG9example');
  await page.getByLabel('Consumer secret').fill('a-consumer-secret');
  await page.reload();
  await page.getByText('We kept what you entered last time.').waitFor();
  expect(await page.getByLabel('Consumer key').inputValue()).toBe('3MVG9example');
  expect(await page.getByLabel('Consumer secret').inputValue()).toBe('');
  expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('a-consumer-secret');
});

test('a failed save loses nothing, and a conflict lets the admin choose', async () => {
  const world = busyWorld();
  const page = await open(world, 'ZenQMS_Setup?c__integrationId=int-1');
  await page.getByText('Edit Complaints from Cases').waitFor();
  await page.locator('[data-step="target"]').click();
  await page.getByLabel('Name of the integration').fill('Renamed');
  await page.locator('[data-step="review"]').click();
  await page.getByText('Everything is in place').waitFor();
  world.integrations[0]!.revision = 4;
  await button(page, 'Save changes').click();
  await page.getByText('Somebody else saved this integration').waitFor();
  await button(page, 'Save mine').click();
  await page.getByText('Renamed is saved.').first().waitFor();
  expect(world.integrations[0]).toMatchObject({ ...storedIntegration(), name: 'Renamed', revision: 5 });
});

test('the wizard fits a narrow pane and 1024 pixels', async () => {
  for (const width of [1024, 380]) {
    const page = await open(busyWorld(), 'ZenQMS_Setup?c__integrationId=int-1', { width, height: 800 });
    await page.getByText('Edit Complaints from Cases').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await clean(page);
  }
});
