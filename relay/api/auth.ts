/** Who asks, and what they may. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Role, findToken, hashToken, mayActAs } from '../connections/tokens.ts';
import type { Db } from '../db/connect.ts';
import type { Actor } from '../log/audit.ts';
import { ApiError } from './errors.ts';
import type { LoginLimit } from './login-limit.ts';

export interface Caller extends Actor {
  readonly role: Role;
}

export interface AuthOptions {
  readonly db: Db;
  readonly adminToken: string;
  readonly limit: LoginLimit;
}

/** @throws ApiError 401, 429 */
export async function authenticate(request: IncomingMessage, options: AuthOptions): Promise<Caller> {
  const address = request.socket.remoteAddress ?? '';
  const token = bearer(request);
  if (token === null) throw unauthorized('This needs a token: Authorization: Bearer …');
  const actingUser = actingUserOf(request);
  // Both sides are hashed: equal lengths, whatever was sent, so that the time taken tells nothing.
  if (timingSafeEqual(hashToken(token), hashToken(options.adminToken))) return { actor: 'admin', role: 'admin', actingUser };
  const found = await findToken(options.db, token);
  if (found) return { actor: `token:${found.name}`, role: found.role, actingUser };
  options.limit.failed(address);
  const wait = options.limit.retryAfter(address);
  if (wait !== null) {
    throw new ApiError(429, 'too_many_failed_logins', 'Too many wrong tokens came from this address.', {
      retryAfterSeconds: wait,
    });
  }
  throw unauthorized('The token is not known, or it was deleted.');
}

/** @throws ApiError 403 */
export function requireRole(caller: Caller, needed: Role): void {
  if (mayActAs(caller.role, needed)) return;
  throw new ApiError(403, 'forbidden', `This needs a token with the role ${needed}; this one has the role ${caller.role}.`);
}

const unauthorized = (message: string): ApiError => new ApiError(401, 'unauthorized', message);

function bearer(request: IncomingMessage): string | null {
  const match = /^Bearer +([\x21-\x7e]{1,1024}) *$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

function actingUserOf(request: IncomingMessage): string | null {
  const value = request.headers['x-acting-user'];
  const text = (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim();
  return text === '' ? null : text.slice(0, 255);
}
