/** What the API answers when it can't do what was asked. A stable code, a sentence for people, the places in the body. */
import { HostRefused } from '../connections/hosts.ts';
import { ZenqmsError } from '../model/catalog.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { isDatabaseAway } from './database-away.ts';

export interface ErrorDetail {
  /** `fieldMappings[1].zenqmsFieldId` */
  readonly path: string;
  readonly message: string;
  readonly code?: string;
  readonly severity?: 'error' | 'warning';
  readonly position?: { readonly offset: number; readonly length: number; readonly line: number; readonly column: number };
  readonly suggestion?: string;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly ErrorDetail[];
  readonly retryAfterSeconds: number | null;
  constructor(
    status: number,
    code: string,
    message: string,
    options: { details?: readonly ErrorDetail[]; retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

export const malformed = (message: string, details: readonly ErrorDetail[] = []): ApiError =>
  new ApiError(400, 'malformed', message, { details });
export const notFound = (what: string): ApiError => new ApiError(404, 'not_found', `${what} does not exist.`);
export const conflict = (code: string, message: string): ApiError => new ApiError(409, code, message);
export const wrong = (code: string, message: string, details: readonly ErrorDetail[]): ApiError =>
  new ApiError(422, code, message, { details });

/** What a thrown value is answered with; null: nobody foresaw it, and the answer says nothing of it. */
export function asApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof HostRefused) return wrong(error.code, error.message, []);
  if (error instanceof SalesforceError) return salesforce(error);
  if (error instanceof ZenqmsError) return zenqms(error);
  if (isDatabaseAway(error)) {
    return new ApiError(503, 'database_unavailable', 'The database does not answer at the moment. Try again in a minute.', {
      retryAfterSeconds: 5,
    });
  }
  if ((error as { code?: unknown } | null)?.code === FOREIGN_KEY) {
    return conflict('changed', 'Something that this refers to was deleted, or is used, meanwhile. Reload and try again.');
  }
  return null;
}

/** Postgres, class 23: integrity constraint violation. */
const FOREIGN_KEY = '23503';

function salesforce(error: SalesforceError): ApiError {
  switch (error.kind) {
    case 'reauthorize':
      return conflict('salesforce_not_connected', `The Salesforce connection must be authorised (again): ${error.message}`);
    case 'retry':
    case 'limit':
      return new ApiError(
        503,
        'salesforce_unavailable',
        `Salesforce could not be asked: ${error.message}`,
        retry(error.retryAfterMs),
      );
    case 'refused':
      return wrong('salesforce_refused', `Salesforce refused: ${error.message}`, []);
    default:
      return error.kind satisfies never;
  }
}

function zenqms(error: ZenqmsError): ApiError {
  switch (error.kind) {
    case 'unauthorized':
    case 'forbidden':
      return conflict('zenqms_unauthorized', `ZenQMS did not accept the connection's token: ${error.message}`);
    case 'retry':
      return new ApiError(503, 'zenqms_unavailable', `ZenQMS could not be asked: ${error.message}`, retry(error.retryAfterMs));
    case 'not_found':
      return new ApiError(404, 'not_found', `ZenQMS does not know it: ${error.message}`);
    case 'refused':
      return wrong('zenqms_refused', `ZenQMS refused: ${error.message}`, []);
    default:
      return error.kind satisfies never;
  }
}

const retry = (afterMs: number | null): { retryAfterSeconds: number } => ({
  retryAfterSeconds: Math.max(1, Math.min(3600, Math.ceil((afterMs ?? 10_000) / 1000))),
});
