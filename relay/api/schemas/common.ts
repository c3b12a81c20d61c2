/** Shapes that many routes share. */
import { z } from 'zod';

export const Time = z.iso.datetime().meta({ id: 'Time', description: 'UTC, ISO 8601', example: '2026-03-01T10:00:00.000Z' });
export const Id = z.string().meta({ id: 'Id', example: '01956f0e-8d2a-7c3b-9a51-3f6c2b7d4e10' });

/** Postgres has no year 0, and nothing here is older than this. */
const since1970 = (text: string): boolean => new Date(text).getTime() >= 0 && new Date(text).getTime() < 4_102_444_800_000;

/** A time that a caller gives: with Z or an offset, between 1970 and 2100. */
export const GivenTime = z.iso
  .datetime({ offset: true })
  .refine(since1970, 'must be between 1970 and 2100')
  .transform((text) => new Date(text))
  .meta({ description: 'ISO 8601, with Z or an offset', example: '2026-03-01T10:00:00Z' });

export const Name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200)
  // eslint-disable-next-line no-control-regex -- names are shown in one line
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters');

/** Secrets travel in headers and forms: what can't is refused before it is stored. */
export const Secret = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(4096)
  .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without blanks')
  .meta({ writeOnly: true });

export const Url = z.string().min(1, 'must not be empty').max(500);

export const Limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(500))
  .default(50)
  .meta({
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern;
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 500, default: 50 });
    },
  });

export const ListParameters = {
  limit: Limit,
  cursor: z.string().max(500).optional().meta({ description: '`next` of the page before' }),
};
export const ListQuery = z.strictObject(ListParameters);
export const RefreshParameter = {
  refresh: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: ask anew instead of giving what was found minutes ago' }),
};
export const SearchParameter = { search: z.string().max(200).optional() };
export const NoQuery = z.strictObject({});
/** An empty object, for what needs nothing said. */
export const NoBody = z.strictObject({});

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item).readonly(),
    next: z.string().nullable().meta({ description: 'cursor of the next page, or null' }),
  });

const IdInPath = z.string().meta({ description: 'as it was given out' });
export const IdParam = z.object({ id: IdInPath });

export const Problem = z
  .object({ code: z.string(), message: z.string(), remedy: z.string() })
  .meta({ id: 'Problem', description: 'What is wrong, and what to do about it' });

const Position = z
  .object({ offset: z.int(), length: z.int(), line: z.int(), column: z.int() })
  .meta({ id: 'Position', description: 'In the formula: offset and length in UTF-16 units, line and column from 1' });

const problemShape = {
  path: z.string().meta({ example: 'fieldMappings[1].zenqmsFieldId' }),
  message: z.string(),
  position: Position.optional(),
  suggestion: z.string().optional(),
};

export const IntegrationProblem = z
  .object({ ...problemShape, code: z.string(), severity: z.enum(['error', 'warning']) })
  .meta({ id: 'IntegrationProblem' });

export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      details: z
        .array(z.object({ ...problemShape, code: z.string().optional(), severity: z.enum(['error', 'warning']).optional() }))
        .readonly(),
    }),
    requestId: z.string(),
  })
  .meta({ id: 'Error' });

export const DecisionStep = z
  .object({ step: z.string(), passed: z.boolean().nullable(), message: z.string() })
  .meta({ id: 'DecisionStep' });
