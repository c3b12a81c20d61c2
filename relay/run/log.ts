/** JSON lines on stdout. Secrets are cut out by name wherever they stand. */
import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const SECRET_NAMES = [
  'clientSecret',
  'apiToken',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'password',
  'cookie',
  'verifier',
];

export function makeLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[cut]',
    },
    serializers: { err: safeError },
  });
}

/** Name, message and where; never the properties that clients hang on their errors (requests, headers, bodies). */
function safeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message.slice(0, 2_000),
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack?.split('\n').slice(1, 8).join('\n'),
    ...(error.cause instanceof Error ? { cause: { type: error.cause.name, message: error.cause.message.slice(0, 500) } } : {}),
  };
}
