/** Every way in which Salesforce refuses an authorisation becomes a page that says what to do next. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Journey, startJourney } from '../support/journey.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

const authorize = async (): Promise<string> =>
  (await journey.relay.ok('POST', `/api/v1/salesforce/connections/${journey.salesforceId}/authorize`)).authorizeUrl;

async function page(location: string | null): Promise<string> {
  const response = await fetch(location ?? '');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const text = await response.text();
  expect(text).not.toContain('<script');
  return text;
}

test.each([
  ['OAUTH_APPROVAL_ERROR_GENERIC', 'An unexpected error has occured: app must be installed into org', /install/i],
  ['OAUTH_APP_ACCESS_DENIED', 'user is not admin approved to access this app', /permission set|profile/i],
  ['OAUTH_EC_APP_NOT_FOUND', 'external client app is not installed in this org', /External Client App/i],
  ['redirect_uri_mismatch', 'redirect_uri must match configuration', /callback/i],
  ['invalid_client_id', 'client identifier invalid', /consumer key|environment|login/i],
  ['access_denied', 'end-user denied authorization', /allow/i],
  ['invalid_grant', 'ip restricted', /IP/],
  ['<b>strange</b>', '"><img src=x>', /again|support|say|said/i],
])('%s', async (error, description, remedy) => {
  journey.salesforce.org.refusal = { error, description };
  const { location } = await journey.salesforce.authorizeInBrowser(await authorize());
  journey.salesforce.org.refusal = null;
  const text = await page(location);
  expect(text).toMatch(remedy);
  expect(text).not.toContain('<img');
  expect(text).not.toContain('<b>strange');
});

test('a state is good once, and a code that is refused is explained', async () => {
  const { location } = await journey.salesforce.authorizeInBrowser(await authorize());
  expect(await page(location)).toMatch(/connected/i);
  expect((await fetch(location!)).status).toBeGreaterThanOrEqual(400);
  const second = new URL((await journey.salesforce.authorizeInBrowser(await authorize())).location!);
  second.searchParams.set('code', 'used-before');
  const refused = await fetch(second);
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(await refused.text()).toMatch(/again/i);
});
