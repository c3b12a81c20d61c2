import { expect, test } from 'vitest';
import { explainOauthError } from '../../relay/salesforce/oauth-errors.ts';

/** As Salesforce words them, in the callback's error and error_description or in the token endpoint's answer. */
test.each([
  [
    'OAUTH_APPROVAL_ERROR_GENERIC',
    'An unexpected error has occurred during authentication: app must be installed into org',
    'app_not_installed',
    /Connected Apps OAuth Usage.*Install/,
  ],
  ['OAUTH_APP_ACCESS_DENIED', 'user is not admin approved to access this app', 'user_not_approved', /permission set/],
  ['OAUTH_APPROVAL_ERROR_GENERIC', 'user is not admin approved to access this app', 'user_not_approved', /Policies/],
  ['invalid_app_access', 'user is not admin approved to access this app', 'user_not_approved', /permission set/],
  ['OAUTH_EC_APP_NOT_FOUND', 'The external client app is not installed', 'external_client_app_not_found', /External Client App/],
  ['redirect_uri_mismatch', 'redirect_uri must match configuration', 'redirect_uri_mismatch', /callback URL/],
  ['invalid_grant', 'redirect_uri must match configuration', 'redirect_uri_mismatch', /callback URL/],
  ['invalid_client_id', 'client identifier invalid', 'wrong_environment', /test\.salesforce\.com/],
  ['invalid_request', 'wrong environment', 'wrong_environment', /My Domain/],
  ['invalid_grant', 'ip restricted', 'ip_restricted', /IP/],
  ['access_denied', 'ip restricted or invalid login hours', 'ip_restricted', /Login IP Ranges/],
  ['invalid_grant', 'expired authorization code', 'code_expired', /Start again/],
  ['invalid_grant', 'invalid authorization code', 'code_expired', /once/],
  ['invalid_grant', 'authentication failure', 'code_expired', /Start again/],
  ['invalid_grant', 'invalid code verifier', 'invalid_code_verifier', /same browser/],
  ['invalid_request', 'missing required code challenge', 'invalid_code_verifier', /PKCE/],
  ['access_denied', 'end-user denied authorization', 'access_denied', /Allow/],
  ['invalid_client', 'invalid client credentials', 'invalid_client', /secret/],
  ['invalid_scope', 'the requested scope is not allowed', 'invalid_scope', /refresh_token/],
  ['no_refresh_token', '', 'no_refresh_token', /refresh_token/],
  ['OAUTH_APPROVAL_ERROR_GENERIC', 'The user is API only and cannot access the UI', 'user_may_not_log_in', /Log out/],
  ['access_denied', 'user interface login is not allowed for API Only users', 'user_may_not_log_in', /private window/],
  ['invalid_grant', 'inactive user', 'inactive_user', /Activate/],
  ['invalid_grant', 'expired access/refresh token', 'token_revoked', /Connect again/],
  ['OAUTH_APP_BLOCKED', 'this app is blocked by admin', 'app_blocked', /Unblock/],
  ['UNREACHABLE', 'login.salesforce.com could not be reached', 'salesforce_unreachable', /Try again/],
  ['HOST_NOT_ALLOWED', 'https://evil.example is not allowed', 'host_not_allowed', /ALLOWED_HOSTS/],
])('%s: %s → %s', (error, description, code, remedy) => {
  const problem = explainOauthError(error, description);
  expect(problem.code).toBe(code);
  expect(problem.remedy).toMatch(remedy);
  expect(problem.message).not.toBe('');
});

test('what nobody has met before is shown as it came, and bounded', () => {
  const problem = explainOauthError('OAUTH_NEW_THING', 'x'.repeat(2_000));
  expect(problem.code).toBe('authorization_failed');
  expect(problem.message).toContain('OAUTH_NEW_THING');
  expect(problem.message.length).toBeLessThan(400);
  expect(explainOauthError('', null).message).toBe('Salesforce did not authorise the app.');
});
