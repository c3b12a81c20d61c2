import { expect, test } from 'vitest';
import { picture } from './browser.ts';
import { act, button, choose, lookUp, stage } from './support.ts';
import { busyWorld, connectedOrg, quietStatus, storedIntegration } from './world.ts';

const { open, clean } = stage();
const NAME = 'Complaints from Cases';
const calls = (world: ReturnType<typeof busyWorld>, method: string) => world.calls.filter((call) => call.method === method);

test('integrations: state, counts, stream, and what is broken with its remedy', async () => {
  const world = busyWorld();
  world.integrations.push(
    storedIntegration({ id: 'int-2', name: 'CAPA from Complaints', object: 'Complaint__c', salesforceConnectionId: 'sf-2' }),
  );
  world.statuses['int-2'] = quietStatus({
    needsAttention: 0,
    problems: [
      {
        code: 'unknown_zenqms_field',
        path: 'fieldMappings[0].zenqmsFieldId',
        message: 'The field Severity is gone from CAPA.',
        remedy: 'Map another field.',
        blocking: true,
      },
    ],
  });
  world.salesforceConnections.push({
    ...connectedOrg(),
    id: 'sf-2',
    stream: { state: 'retrying', problem: null, positionAge: 9000, lastMessageAt: null, hoursUntilLoss: 7 },
  });
  const page = await open(world, 'ZenQMS_Integrations');
  const broken = page.getByRole('article', { name: 'CAPA from Complaints' });
  await broken.getByText('Map another field.').waitFor();
  await broken.getByText('Reconnecting').waitFor();
  await broken.getByText('7 hr').waitFor();
  await clean(page);
  await picture(page, 'integrations-problem');
});

test('integrations: edit, clone and the errors lead where they should', async () => {
  const page = await open(busyWorld(), 'ZenQMS_Integrations');
  await act(page, NAME, 'Edit');
  await page.getByText(`Edit ${NAME}`).waitFor();
  await page.goBack();
  await act(page, NAME, 'Clone');
  await page.getByText('Step 3 of 6').waitFor();
  await page.locator('[data-step="target"]').click();
  expect(await page.getByLabel('Name of the integration').inputValue()).toBe(`Copy of ${NAME}`);
  await page.goBack();
  await button(page, 'Show them').click();
  await page.getByRole('row').filter({ hasText: 'ZenQMS refused the Issue' }).waitFor();
  expect(await page.getByRole('row').count()).toBe(2);
});

test('integrations: deleted only when the person is sure', async () => {
  const world = busyWorld();
  const page = await open(world, 'ZenQMS_Integrations');
  await act(page, NAME, 'Delete');
  await page.getByText('No further Issues are made by it.').waitFor();
  await clean(page);
  await button(page, 'Cancel').click();
  expect(calls(world, 'DELETE')).toEqual([]);
  await act(page, NAME, 'Delete');
  await button(page, 'OK').click();
  await page.getByText('No integration yet').waitFor();
  expect(calls(world, 'DELETE').map((call) => call.path)).toEqual(['/integrations/int-1']);
});

test('integrations: what a bulk job left waiting is released', async () => {
  const world = busyWorld();
  world.held = 11800;
  world.statuses['int-1'] = quietStatus({ held: 11800, needsAttention: 0 });
  const page = await open(world, 'ZenQMS_Integrations');
  await button(page, 'Decide').click();
  await page.getByText('They come from a bulk job').waitFor();
  await clean(page);
  await picture(page, 'integrations-held');
  await button(page, 'Release').click();
  await page.getByText(`What was held for ${NAME} is processed now.`).first().waitFor();
  await page.getByText('Nothing is held.').waitFor();
});

test('a failed action shows why, and the page goes on', async () => {
  const world = busyWorld();
  world.failures.set('POST /integrations/int-1/pause', {
    status: 403,
    error: { code: 'forbidden', message: 'Your role may not pause.', details: [] },
  });
  const page = await open(world, 'ZenQMS_Integrations');
  await button(page, 'Pause').click();
  await page.getByRole('alert').getByText('Your role may not pause.').waitFor();
  await button(page, 'Pause').click();
  await page.getByText(`${NAME} is paused.`).first().waitFor();
});

test('activity: filtered, and all errors of an integration retried', async () => {
  const world = busyWorld();
  const page = await open(world, 'ZenQMS_Activity');
  await page.getByRole('row').nth(3).waitFor();
  await choose(page, 'Integration', NAME);
  await choose(page, 'Outcome', 'Error');
  await expect.poll(() => page.getByRole('row').count()).toBe(2);
  await button(page, 'Retry all errors').click();
  await page.getByText('Being tried again: 1').first().waitFor();
  await page.getByText('Nothing matches the filters').waitFor();
  await button(page, 'Clear filters').click();
  await page.getByText('COMPLAINT-18').waitFor();
});

test('a lookup is used by keyboard alone', async () => {
  const page = await open(busyWorld(), 'ZenQMS_Setup?c__integrationId=int-1');
  const object = page.getByRole('combobox', { name: 'Salesforce object' });
  await object.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('compl');
  await page.getByRole('option', { name: /Complaint__c/ }).waitFor();
  const active = await object.getAttribute('aria-activedescendant');
  expect(await page.locator(`[id="${active}"]`).innerText()).toContain('Complaint__c');
  await page.keyboard.press('Enter');
  expect(await object.inputValue()).toBe('Complaint');
  await lookUp(page, 'Salesforce object', 'case', /^Case Case$/);
  expect(await object.inputValue()).toBe('Case');
});

const PAGES = ['ZenQMS_Integrations', 'ZenQMS_Setup', 'ZenQMS_Activity', 'Record?recordId=5005g00000AbCd2AAF'];

test.each(PAGES)('%s fits 1024 pixels and a narrow pane, and axe finds nothing', async (tab) => {
  for (const width of [1024, 380]) {
    const page = await open(busyWorld(), tab, { width, height: 800 });
    await page
      .getByText(/Complaints from Cases|Connect Salesforce|refused the Issue/)
      .first()
      .waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await clean(page);
    if (width === 380) await picture(page, `narrow-${tab.split('?')[0]!.replace('ZenQMS_', '').toLowerCase()}`);
  }
});
