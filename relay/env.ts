/** The only reader of the environment. What is wrong is said for every variable at once. */
import { z } from 'zod';
import { type AllowedHost, parseAllowedHost } from './connections/hosts.ts';
import { type Key, parseKeys } from './connections/secrets.ts';

export interface Env {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Without a trailing slash; null: http://HOST and the port really taken. */
  readonly publicUrl: string | null;
  /** null: PGlite in dataDir. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** null: the key file in dataDir. */
  readonly encryptionKeys: readonly Key[] | null;
  /** null only where it isn't needed (see `readEnv`). */
  readonly adminToken: string | null;
  readonly allowedHosts: readonly AllowedHost[];
  readonly deliveryConcurrency: number;
  readonly zenqmsTimeoutMs: number;
  readonly salesforceTimeoutMs: number;
  readonly logLevel: (typeof LEVELS)[number];
}

/** One variable that keeps the relay from starting. */
export class EnvError extends Error {
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'EnvError';
    this.lines = lines;
  }
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const EXAMPLES: Record<string, string> = {
  HOST: '127.0.0.1',
  PORT: '3000',
  PUBLIC_URL: 'https://relay.example.com',
  DATABASE_URL: 'postgres://relay:password@db.example.com:5432/relay',
  DATA_DIR: './data',
  ENCRYPTION_KEYS: 'k1:<base64 of 32 bytes> (make one with: openssl rand -base64 32)',
  ADMIN_TOKEN: '<at least 24 characters> (make one with: openssl rand -base64 32)',
  ALLOWED_HOSTS: 'localhost:8443,qms.example.com',
  DELIVERY_CONCURRENCY: '16',
  ZENQMS_TIMEOUT_MS: '15000',
  SALESFORCE_TIMEOUT_MS: '30000',
  LOG_LEVEL: 'info',
};

const whole = (least: number, most: number, otherwise: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `is not between ${least} and ${most}`)
    .default(otherwise);

/** A value that `read` turns into another, or into the sentence that says what is wrong. */
const parsed = <T>(read: (text: string) => T | { wrong: string }) =>
  z.string().transform((text, context): T => {
    const value = read(text);
    if (typeof value !== 'object' || value === null || !('wrong' in value)) return value as T;
    context.addIssue({ code: 'custom', message: value.wrong });
    return z.NEVER;
  });

const Variables = z.object({
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,255}$/, 'is no host name or address')
    .default('127.0.0.1'),
  PORT: whole(0, 65_535, 3000),
  PUBLIC_URL: parsed(publicUrl).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'does not begin with postgres://')
    .optional(),
  DATA_DIR: z.string().default('./data'),
  ENCRYPTION_KEYS: parsed((text) => {
    const keys = parseKeys(text);
    return typeof keys === 'string' ? { wrong: keys } : keys;
  }).optional(),
  ADMIN_TOKEN: z
    .string()
    .min(24, 'is shorter than 24 characters')
    .max(1024, 'is longer than 1024 characters')
    .regex(/^[\x21-\x7e]+$/, 'holds blanks or characters that a header can not carry')
    .optional(),
  ALLOWED_HOSTS: parsed(allowedHosts).default([]),
  DELIVERY_CONCURRENCY: whole(1, 512, 16),
  ZENQMS_TIMEOUT_MS: whole(100, 600_000, 15_000),
  SALESFORCE_TIMEOUT_MS: whole(100, 600_000, 30_000),
  LOG_LEVEL: z.enum(LEVELS, { error: `is none of ${LEVELS.join(', ')}` }).default('info'),
});

/**
 * @param source process.env; an empty value counts as absent
 * @param purpose `serve` needs ADMIN_TOKEN; `maintain` (migrations, keys) does without
 * @throws EnvError with one line for each bad variable; a line never holds the value of a secret
 */
export function readEnv(source: Readonly<Record<string, string | undefined>>, purpose: 'serve' | 'maintain' = 'serve'): Env {
  const given = Object.fromEntries(
    Object.keys(Variables.shape).flatMap((name) => {
      const value = source[name]?.trim();
      return value ? [[name, value] as const] : [];
    }),
  );
  const wrong = new Map<string, string>();
  const result = Variables.safeParse(given);
  for (const issue of result.error?.issues ?? []) {
    const name = String(issue.path[0]);
    if (!wrong.has(name)) wrong.set(name, issue.message);
  }
  if (given['DATABASE_URL'] !== undefined && given['ENCRYPTION_KEYS'] === undefined) {
    wrong.set('ENCRYPTION_KEYS', 'is missing: with DATABASE_URL the keys must be kept by you, apart from the database');
  }
  if (purpose === 'serve' && given['ADMIN_TOKEN'] === undefined) wrong.set('ADMIN_TOKEN', 'is missing');
  if (!result.success || wrong.size > 0) {
    throw new EnvError([...wrong].map(([name, what]) => `${name} ${what}. Example: ${name}=${EXAMPLES[name] ?? ''}`));
  }
  const value = result.data;
  return {
    host: value.HOST,
    port: value.PORT,
    publicUrl: value.PUBLIC_URL ?? null,
    databaseUrl: value.DATABASE_URL ?? null,
    dataDir: value.DATA_DIR,
    encryptionKeys: value.ENCRYPTION_KEYS ?? null,
    adminToken: value.ADMIN_TOKEN ?? null,
    allowedHosts: value.ALLOWED_HOSTS,
    deliveryConcurrency: value.DELIVERY_CONCURRENCY,
    zenqmsTimeoutMs: value.ZENQMS_TIMEOUT_MS,
    salesforceTimeoutMs: value.SALESFORCE_TIMEOUT_MS,
    logLevel: value.LOG_LEVEL,
  };
}

/** As the relay's start needs it: says what is wrong on stderr and ends the process with 1. */
export function envOrExit(purpose: 'serve' | 'maintain' = 'serve'): Env {
  try {
    return readEnv(process.env, purpose);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function publicUrl(text: string): string | { wrong: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return { wrong: 'is no URL that begins with https:// (or http://)' };
  if (url.username || url.password || url.search || url.hash) return { wrong: 'must hold no user name, ? or #' };
  return url.href.replace(/\/+$/, '');
}

function allowedHosts(text: string): AllowedHost[] | { wrong: string } {
  const hosts: AllowedHost[] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const host = parseAllowedHost(part);
    if (!host) return { wrong: `holds ${JSON.stringify(part.trim().slice(0, 60))}, which is neither host nor host:port` };
    hosts.push(host);
  }
  return hosts;
}
