/** OAuth's state: the app, codes, access and refresh tokens. */
import { createHash, randomBytes } from 'node:crypto';

export interface App {
  clientId: string;
  clientSecret: string;
  redirectUris: string[] | null;
  rotateRefreshTokens: boolean;
  /** A rotated token that comes again ends every session of the app: Salesforce's own way (help article 005316711). */
  revokeOnReuse: boolean;
}

export interface Grant {
  clientId: string;
  redirectUri: string;
  challenge: string;
  scope: string;
  expiresAt: number;
  used: boolean;
}

export interface AccessToken {
  token: string;
  expiresAt: number;
  scope: string;
  refreshToken: string | null;
}

export interface Sessions {
  code(grant: Omit<Grant, 'used' | 'expiresAt'>): string;
  redeem(
    code: string,
    redirectUri: string,
    verifier: string,
    clientId: string,
  ): { ok: true; grant: Grant } | { ok: false; error: string; description: string };
  issue(scope: string, refresh: boolean, keepRefresh?: string): { accessToken: string; refreshToken: string | null };
  refresh(token: string): { ok: true; scope: string } | { ok: false };
  rotate(token: string): string;
  revoke(token: string): boolean;
  valid(token: string): AccessToken | null;
  expireAccessTokens(): void;
  revokeRefreshTokens(): void;
  /** A browser that has logged in. */
  logIn(): string;
  loggedIn(sid: string): boolean;
  counts: { refreshes: number };
}

export function createSessions(options: {
  orgId: string;
  now: () => number;
  accessTokenMs: () => number;
  codeMs?: () => number;
  revokeOnReuse?: () => boolean;
}): Sessions {
  const codes = new Map<string, Grant>();
  const access = new Map<string, AccessToken>();
  const refresh = new Map<string, string>();
  const rotated = new Set<string>();
  const browsers = new Set<string>();
  const counts = { refreshes: 0 };
  const random = (bytes: number): string => randomBytes(bytes).toString('base64url');
  return {
    counts,
    code(grant) {
      const code = `aPrx${random(32)}==`;
      codes.set(code, { ...grant, used: false, expiresAt: options.now() + (options.codeMs?.() ?? 15 * 60_000) });
      return code;
    },
    redeem(code, redirectUri, verifier, clientId) {
      const refuse = (error: string, description: string) => ({ ok: false, error, description }) as const;
      const grant = codes.get(code);
      if (!grant || grant.used || grant.clientId !== clientId) return refuse('invalid_grant', 'invalid authorization code');
      if (options.now() > grant.expiresAt) return refuse('invalid_grant', 'expired authorization code');
      if (grant.redirectUri !== redirectUri) return refuse('redirect_uri_mismatch', 'redirect_uri must match configuration');
      if (!/^[\w.~-]{43,128}$/.test(verifier) || createHash('sha256').update(verifier).digest('base64url') !== grant.challenge)
        return refuse('invalid_grant', 'invalid code verifier');
      grant.used = true;
      return { ok: true, grant };
    },
    issue(scope, wantsRefresh, keep) {
      const accessToken = `${options.orgId.slice(0, 15)}!AQ${random(48)}`;
      const refreshToken = keep ?? (wantsRefresh ? `5Aep861${random(40)}` : null);
      access.set(accessToken, { token: accessToken, scope, refreshToken, expiresAt: options.now() + options.accessTokenMs() });
      if (refreshToken) refresh.set(refreshToken, scope);
      return { accessToken, refreshToken };
    },
    refresh(token) {
      counts.refreshes += 1;
      // Salesforce takes a token that comes twice for a stolen one.
      if (options.revokeOnReuse?.() && rotated.has(token)) {
        refresh.clear();
        access.clear();
      }
      const scope = refresh.get(token);
      return scope === undefined ? { ok: false } : { ok: true, scope };
    },
    rotate(token) {
      const scope = refresh.get(token) ?? '';
      refresh.delete(token);
      rotated.add(token);
      const fresh = `5Aep861${random(40)}`;
      refresh.set(fresh, scope);
      return fresh;
    },
    revoke(token) {
      if (access.delete(token)) return true;
      for (const [key, each] of access) if (each.refreshToken === token) access.delete(key);
      return refresh.delete(token);
    },
    valid(token) {
      const known = access.get(token);
      if (!known || known.expiresAt <= options.now()) return null;
      // Whoever uses a session keeps it.
      known.expiresAt = options.now() + options.accessTokenMs();
      return known;
    },
    expireAccessTokens: () => access.clear(),
    logIn() {
      const sid = random(24);
      browsers.add(sid);
      return sid;
    },
    loggedIn: (sid) => browsers.has(sid),
    revokeRefreshTokens() {
      refresh.clear();
      access.clear();
    },
  };
}
