/** What is wrong with a saved integration, as its row keeps it and its status shows it. */
import type { IntegrationProblem } from './problem.ts';
import { type Subject, remedyFor } from './remedy.ts';

/** Stored as JSON in integration.problems. */
export interface StandingProblem {
  readonly code: string;
  /** Where in the integration: `fieldMappings[1].zenqmsFieldId`; empty where it is about no part of it. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  /** Its events wait as errors (configuration_broken) until it is mended: they would be sent wrong, or be skipped wrongly. */
  readonly blocking: boolean;
}

/**
 * What an admin saved in spite of its warnings: shown, never blocking. The drift watch blocks on what is new since.
 * For `PUT` and `POST`, which reset integration.problems.
 */
export function problemsAtSave(problems: readonly IntegrationProblem[], subject: Subject): StandingProblem[] {
  return problems.map((found) => standing(found, subject, false));
}

export function standing(found: IntegrationProblem, subject: Subject, blocking: boolean): StandingProblem {
  const { code, path, message } = found;
  return { code, path, message, remedy: remedyFor(found, subject), blocking };
}

/** The same thing is wrong at the same place; what else might be meant instead changes with the org. */
export const sameProblem = (a: StandingProblem, b: StandingProblem): boolean =>
  a.code === b.code && a.path === b.path && withoutHint(a.message) === withoutHint(b.message);

const withoutHint = (message: string): string => message.replace(/[;,.]?\s+did you mean .*$/is, '');
