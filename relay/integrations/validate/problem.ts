/** What is wrong with an integration, in words for the admin who wrote it. */
import { SalesforceError } from '../../model/salesforce.ts';
import { ZenqmsError } from '../../model/catalog.ts';

export interface TextPosition {
  /** UTF-16 units from the start of the formula. */
  readonly offset: number;
  readonly length: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface IntegrationProblem {
  /** `fieldMappings[1].zenqmsFieldId` */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** Only errors keep an integration from being saved. */
  readonly severity: 'error' | 'warning';
  readonly position?: TextPosition;
  /** What to write instead, where something is close. */
  readonly suggestion?: string;
}

export function problem(
  path: string,
  code: string,
  message: string,
  more: { severity?: 'error' | 'warning'; position?: TextPosition; suggestion?: string | undefined } = {},
): IntegrationProblem {
  const { severity = 'error', position, suggestion } = more;
  return { path, code, message, severity, ...(position ? { position } : {}), ...(suggestion ? { suggestion } : {}) };
}

/** The name that was probably meant: the nearest by edits, at most a third of its letters wrong. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editsBetween(wanted, candidate.toLowerCase(), least);
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** Letters to add, take away, replace or swap; stops counting at `limit`. */
function editsBetween(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, (before[j - 2] ?? limit) + 1);
      next.push(edits);
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? limit;
}

/** A side that couldn't be asked is a problem like any other: an integration that nobody checked must not look valid. */
export function salesforceProblem(error: unknown): IntegrationProblem {
  if (!(error instanceof SalesforceError)) throw error;
  const path = 'salesforceConnectionId';
  switch (error.kind) {
    case 'reauthorize':
      return problem(path, 'salesforce_not_connected', `The Salesforce connection must be authorised again: ${error.message}`);
    case 'retry':
    case 'limit':
      return problem(
        path,
        'salesforce_unavailable',
        `Salesforce could not be asked; try again in a few minutes: ${error.message}`,
      );
    case 'refused':
      return problem(path, 'salesforce_refused', `Salesforce refused to say what is there: ${error.message}`);
    default:
      return error.kind satisfies never;
  }
}

export function zenqmsProblem(error: unknown): IntegrationProblem {
  if (!(error instanceof ZenqmsError)) throw error;
  const path = 'zenqmsConnectionId';
  switch (error.kind) {
    case 'unauthorized':
      return problem(path, 'zenqms_unauthorized', `ZenQMS did not accept the connection's API token: ${error.message}`);
    case 'forbidden':
      return problem(path, 'zenqms_scope_missing', `The ZenQMS API token lacks a scope that is needed: ${error.message}`);
    case 'retry':
      return problem(path, 'zenqms_unavailable', `ZenQMS could not be asked; try again in a few minutes: ${error.message}`);
    case 'not_found':
    case 'refused':
      return problem(path, 'zenqms_refused', `ZenQMS refused to say what is there: ${error.message}`);
    default:
      return error.kind satisfies never;
  }
}
