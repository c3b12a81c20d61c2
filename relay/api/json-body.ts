/** The request's body, read with suspicion: JSON only, at most 1 MB, valid UTF-8, no text or key that the database or JavaScript trips over. */
import type { IncomingMessage } from 'node:http';
import { ApiError, malformed } from './errors.ts';

export const BODY_LIMIT = 1_048_576;
/** Deeper than any body of ours; shallow enough for every recursive reader behind this one. */
const DEEPEST = 32;

/** @throws ApiError 400, 413, 415 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  requireJson(request);
  const bytes = await readAll(request);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
  if (text.trim() === '') throw malformed('The body is empty: it must be a JSON object.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not valid JSON.');
  }
  const unsafe = findUnsafe(value);
  if (unsafe) throw malformed(`The body can't be used: ${unsafe.message}.`, [unsafe]);
  return value;
}

function requireJson(request: IncomingMessage): void {
  const type = request.headers['content-type'] ?? '';
  if (/^\s*application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i.test(type)) {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return;
    throw new ApiError(415, 'unsupported_media_type', 'The body must not be compressed.');
  }
  throw new ApiError(415, 'unsupported_media_type', 'The body must be JSON, with Content-Type: application/json.');
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = new ApiError(413, 'too_large', 'The body is larger than 1 MB.');
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > BODY_LIMIT) throw tooLarge;
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw malformed('The body ended before it was whole.');
  }
  return Buffer.concat(chunks);
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

interface Unsafe {
  readonly path: string;
  readonly message: string;
}

/** Reads without recursion: a megabyte of brackets must not end the process. */
export function findUnsafe(root: unknown): Unsafe | null {
  const left: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }];
  for (let at = left.pop(); at; at = left.pop()) {
    const { value, path, depth } = at;
    if (typeof value === 'string') {
      const message = unsafeText(value);
      if (message) return { path, message };
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= DEEPEST) return { path: shorten(path), message: `is nested more than ${DEEPEST} levels deep` };
      for (const [key, inner] of Object.entries(value)) {
        const inside = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
        if (FORBIDDEN_KEYS.has(key)) return { path: shorten(inside), message: `has a property that may not be named ${key}` };
        if (unsafeText(key)) return { path: shorten(path), message: 'has a property whose name is no valid text' };
        left.push({ value: inner, path: inside, depth: depth + 1 });
      }
    }
  }
  return null;
}

/** @returns what is wrong with a text, or null */
export function unsafeText(text: string): string | null {
  if (text.includes('\0')) return 'holds a NUL character';
  return text.isWellFormed() ? null : 'holds half of a surrogate pair';
}

const shorten = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}…` : path);
