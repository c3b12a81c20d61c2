/** Checks what came in against its shape; every mistake is named with its path. */
import type { z } from 'zod';
import { type ErrorDetail, malformed } from './errors.ts';
import { findUnsafe } from './json-body.ts';

const MOST_DETAILS = 100;

/** @throws ApiError 400 */
export function parse<T extends z.ZodType>(schema: T, value: unknown, what: 'body' | 'query'): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const details = result.error.issues.flatMap((issue) => detailsOf(issue)).slice(0, MOST_DETAILS);
  const [first] = details;
  const message = first
    ? `The ${what} is not as it should be: ${[first.path, first.message].filter(Boolean).join(' ')}.`
    : `The ${what} is wrong.`;
  throw malformed(message, details);
}

function detailsOf(issue: z.core.$ZodIssue): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      message: 'is not known here',
      code: 'unknown_property',
    }));
  }
  return [{ path: pathText(issue.path), message: lowerFirst(issue.message), code: issue.code }];
}

/** `fieldMappings[1].zenqmsFieldId` */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? cut(String(part)) : `${text}.${cut(String(part))}`;
  }, '');
}

const cut = (name: string): string => (name.length > 100 ? `${name.slice(0, 100)}…` : name);
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** @throws ApiError 400 for a name that is given twice, or text that is none */
export function queryValues(search: URLSearchParams): Record<string, string> {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of search) {
    if (name in values)
      throw malformed(`The parameter ${cut(name)} is given twice.`, [{ path: cut(name), message: 'is given twice' }]);
    values[name] = value;
  }
  const unsafe = findUnsafe({ ...values });
  if (unsafe) throw malformed(`The parameters can't be used: ${unsafe.message}.`, [unsafe]);
  return { ...values };
}
