/** The key of an embedded database, made beside it: whoever copies the database without DATA_DIR/encryption-keys reads no secret. */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Key, parseKeys } from './secrets.ts';

export const KEY_FILE = 'encryption-keys';

/**
 * Reads DATA_DIR/encryption-keys, or makes it with a fresh key, mode 0600. Comes into being whole or not at all.
 * @throws when it is there and can't be read as keys: a new key would make every secret unreadable for ever
 */
export async function keysOfDirectory(dataDir: string): Promise<readonly Key[]> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, KEY_FILE);
  const text = (await readIfThere(path)) ?? (await make(path));
  const keys = parseKeys(text.trim());
  if (typeof keys === 'string') throw new Error(`${path} can't be used: ${keys}. Put the file back as it was.`);
  if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
  return keys;
}

async function make(path: string): Promise<string> {
  const text = `k1:${randomBytes(32).toString('base64')}\n`;
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await readFile(path, 'utf8');
  } finally {
    await unlink(draft);
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
