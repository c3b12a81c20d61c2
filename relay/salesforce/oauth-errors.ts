/** What an admin does about each error of the authorisation. Sources: "OAuth 2.0 Authorization Errors", Help 005228017. */
import type { Problem } from '../model/connection.ts';

interface Rule {
  readonly code: string;
  readonly matches: (error: string, description: string) => boolean;
  readonly message: string;
  readonly remedy: string;
}

const says =
  (pattern: RegExp) =>
  (error: string, description: string): boolean =>
    pattern.test(`${error} ${description}`);

/** The first that matches; the description is read before the error, which is often a generic one. */
const RULES: readonly Rule[] = [
  {
    code: 'app_not_installed',
    matches: says(/app must be installed into org/i),
    message: 'The app is not installed in this org.',
    remedy:
      'In Setup, open Connected Apps OAuth Usage, find the app and choose Install (or give the user the permission "Approve Uninstalled Connected Apps"). For an External Client App, install its package. Then connect again.',
  },
  {
    code: 'external_client_app_not_found',
    matches: says(/OAUTH_EC_APP_NOT_FOUND|external client app.*(not found|is not installed)/i),
    message: 'The External Client App is not in this org.',
    remedy:
      'Install the package that brings the External Client App, or create it under Setup → External Client App Manager, and check that the consumer key saved here is its key and that you log in to the same org.',
  },
  {
    code: 'user_not_approved',
    matches: says(/not admin approved|OAUTH_APP_ACCESS_DENIED|app_access_denied|not approved for access/i),
    message: 'The user has not been approved for the app by an administrator.',
    remedy:
      'In Setup, open External Client App Manager (or Manage Connected Apps) → the app → Policies, and assign the integration permission set or the profile of the user. Then connect again.',
  },
  {
    code: 'redirect_uri_mismatch',
    matches: says(/redirect_uri_mismatch|redirect_uri must match/i),
    message: 'The callback URL of the app is another one.',
    remedy:
      'In the OAuth settings of the app, add the callback URL shown with this connection, exactly as it stands, wait ten minutes and connect again.',
  },
  {
    code: 'app_blocked',
    matches: says(/OAUTH_APP_BLOCKED|app (is |has been )?blocked/i),
    message: 'The app is blocked in this org.',
    remedy: 'In Setup, open Connected Apps OAuth Usage and choose Unblock beside the app. Then connect again.',
  },
  {
    code: 'ip_restricted',
    matches: says(/ip.{0,4}restrict|restricted ip|ip address|login ip/i),
    message: 'The org does not accept logins from this address.',
    remedy:
      "Add the relay's outgoing address to the login IP ranges of the user's profile (Setup → Profiles → Login IP Ranges), or relax IP restrictions in the policies of the app.",
  },
  {
    code: 'user_may_not_log_in',
    matches: says(/api[- ]?only|ui access|user interface|not (allowed|permitted).*log ?in|login must use/i),
    message: 'The user you are logged in as may not use the login page.',
    remedy:
      'An API-only user stays logged in without a page to show. Log out of Salesforce in this browser (or open a private window), start again, and log in as the integration user when asked; if the org refuses it, take "API Only User" off its permissions until it is connected.',
  },
  {
    code: 'code_expired',
    matches: says(
      /expired authorization code|invalid authorization code|authentication (code )?(expired|failure)|code.*(used|expired|invalid)/i,
    ),
    message: 'The authorisation code was used already, or it expired.',
    remedy: 'A code lives 15 minutes and works once. Start again with Connect, and do not reload the page that says connected.',
  },
  {
    code: 'invalid_code_verifier',
    matches: says(/code verifier|code_verifier|code challenge|code_challenge/i),
    message: 'The proof of the authorisation did not fit.',
    remedy:
      'Start again with Connect and finish in the same browser window. In the OAuth settings of the app, "Require Proof Key for Code Exchange (PKCE)" may be on.',
  },
  {
    code: 'wrong_environment',
    matches: says(/wrong (environment|instance|org)|invalid_client_id|client identifier invalid|inactive_org|unknown org/i),
    message: 'Salesforce does not know this app at the login URL that was used.',
    remedy:
      "Check the login URL: https://login.salesforce.com for production, https://test.salesforce.com for a sandbox, or the org's own My Domain. Check the consumer key too; a new app takes ten minutes to be known everywhere.",
  },
  {
    code: 'invalid_client',
    matches: says(/invalid_client|invalid client credentials|client_secret|invalid_client_credentials/i),
    message: 'The consumer key and secret do not belong together.',
    remedy:
      'Copy the consumer key and the secret again from the OAuth settings of the app (Manage Consumer Details), save them here, and connect again.',
  },
  {
    code: 'no_refresh_token',
    matches: (error) => error === 'no_refresh_token',
    message: 'Salesforce gave no refresh token, so that the connection would end within hours.',
    remedy: 'Add the scope "Perform requests at any time (refresh_token, offline_access)" to the app, and connect again.',
  },
  {
    code: 'invalid_scope',
    matches: says(/invalid_scope|scope/i),
    message: 'The app does not allow the scopes that are needed.',
    remedy:
      'Add the scopes "Manage user data via APIs (api)" and "Perform requests at any time (refresh_token, offline_access)" to the app.',
  },
  {
    code: 'access_denied',
    matches: says(/access_denied|end-user denied/i),
    message: 'Access was denied on the approval page.',
    remedy: 'Connect again and choose Allow, logged in as the integration user.',
  },
  {
    code: 'inactive_user',
    matches: says(/inactive.?user|user is (inactive|frozen)/i),
    message: 'The user is inactive or frozen.',
    remedy: 'Activate or unfreeze the user under Setup → Users, and connect again.',
  },
  {
    code: 'token_revoked',
    matches: says(/expired access\/refresh token|token (was |has been )?revoked|invalid_grant|token validity expired/i),
    message: 'The authorisation was revoked, or it expired.',
    remedy: 'Connect again. Under the policies of the app, the refresh token should be valid until it is revoked.',
  },
  {
    code: 'salesforce_unreachable',
    matches: says(
      /^(UNREACHABLE|TIMEOUT|HTTP_5\d\d|server_error|temporarily_unavailable|RESPONSE_TOO_LARGE|TOKEN_ANSWER_UNREADABLE)/,
    ),
    message: 'Salesforce could not be asked.',
    remedy:
      'Try again in a few minutes; status.salesforce.com says whether Salesforce is well. Check that the relay may reach the login URL.',
  },
  {
    code: 'host_not_allowed',
    matches: says(/^(HOST_NOT_ALLOWED|REDIRECTED)/),
    message: 'The login URL, or the address that Salesforce names for the org, may not be called.',
    remedy:
      "Use https://login.salesforce.com, https://test.salesforce.com or the org's My Domain; other hosts have to be named in ALLOWED_HOSTS.",
  },
];

/** @param error the callback's or the token endpoint's `error`; @param description its `error_description` */
export function explainOauthError(error: string, description: string | null = null): Problem {
  const words = description ?? '';
  const rule = RULES.find(({ matches }) => matches(error, words));
  if (rule) return { code: rule.code, message: rule.message, remedy: rule.remedy };
  const said = [error, words].filter((part) => part !== '').join(': ');
  return {
    code: 'authorization_failed',
    message: `Salesforce did not authorise the app${said ? ` (${said.slice(0, 300)})` : ''}.`,
    remedy: 'Connect again. If it stays so, look at Setup → Login History of the user, which gives the reason.',
  };
}
