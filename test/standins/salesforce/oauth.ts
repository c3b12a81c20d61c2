/** The web-server flow: an authorize page for browsers, the token endpoint, revoke, userinfo and identity. */
import { createHmac } from 'node:crypto';
import { type Reply, type Request, escapeHtml, html, json, redirect } from './http.ts';
import type { Org } from './org.ts';

const SCOPES = new Set(['api', 'web', 'full', 'refresh_token', 'offline_access', 'openid', 'id', 'cdp_query_api']);

/** @returns null where the path is none of OAuth's */
export function oauth(org: Org, request: Request): Reply | null {
  const { path, method } = request;
  if (path === '/services/oauth2/authorize' && method === 'GET') return authorize(org, request);
  if (path === '/services/oauth2/authorize/login' && method === 'POST') return logIn(org, request);
  if (path === '/services/oauth2/authorize/decide' && method === 'POST') return decide(org, request);
  if (path === '/services/oauth2/token' && method === 'POST') return token(org, request);
  if (path === '/services/oauth2/revoke') return revoke(org, request);
  if (path === '/services/oauth2/userinfo') return identity(org, request);
  if (path.startsWith('/id/')) return identity(org, request);
  return null;
}

interface Asked {
  clientId: string;
  redirectUri: string;
  state: string;
  scope: string;
  challenge: string;
}

function asked(org: Org, query: URLSearchParams): Asked | Reply {
  const get = (name: string): string => query.get(name) ?? '';
  const redirectUri = get('redirect_uri');
  const page = (error: string, description: string): Reply =>
    html(400, `<h1>We can't authorize you</h1><p>${error}: ${escapeHtml(description)}</p>`);
  if (get('client_id') !== org.app.clientId) return page('invalid_client_id', 'client identifier invalid');
  if (org.app.redirectUris !== null && !org.app.redirectUris.includes(redirectUri)) {
    return page('redirect_uri_mismatch', 'redirect_uri must match configuration');
  }
  const back = (error: string, description: string): Reply =>
    backTo(redirectUri, { error, error_description: description, state: get('state') });
  if (get('response_type') !== 'code') return back('unsupported_response_type', 'response type not supported');
  if (get('code_challenge') === '') return back('invalid_request', 'missing required code challenge');
  if (get('code_challenge_method') !== 'S256') return back('invalid_request', 'code challenge method must be S256');
  if (!/^[\w-]{43,128}$/.test(get('code_challenge'))) return back('invalid_request', 'invalid code challenge');
  const scope = get('scope');
  const unknown = scope.split(/\s+/).filter((each) => each !== '' && !SCOPES.has(each));
  if (unknown.length > 0) return back('invalid_scope', `the requested scope is not allowed: ${unknown.join(' ')}`);
  if (org.refusal) return back(org.refusal.error, org.refusal.description);
  return { clientId: get('client_id'), redirectUri, state: get('state'), scope, challenge: get('code_challenge') };
}

function backTo(uri: string, parameters: Record<string, string>): Reply {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) if (value !== '') url.searchParams.set(name, value);
  return redirect(url.toString());
}

const hiddenInputs = (parameters: URLSearchParams): string =>
  [...parameters]
    .filter(([name]) => !['username', 'pw', 'decision'].includes(name))
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('');

const SID = /(?:^|;\s*)sid=([\w-]+)/;
const loggedIn = (org: Org, request: Request): boolean =>
  org.sessions.loggedIn(SID.exec(request.headers.cookie ?? '')?.[1] ?? '');

function authorize(org: Org, request: Request): Reply {
  const query = asked(org, request.query);
  if ('status' in query) return query;
  if (!loggedIn(org, request)) return loginPage(org, request.query, '');
  return html(
    200,
    `<h1>Allow Access?</h1><p>ZenQMS for Salesforce is asking to: access data (${escapeHtml(query.scope)}).</p>
     <p>You are ${escapeHtml(org.user.username)}.</p>
     <form method="post" action="/services/oauth2/authorize/decide">${hiddenInputs(request.query)}
       <button name="decision" value="allow" type="submit">Allow</button>
       <button name="decision" value="deny" type="submit">Deny</button></form>`,
  );
}

function loginPage(org: Org, parameters: URLSearchParams, problem: string): Reply {
  return html(
    200,
    `<h1>Log In to ${escapeHtml(org.name)}</h1><p>${escapeHtml(problem)}</p>
     <form method="post" action="/services/oauth2/authorize/login">${hiddenInputs(parameters)}
       <label>Username <input name="username" value="${escapeHtml(org.user.username)}"></label>
       <label>Password <input name="pw" type="password" value="${escapeHtml(org.password)}"></label>
       <button type="submit">Log In</button></form>`,
  );
}

