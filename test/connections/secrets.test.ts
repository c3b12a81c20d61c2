import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KEY_FILE, keysOfDirectory } from '../../relay/connections/key-file.ts';
import { type Key, SecretUnreadable, fingerprint, keyring, parseKeys } from '../../relay/connections/secrets.ts';

const key = (id: string): Key => ({ id, bytes: randomBytes(32) });
const one = key('k1');
const two = key('k2');

describe('sealing', () => {
  test('gives back what was sealed, and another text each time', () => {
    const ring = keyring([one]);
    const sealed = ring.seal('täglich geheim', 'a/1/x');
    expect(ring.open(sealed, 'a/1/x')).toBe('täglich geheim');
    expect(sealed.includes('geheim')).toBe(false);
    expect(ring.seal('täglich geheim', 'a/1/x').equals(sealed)).toBe(false);
    expect(ring.open(ring.seal('', 'a/1/x'), 'a/1/x')).toBe('');
  });

  test('opens nowhere else than in its own row and column', () => {
    const ring = keyring([one]);
    const sealed = ring.seal('s', 'a/1/x');
    expect(() => ring.open(sealed, 'a/2/x')).toThrow(SecretUnreadable);
    expect(() => ring.open(sealed, 'a/1/y')).toThrow(SecretUnreadable);
  });

  test('no byte can be changed unnoticed', () => {
    const ring = keyring([one]);
    const sealed = ring.seal('secret', 'a/1/x');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => ring.open(changed, 'a/1/x'), `byte ${at}`).toThrow(SecretUnreadable);
      expect(() => ring.open(sealed.subarray(0, at), 'a/1/x'), `cut at ${at}`).toThrow(SecretUnreadable);
    }
  });

  test('the first key seals, all open, a missing one says which', () => {
    const old = keyring([one]).seal('s', 'a/1/x');
    const both = keyring([two, one]);
    expect(both.open(old, 'a/1/x')).toBe('s');
    expect(both.isCurrent(old)).toBe(false);
    expect(both.isCurrent(both.seal('s', 'a/1/x'))).toBe(true);
    expect(() => keyring([two]).open(old, 'a/1/x')).toThrow(/k1 is not in ENCRYPTION_KEYS/);
    expect(() => keyring([{ id: 'k1', bytes: two.bytes }]).open(old, 'a/1/x')).toThrow(SecretUnreadable);
  });

  test('fingerprints tell same from other, under one key only', () => {
    const k = one.bytes.toString('base64');
    expect(fingerprint(k, 'a')).toBe(fingerprint(k, 'a'));
    expect(fingerprint(k, 'a')).not.toBe(fingerprint(k, 'b'));
    expect(fingerprint(k, 'a')).not.toBe(fingerprint(two.bytes.toString('base64'), 'a'));
  });
});

test.each([
  ['', 'key 1 is not id:base64'],
  ['k1', 'key 1 is not id:base64'],
  ['k1:####', 'key 1 is not id:base64'],
  ['k1:c2hvcnQ=', 'key 1 has 5 bytes instead of 32'],
  [`k1:${one.bytes.toString('base64')},`, 'key 2 is not id:base64'],
  [`k1:${one.bytes.toString('base64')},k1:${two.bytes.toString('base64')}`, 'key 2 repeats the id k1'],
])('keys %j: %s', (text, wrong) => expect(parseKeys(text)).toBe(wrong));

describe('the key file', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keys-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('is made once, for its owner only, also when many ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => keysOfDirectory(join(directory, 'deep'))));
    const path = join(directory, 'deep', KEY_FILE);
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    const text = await readFile(path, 'utf8');
    for (const keys of all) expect(keys).toEqual(parseKeys(text.trim()));
  });

  test('is closed again to others, and never replaced when it is damaged', async () => {
    const path = join(directory, KEY_FILE);
    await keysOfDirectory(directory);
    await chmod(path, 0o644);
    await keysOfDirectory(directory);
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    await writeFile(path, 'k1:dGhpcw==');
    await expect(keysOfDirectory(directory)).rejects.toThrow(/Put the file back/);
    expect(await readFile(path, 'utf8')).toBe('k1:dGhpcw==');
  });
});
