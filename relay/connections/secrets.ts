/** Secrets at rest: AES-256-GCM under the first key of a ring; every key of the ring opens. A sealed value opens only in its own row. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** Thrown when a value can't be opened: its key is not in the ring, or it was changed or moved. Says nothing of the value. */
export class SecretUnreadable extends Error {
  constructor(where: string, why: string) {
    super(`The stored secret ${where} can't be opened: ${why}`);
    this.name = 'SecretUnreadable';
  }
}

export interface Keyring {
  /** @param where `table/row id/column`: a value copied into another row or column doesn't open there */
  seal(text: string, where: string): Buffer;
  /** @throws SecretUnreadable */
  open(sealed: Buffer | Uint8Array, where: string): string;
  /** False for a value that another key than the first sealed. */
  isCurrent(sealed: Buffer | Uint8Array): boolean;
}

export interface Key {
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

const FORMAT = 1;
const NONCE = 12;
const TAG = 16;

/**
 * `id:base64[,id:base64…]` as keys.
 * @returns the keys, or the sentence that says what is wrong; never part of a key
 */
export function parseKeys(text: string): readonly Key[] | string {
  const keys: Key[] = [];
  for (const [index, part] of text.split(',').entries()) {
    const place = `key ${index + 1}`;
    const match = /^\s*([A-Za-z0-9_.-]{1,32}):([A-Za-z0-9+/_-]+={0,2})\s*$/.exec(part);
    if (!match?.[1] || !match[2]) return `${place} is not id:base64`;
    const bytes = Buffer.from(match[2], 'base64');
    if (bytes.length !== 32) return `${place} has ${bytes.length} bytes instead of 32`;
    if (keys.some((key) => key.id === match[1])) return `${place} repeats the id ${match[1]}`;
    keys.push({ id: match[1], bytes });
  }
  return keys;
}

/** @param keys the first seals, all open; at least one */
export function keyring(keys: readonly Key[]): Keyring {
  const [first] = keys;
  if (!first) throw new Error('A key ring needs at least one key');
  const byId = new Map(keys.map((key) => [key.id, key.bytes]));
  return {
    seal: (text, where) => seal(text, where, first),
    open: (sealed, where) => open(Buffer.from(sealed), where, byId),
    isCurrent: (sealed) => split(Buffer.from(sealed))?.keyId === first.id,
  };
}

function seal(text: string, where: string, key: Key): Buffer {
  const nonce = randomBytes(NONCE);
  const id = Buffer.from(key.id, 'ascii');
  const head = Buffer.concat([Buffer.from([FORMAT, id.length]), id]);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.concat([head, Buffer.from(where, 'utf8')]));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), body]);
}

interface Parts {
  readonly keyId: string;
  readonly head: Buffer;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly body: Buffer;
}

function split(sealed: Buffer): Parts | null {
  const idLength = sealed[1] ?? 0;
  const start = 2 + idLength;
  if (sealed[0] !== FORMAT || idLength === 0 || sealed.length < start + NONCE + TAG) return null;
  return {
    keyId: sealed.toString('ascii', 2, start),
    head: sealed.subarray(0, start),
    nonce: sealed.subarray(start, start + NONCE),
    tag: sealed.subarray(start + NONCE, start + NONCE + TAG),
    body: sealed.subarray(start + NONCE + TAG),
  };
}

function open(sealed: Buffer, where: string, keys: ReadonlyMap<string, Buffer>): string {
  const parts = split(sealed);
  if (!parts) throw new SecretUnreadable(where, 'it is not a sealed value');
  const key = keys.get(parts.keyId);
  if (!key) throw new SecretUnreadable(where, `its key ${parts.keyId} is not in ENCRYPTION_KEYS`);
  const decipher = createDecipheriv('aes-256-gcm', key, parts.nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.concat([parts.head, Buffer.from(where, 'utf8')]));
  decipher.setAuthTag(parts.tag);
  try {
    return Buffer.concat([decipher.update(parts.body), decipher.final()]).toString('utf8');
  } catch {
    throw new SecretUnreadable(where, 'it was sealed with another key of the same id, or it was changed');
  }
}

/** A keyed fingerprint, hex: tells whether two texts are the same without keeping either. */
export const fingerprint = (key: string, text: string): string =>
  createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('hex');
