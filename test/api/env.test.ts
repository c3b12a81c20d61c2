import { describe, expect, test } from 'vitest';
import { EnvError, readEnv } from '../../relay/env.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const TOKEN = 'a-token-of-24-characters';

const linesOf = (source: Record<string, string>, purpose?: 'maintain'): readonly string[] => {
  try {
    readEnv(source, purpose);
  } catch (error) {
    if (error instanceof EnvError) return error.lines;
    throw error;
  }
  return [];
};

test('defaults', () => {
  expect(readEnv({ ADMIN_TOKEN: TOKEN, PUBLIC_URL: '', UNRELATED: 'x' })).toEqual({
    host: '127.0.0.1',
    port: 3000,
    publicUrl: null,
    databaseUrl: null,
    dataDir: './data',
    encryptionKeys: null,
    adminToken: TOKEN,
    allowedHosts: [],
    deliveryConcurrency: 16,
    zenqmsTimeoutMs: 15_000,
    salesforceTimeoutMs: 30_000,
    logLevel: 'info',
  });
});

test('everything given', () => {
  const env = readEnv({
    HOST: '0.0.0.0',
    PORT: '0',
    PUBLIC_URL: 'https://relay.example.com/zenqms/',
    DATABASE_URL: 'postgres://u:p@db/relay',
    DATA_DIR: '/var/lib/relay',
    ENCRYPTION_KEYS: `k2:${KEY},k1:${KEY}`,
    ADMIN_TOKEN: TOKEN,
    ALLOWED_HOSTS: 'localhost:8443, qms.example.com',
    DELIVERY_CONCURRENCY: '32',
    ZENQMS_TIMEOUT_MS: '1000',
    SALESFORCE_TIMEOUT_MS: '2000',
    LOG_LEVEL: 'debug',
  });
  expect(env).toMatchObject({
    port: 0,
    publicUrl: 'https://relay.example.com/zenqms',
    deliveryConcurrency: 32,
    logLevel: 'debug',
  });
  expect(env.encryptionKeys?.map((key) => key.id)).toEqual(['k2', 'k1']);
  expect(env.allowedHosts).toEqual([
    { host: 'localhost', port: '8443' },
    { host: 'qms.example.com', port: null },
  ]);
});

describe('a bad value is one line: name, what was wrong, an example', () => {
  test.each<[string, string]>([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['HOST', 'a b'],
    ['PUBLIC_URL', 'relay.example.com'],
    ['PUBLIC_URL', 'https://user:pw@relay.example.com'],
    ['DATABASE_URL', 'mysql://x'],
    ['ENCRYPTION_KEYS', 'k1:short'],
    ['ADMIN_TOKEN', 'too-short'],
    ['ADMIN_TOKEN', 'twenty four characters with blanks'],
    ['ALLOWED_HOSTS', '*.example.com'],
    ['DELIVERY_CONCURRENCY', '0'],
    ['ZENQMS_TIMEOUT_MS', '1.5'],
    ['SALESFORCE_TIMEOUT_MS', '1'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s', (name, value) => {
    const lines = linesOf({ ADMIN_TOKEN: TOKEN, ENCRYPTION_KEYS: `k1:${KEY}`, [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name} .+\\. Example: ${name}=\\S`));
    if (name === 'ADMIN_TOKEN') expect(lines[0]).not.toContain(value);
  });

  test('all at once', () => {
    const lines = linesOf({ PORT: 'x', LOG_LEVEL: 'y', DATABASE_URL: 'postgres://db/relay' });
    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual(['ADMIN_TOKEN', 'ENCRYPTION_KEYS', 'LOG_LEVEL', 'PORT']);
  });
});

test('maintenance needs no token, but the keys of a Postgres all the same', () => {
  expect(linesOf({}, 'maintain')).toEqual([]);
  expect(linesOf({ DATABASE_URL: 'postgres://db/relay' }, 'maintain')).toHaveLength(1);
});
