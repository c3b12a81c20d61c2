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
    | { kind: 'slow'; ms: number };
}

export interface HttpFaults {
  add(fault: HttpFault): void;
  clear(): void;
  take(method: string, path: string): HttpFault['answer'] | null;
}

export function createHttpFaults(): HttpFaults {
  let waiting: { fault: HttpFault; left: number; after: number }[] = [];
  return {
    add: (fault) =>
      void waiting.push({ fault, left: fault.times === null ? Infinity : (fault.times ?? 1), after: fault.after ?? 0 }),
    clear: () => void (waiting = []),
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

/** As Salesforce words them. */
export const ERRORS = {
  sessionExpired: { kind: 'status', status: 401, body: error('INVALID_SESSION_ID', 'Session expired or invalid') },
  requestLimit: { kind: 'status', status: 403, body: error('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.') },
  unavailable: { kind: 'status', status: 503, body: error('SERVER_UNAVAILABLE', 'Server is temporarily unavailable') },
  maintenance: {
    kind: 'status',
    status: 503,
    body: '<html><head><title>We are down for maintenance.</title></head><body>Sorry for the inconvenience.</body></html>',
    headers: { 'content-type': 'text/html' },
  },
} as const satisfies Record<string, HttpFault['answer']>;
