/** The web-server flow with PKCE, and the token endpoint. Sources: "OAuth 2.0 Web Server Flow", RFC 7636, RFC 6749. */
import { createHash, randomBytes } from 'node:crypto';
import { Agent } from 'undici';
import { OAuth2 } from 'jsforce';
import { z } from 'zod';
import { SalesforceError } from '../model/salesforce.ts';
import { type CheckHost, type HttpAnswer, type Send, sender } from './http.ts';

export const SCOPES = 'api refresh_token offline_access';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly instanceUrl: string;
  /** As granted; null where the answer did not say. */
  readonly scopes: readonly string[] | null;
  /** `https://login.salesforce.com/id/<org id>/<user id>` */
  readonly identityUrl: string | null;
}

/** 43 characters of RFC 7636's alphabet; jsforce's own verifier has 171, which the standard does not allow. */
export function newVerifier(): string {
  return randomBytes(32).toString('base64url');
}

export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url');
}

export interface AuthorizeOptions {
  readonly loginUrl: string;
  readonly clientId: string;
  readonly callbackUrl: string;
  readonly state: string;
  readonly challenge: string;
}

export function authorizeUrl(options: AuthorizeOptions): string {
  const { loginUrl, clientId, callbackUrl, state, challenge } = options;
  // jsforce's `useVerifier` leaves code_challenge_method out, and the server would then take the challenge for plain text.
  return new OAuth2({ loginUrl, clientId, redirectUri: callbackUrl }).getAuthorizationUrl({
    scope: SCOPES,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
}

export interface TokenEndpoint {
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly timeoutMs: number;
  readonly checkHost: CheckHost;
}

/**
 * @throws SalesforceError: code and message are OAuth's `error` and `error_description`, as `explainOauthError` takes them;
 *   `retry` when the server could not be asked or was not well
 */
export async function exchangeCode(
  options: TokenEndpoint & { readonly callbackUrl: string; readonly code: string; readonly verifier: string },
): Promise<Tokens> {
  const tokens = await askTokens(options, {
    grant_type: 'authorization_code',
    code: options.code,
    redirect_uri: options.callbackUrl,
    code_verifier: options.verifier,
  });
  const { refreshToken } = tokens;
  if (refreshToken === null) {
    throw new SalesforceError('refused', 'no_refresh_token', 'Salesforce gave no refresh token with the access token.');
  }
  return { ...tokens, refreshToken };
}

/** @throws SalesforceError `reauthorize` when the refresh token will never work again, `retry` when it may */
export async function refreshTokens(options: TokenEndpoint, refreshToken: string): Promise<Tokens> {
  try {
    const tokens = await askTokens(options, { grant_type: 'refresh_token', refresh_token: refreshToken });
    // Without rotation no new one comes, and the old one stays good.
    return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.kind !== 'refused' || !FOR_GOOD.has(error.code)) throw error;
    throw new SalesforceError('reauthorize', error.code, error.message, { cause: error });
  }
}

/** What the token endpoint says of a grant or an app that is no longer wanted; anything else may be a bad day. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'invalid_grant',
  'invalid_client',
  'invalid_client_id',
  'invalid_client_credentials',
  'inactive_user',
  'inactive_org',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_app_access',
  'app_not_found',
  'OAUTH_APP_ACCESS_DENIED',
  'OAUTH_APP_BLOCKED',
  'OAUTH_EC_APP_NOT_FOUND',
  'OAUTH_APPROVAL_ERROR_GENERIC',
]);

/** Revoking the refresh token ends its access tokens too. */
export async function revoke(options: Pick<TokenEndpoint, 'loginUrl' | 'timeoutMs' | 'checkHost'>, token: string): Promise<void> {
  const answer = await once(options.checkHost, (send) =>
    send(form(endpoint(options.loginUrl, 'revoke'), { token }, options.timeoutMs)),
  );
  if (answer.status >= 400) throw oauthFault(answer);
}

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  instance_url: z.url({ protocol: /^https?$/ }),
  scope: z.string().nullish(),
  id: z.string().nullish(),
});

async function askTokens(
  options: TokenEndpoint,
  grant: Record<string, string>,
): Promise<Omit<Tokens, 'refreshToken'> & { refreshToken: string | null }> {
  const fields = { ...grant, client_id: options.clientId, client_secret: options.clientSecret };
  const answer = await once(options.checkHost, (send) =>
    send(form(endpoint(options.loginUrl, 'token'), fields, options.timeoutMs)),
  );
  if (answer.status >= 400) throw oauthFault(answer);
  const parsed = TokenAnswer.safeParse(json(answer.body));
  if (!parsed.success) {
    throw new SalesforceError('retry', 'TOKEN_ANSWER_UNREADABLE', 'The token endpoint answered with something that is no token.');
  }
  const { access_token, refresh_token, instance_url, scope, id } = parsed.data;
  const instanceUrl = new URL(instance_url).origin;
  options.checkHost(instanceUrl);
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    instanceUrl,
    scopes: scope?.split(/\s+/).filter((name) => name !== '') ?? null,
    identityUrl: id ?? null,
  };
}

/** Rare calls: each brings its own socket and takes it away again. */
async function once(checkHost: CheckHost, call: (send: Send) => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const dispatcher = new Agent();
  try {
    return await call(sender({ dispatcher, checkHost }));
  } finally {
    await dispatcher.destroy();
  }
}

const form = (url: string, fields: Record<string, string>, timeoutMs: number): Parameters<Send>[0] => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
  timeoutMs,
  maxBytes: 1024 * 1024,
});

function endpoint(loginUrl: string, name: 'token' | 'revoke'): string {
  const url = new URL(loginUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/services/oauth2/${name}`;
  return url.href;
}

function oauthFault(answer: HttpAnswer): SalesforceError {
  const said = z.object({ error: z.string(), error_description: z.string().optional() }).safeParse(json(answer.body));
  if (!said.success || answer.status >= 500 || answer.status === 429) {
    return new SalesforceError(
      'retry',
      said.data?.error ?? `HTTP_${answer.status}`,
      said.data?.error_description ?? `HTTP ${answer.status}`,
    );
  }
  const { error, error_description: description = error } = said.data;
  // Too many logins in an hour is an invalid_grant as well, and passes.
  const passes = /rate (limit )?exceeded|server.?error|temporarily|try again/i.test(`${error} ${description}`);
  return new SalesforceError(passes ? 'retry' : 'refused', error, description.slice(0, 500));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
