/** Salesforce's answers are parsed where they come in; what has another shape than documented is an outage, not a crash. */
import type { z } from 'zod';
import { SalesforceError } from '../model/salesforce.ts';

/** @throws SalesforceError `retry` when the answer has another shape than Salesforce's */
export function read<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SalesforceError(
    'retry',
    'UNEXPECTED_ANSWER',
    `Salesforce answered in an unknown shape: ${issue?.path.join('.')} ${issue?.message}.`,
  );
}