function logIn(org: Org, request: Request): Reply {
  const { form } = request;
  if (form.get('username') !== org.user.username || form.get('pw') !== org.password)
    return loginPage(org, form, 'Please check your username and password.');
  const parameters = new URLSearchParams([...form].filter(([name]) => name !== 'username' && name !== 'pw'));
  return redirect(`/services/oauth2/authorize?${parameters}`, {
    'set-cookie': `sid=${org.sessions.logIn()}; Path=/; HttpOnly; SameSite=Lax`,
  });
}

function decide(org: Org, request: Request): Reply {
  const query = asked(org, request.form);
  if ('status' in query) return query;
  if (!loggedIn(org, request)) return loginPage(org, request.form, 'Your session has ended.');
  if (request.form.get('decision') !== 'allow') {
    return backTo(query.redirectUri, {
      error: 'access_denied',
      error_description: 'end-user denied authorization',
      state: query.state,
    });
  }
  const { clientId, redirectUri, challenge, scope } = query;
  return backTo(redirectUri, { code: org.sessions.code({ clientId, redirectUri, challenge, scope }), state: query.state });
}

function token(org: Org, request: Request): Reply {
  const { form } = request;
  const get = (name: string): string => form.get(name) ?? '';
  const fail = (error: string, description: string, status = 400): Reply =>
    json(status, { error, error_description: description });
  if (request.method !== 'POST' || form.size === 0) return fail('unsupported_grant_type', 'grant type not supported');
  if (org.tokenRefusal) return fail(org.tokenRefusal.error, org.tokenRefusal.description);
  if (get('client_id') !== org.app.clientId) return fail('invalid_client_id', 'client identifier invalid');
  if (get('client_secret') !== org.app.clientSecret) return fail('invalid_client', 'invalid client credentials');
  if (get('grant_type') === 'authorization_code') {
    const redeemed = org.sessions.redeem(get('code'), get('redirect_uri'), get('code_verifier'), get('client_id'));
    if (!redeemed.ok) return fail(redeemed.error, redeemed.description);
    const wantsRefresh = /refresh_token|offline_access/.test(redeemed.grant.scope);
    return tokens(org, redeemed.grant.scope, org.sessions.issue(redeemed.grant.scope, wantsRefresh), true);
  }
  if (get('grant_type') === 'refresh_token') {
    const known = org.sessions.refresh(get('refresh_token'));
    if (!known.ok) return fail('invalid_grant', 'expired access/refresh token');
    const kept = org.app.rotateRefreshTokens ? org.sessions.rotate(get('refresh_token')) : get('refresh_token');
    return tokens(org, known.scope, org.sessions.issue(known.scope, true, kept), org.app.rotateRefreshTokens);
  }
  return fail('unsupported_grant_type', 'grant type not supported');
}

function tokens(
  org: Org,
  scope: string,
  issued: { accessToken: string; refreshToken: string | null },
  withRefresh: boolean,
): Reply {
  return json(200, {
    access_token: issued.accessToken,
    ...(withRefresh && issued.refreshToken ? { refresh_token: issued.refreshToken } : {}),
    signature: signatureOf(org),
    scope,
    instance_url: org.instanceUrl(),
    id: `${org.url()}/id/${org.orgId}/${org.user.id}`,
    token_type: 'Bearer',
    issued_at: String(org.now()),
  });
}

const signatureOf = (org: Org): string =>
  createHmac('sha256', org.app.clientSecret).update(`${org.url()}/id/${org.orgId}/${org.user.id}${org.now()}`).digest('base64');

function revoke(org: Org, request: Request): Reply {
  const value = request.form.get('token') ?? request.query.get('token') ?? '';
  return org.sessions.revoke(value)
    ? { status: 200, headers: {}, body: '' }
    : json(400, { error: 'unsupported_token_type', error_description: 'this token type is not supported' });
}

function identity(org: Org, request: Request): Reply {
  if (!org.sessions.valid(request.bearer)) return json(403, 'Bad_OAuth_Token');
  const { user } = org;
  return json(200, {
    id: `${org.url()}/id/${org.orgId}/${user.id}`,
    user_id: user.id,
    organization_id: org.orgId,
    username: user.username,
    preferred_username: user.username,
    display_name: user.name,
    name: user.name,
    email: user.email,
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 3600000,
    urls: { rest: `${org.instanceUrl()}/services/data/v{version}/`, custom_domain: org.instanceUrl() },
  });
}
