/** Faults of the HTTP side, by method and path; a fault is used up after `times`. */

export interface HttpFault {
  method?: string;
  /** A piece of the path, or a pattern. */
  path: string | RegExp;
  /** 1 by default; null: until cleared. */
  times?: number | null;
  /** Fitting requests that are let through first. */
  after?: number;
  answer:
    | { kind: 'status'; status: number; body: unknown; headers?: Record<string, string> }
    | { kind: 'reset' }
    | { kind: 'never' }
    | { kind: 'slow'; ms: number }
    /** The right answer, cut off after so many bytes. */
    | { kind: 'truncate'; after: number };
}

export interface HttpFaults {
  add(fault: HttpFault): void;
  clear(): void;
  /** Faults that have not been used up. */
  waiting(): number;
  take(method: string, path: string): HttpFault['answer'] | null;
}

export function createHttpFaults(): HttpFaults {
  let waiting: { fault: HttpFault; left: number; after: number }[] = [];
  return {
    add: (fault) =>
      void waiting.push({ fault, left: fault.times === null ? Infinity : (fault.times ?? 1), after: fault.after ?? 0 }),
    clear: () => void (waiting = []),
    waiting: () => waiting.length,
    take(method, path) {
      for (const entry of waiting) {
        const { fault } = entry;
        if (fault.method && fault.method !== method) continue;
        if (typeof fault.path === 'string' ? !path.includes(fault.path) : !fault.path.test(path)) continue;
        if (entry.after > 0) {
          entry.after -= 1;
          continue;
        }
        entry.left -= 1;
        if (entry.left <= 0) waiting = waiting.filter((each) => each !== entry);
        return fault.answer;
      }
      return null;
    },
  };
}

const error = (errorCode: string, message: string): unknown => [{ message, errorCode }];
const refused = (error: string, description: string): HttpFault['answer'] => ({
  kind: 'status',
  status: 400,
  body: { error, error_description: description },
});

/** As Salesforce words them. */
export const ERRORS = {
  sessionExpired: { kind: 'status', status: 401, body: error('INVALID_SESSION_ID', 'Session expired or invalid') },
  requestLimit: { kind: 'status', status: 403, body: error('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.') },
  unavailable: { kind: 'status', status: 503, body: error('SERVER_UNAVAILABLE', 'Server is temporarily unavailable') },
  unableToLock: {
    kind: 'status',
    status: 400,
    body: error('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record'),
  },
  timeout: { kind: 'status', status: 400, body: error('QUERY_TIMEOUT', 'Your query request was running for too long.') },
  unknown: { kind: 'status', status: 500, body: error('UNKNOWN_EXCEPTION', 'An unexpected error occurred. ErrorId: 1234-5678') },
  maintenance: {
    kind: 'status',
    status: 503,
    body: '<html><head><title>We are down for maintenance.</title></head><body>Sorry for the inconvenience.</body></html>',
    headers: { 'content-type': 'text/html' },
  },
  reset: { kind: 'reset' },
  never: { kind: 'never' },
} as const satisfies Record<string, HttpFault['answer']>;

/** The token endpoint's refusals. */
export const OAUTH_ERRORS = {
  expiredCode: refused('invalid_grant', 'expired authorization code'),
  ipRestricted: refused('invalid_grant', 'ip restricted'),
  tokenRevoked: refused('invalid_grant', 'expired access/refresh token'),
  userInactive: refused('inactive_user', 'user is inactive'),
  orgInactive: refused('inactive_org', 'organization is not active'),
  invalidClientId: refused('invalid_client_id', 'client identifier invalid'),
  invalidClient: refused('invalid_client', 'invalid client credentials'),
  rateLimited: refused('rate_limit_exceeded', 'login rate exceeded'),
} satisfies Record<string, HttpFault['answer']>;

/** What an org or a person may refuse on the authorize page: `salesforce.org.refusal = REFUSALS.notInstalled`. */
export const REFUSALS = {
  denied: { error: 'access_denied', description: 'end-user denied authorization' },
  notInstalled: { error: 'OAUTH_APPROVAL_ERROR_GENERIC', description: 'app must be installed into org' },
  notAdminApproved: { error: 'OAUTH_APP_ACCESS_DENIED', description: 'user is not admin approved to access this app' },
  appMissing: { error: 'OAUTH_EC_APP_NOT_FOUND', description: 'External client app is not installed in this org' },
  unexpected: {
    error: 'OAUTH_APPROVAL_ERROR_GENERIC',
    description: 'An unexpected error has occurred during authentication. Please try again.',
  },
  apiDisabled: { error: 'OAUTH_AUTHORIZATION_BLOCKED', description: 'API access is blocked for this user' },
  crossOrg: { error: 'OAUTH_APP_BLOCKED', description: 'this app is blocked by admin' },
} as const;
