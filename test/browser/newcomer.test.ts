/** The real relay between both stand-ins, used through the real components in a real browser, as a newcomer would. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { servePreview, type Preview } from '../../scripts/preview/index.ts';
import { startSalesforce, type Salesforce } from '../standins/salesforce/server.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { startZenqms, type Zenqms } from '../standins/zenqms/server.ts';
import { ADMIN_TOKEN, type RelayProcess, removeDirectory, startRelayProcess } from '../support/relay-process.ts';
import { launch, openPage, picture, violations } from './browser.ts';
import { act, button, choose, lookUp } from './support.ts';

let salesforce: Salesforce;
let zenqms: Zenqms;
let relay: RelayProcess;
let preview: Preview;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  salesforce = await startSalesforce({ connectTimeoutMs: 2_000 });
  zenqms = await startZenqms();
  relay = await startRelayProcess();
  preview = await servePreview({ relayUrl: relay.url, token: ADMIN_TOKEN, port: 0 });
  browser = await launch();
  ({ page, complaints } = await openPage(browser));
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await preview?.close();
  await relay?.kill();
  if (relay) await removeDirectory(relay.dataDir);
  await Promise.all([salesforce?.close(), zenqms?.close()]);
});

const NAME = 'Complaints from Cases';
const complaint = (more: Record<string, string> = {}) => ({
  Subject: 'Leaking infusion pump',
  Description: 'The pump leaks at the inlet.',
  Type: 'Complaint',
  Priority: 'High',
  ...more,
});
const go = (tab: string) => page.goto(`${preview.url}/#/${tab}`);
const row = (text: string | RegExp) => page.getByRole('row').filter({ hasText: text });
const clean = async () => {
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
};

test('sets an integration up, the authorisation in its own window included', async () => {
  await go('ZenQMS_Integrations');
  await button(page, 'New integration').first().click();
  await page.getByLabel('Name of the connection').fill('Production org');
  await choose(page, 'Environment', /My Domain/);
  await page.getByLabel('Login URL').fill(salesforce.url);
  await page.getByLabel('Consumer key').fill(salesforce.app.clientId);
  await page.getByLabel('Consumer secret').fill(salesforce.app.clientSecret);
  const [login] = await Promise.all([page.waitForEvent('popup'), button(page, 'Save and authorize').click()]);
  await login.getByRole('button', { name: 'Log In' }).click();
  await login.getByRole('button', { name: 'Allow' }).click();
  await login
    .getByText(/connected/i)
    .first()
    .waitFor();
  await login.close();
  await page.getByText(`as ${salesforce.user.username}.`).waitFor();
  await button(page, 'Next').click();

  await page.getByLabel('Name of the connection').fill('ZenQMS');
  await choose(page, 'ZenQMS host', 'Other');
  await page.getByLabel('URL of the API').fill(zenqms.url);
  await page.getByLabel('API token').fill(TOKENS.inactive);
  await button(page, 'Check and save').click();
  await page.getByRole('alert').first().waitFor();
  expect(await page.getByLabel('URL of the API').inputValue()).toBe(zenqms.url);
  await page.getByLabel('API token').fill(TOKENS.full);
  await button(page, 'Check and save').click();
  await page.getByText('Users can be read and Issues can be made.').waitFor();
  await button(page, 'Next').click();

  await lookUp(page, 'Salesforce object', 'case', /^Case Case$/);
  await page.locator('textarea').fill("ISPICKVAL(Tpye, 'Complaint')");
  await page.locator('mark').waitFor();
  expect(await page.locator('mark').innerText()).toContain('Tpye');
  await button(page, 'Use Type').click();
  await page.getByText('The formula is valid.').waitFor();
  await lookUp(page, 'Insert function', 'pickval', /ISPICKVAL/);
  await page.locator('textarea').fill("ISPICKVAL(Type, 'Complaint')");
  await page.getByText('The formula is valid.').waitFor();
  await clean();
  await button(page, 'Next').click();

  await choose(page, 'Issue category', /Customer complaint/);
  await lookUp(page, 'Default assignee', 'ada', /Ada/);
  await page.getByLabel('Name of the integration').fill(NAME);
  await button(page, 'Next').click();

  await page.getByRole('tab', { name: 'Stage fields' }).click();
  await page.getByText('ZenQMS requires these fields').waitFor();
  await button(page, 'Add row').last().click();
  await lookUp(page, 'Salesforce field', 'descr', /^Description/);
  await choose(page, 'ZenQMS field', /Description of the event/);
  await button(page, /Add suggestions/).click();
  await clean();
  await button(page, 'Next').click();

  await page.getByText('Everything is in place. It can be activated.').waitFor();
  const record = salesforce.db.insert('Case', complaint());
  await page.getByLabel('Record', { exact: true }).fill(record);
  await button(page, 'Preview').click();
  await page.getByText('An Issue would be made.').waitFor();
  await page.getByText('Leaking infusion pump').waitFor();
  expect(zenqms.issues()).toEqual([]);
  await clean();
  await picture(page, 'review-with-preview');
  await button(page, 'Activate').click();
  await page.getByText(`${NAME} is active.`).first().waitFor();
  await page.getByRole('article', { name: NAME }).getByText('Streaming').waitFor();
}, 180_000);

test('a Case that is created becomes an Issue, seen in Activity and on the record', async () => {
  const made = salesforce.db.insert('Case', complaint());
  const question = salesforce.db.insert('Case', complaint({ Type: 'Question', Subject: 'How is it cleaned?' }));
  await go('ZenQMS_Activity');
  await row(made).getByText('Created', { exact: true }).waitFor();
  await row(question).getByText('The filter formula was not true').waitFor();
  const [issue] = zenqms.issues();
  expect(issue).toMatchObject({ external_id: made, title: 'Leaking infusion pump' });
  await row(made).getByText(issue!.number).waitFor();
  await clean();
  await picture(page, 'activity');

  await page.getByRole('button', { name: made }).click();
  await page.getByText('How it was decided').waitFor();
  await clean();
  await picture(page, 'activity-detail');

  await go(`Record?recordId=${made}`);
  await page.getByText(`This record has the Issue ${issue!.number}.`).waitFor();
  await clean();
  await go(`Record?recordId=${question}`);
  await page.getByText('This record has no Issue.').waitFor();
  await page.getByText('How it was decided').waitFor();
  await clean();
  await picture(page, 'record');
}, 120_000);

test('what happens while it is paused waits for the way in which it is resumed', async () => {
  await go('ZenQMS_Integrations');
  await button(page, 'Pause').click();
  await page.getByText(`${NAME} is paused.`).first().waitFor();
  const missed = salesforce.db.insert('Case', complaint({ Subject: 'While paused' }));
  await button(page, 'Resume').click();
  await page.getByRole('menuitem', { name: /From the pause/ }).click();
  await page.getByText('is processed now').first().waitFor();
  await expect.poll(() => zenqms.issues().map((issue) => issue.external_id), { timeout: 60_000 }).toContain(missed);

  await button(page, 'Pause').click();
  await button(page, 'Resume').waitFor();
  const left = salesforce.db.insert('Case', complaint({ Subject: 'Left out' }));
  await button(page, 'Resume').click();
  await page.getByRole('menuitem', { name: /From now/ }).click();
  await page.getByText('stays unprocessed').first().waitFor();
  await go(`ZenQMS_Activity?c__recordId=${left}`);
  await row(left).getByText('The integration was paused').waitFor();
  expect(zenqms.issues().map((issue) => issue.external_id)).not.toContain(left);
}, 180_000);

test('what was refused is retried once its cause is mended', async () => {
  zenqms.faults.add({ kind: 'status', status: 422, operation: 'createIssue', times: null });
  const record = salesforce.db.insert('Case', complaint({ Subject: 'Refused at first' }));
  await go(`ZenQMS_Activity?c__recordId=${record}`);
  await row(record).getByText('ZenQMS refused the Issue').waitFor();
  await picture(page, 'activity-error');
  zenqms.faults.clear();
  await page.getByRole('button', { name: record }).click();
  await button(page, 'Retry').click();
  await row(record).getByText('Created', { exact: true }).waitFor({ timeout: 60_000 });
  expect(zenqms.issues().map((issue) => issue.external_id)).toContain(record);
}, 120_000);

test('the list tells how it goes, what was changed, and catches up', async () => {
  await go('ZenQMS_Integrations');
  await act(page, NAME, 'Revisions');
  await page.getByText('Revision 1: set up').waitFor();
  await clean();
  await picture(page, 'integrations');
  await act(page, NAME, 'Catch up');
  await button(page, 'Catch up now').click();
  await page.getByText(/^Done\. Found: /).waitFor({ timeout: 60_000 });
  await clean();
}, 120_000);
