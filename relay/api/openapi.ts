/** The OpenAPI document, made from the same table as the router: what it lists exists, and what exists it lists. */
import {
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
  createDocument,
} from 'zod-openapi';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { ErrorBody } from './schemas/common.ts';

export const PREFIX = '/api/v1';

const ERRORS = {
  400: 'Malformed: not JSON, a wrong type, an unknown property, a cursor of another list',
  401: 'No token, or one that is not known',
  403: 'The role of the token does not allow it',
  404: 'There is no such thing',
  405: 'The path has no such method',
  409: 'Changed meanwhile, in use, or not in a state for it',
  413: 'The body is larger than 1 MB',
  415: 'The body is not application/json',
  422: 'Well-formed, but wrong; the details say where',
  429: 'Too many wrong tokens from this address',
  500: 'Something went wrong inside; the log has it under the requestId',
  503: 'The database, Salesforce or ZenQMS can not be asked at the moment',
} as const;

type ErrorStatus = keyof typeof ERRORS;

const errorAnswer = (status: ErrorStatus): ZodOpenApiResponseObject => ({
  description: ERRORS[status],
  content: { 'application/json': { schema: ErrorBody } },
});

function statusesOf(route: Route): ErrorStatus[] {
  const withInput: ErrorStatus[] = route.body ? [400, 413, 415] : [400];
  return [...withInput, 401, ...(route.role === 'viewer' ? [] : ([403] as const)), ...(route.errors ?? []), 429, 500, 503];
}

const ROLE_WORDS = { viewer: 'any role', operator: 'operator or admin', admin: 'admin' } as const;

function operation(route: Route): ZodOpenApiOperationObject {
  return {
    operationId: route.name,
    tags: [route.tag],
    summary: route.summary,
    description: `Role: ${ROLE_WORDS[route.role]}.`,
    'x-role': route.role,
    requestParams: {
      ...(route.params ? { path: route.params as never } : {}),
      ...(route.query ? { query: route.query as never } : {}),
    },
    ...(route.body
      ? { requestBody: { required: route.bodyOptional !== true, content: { 'application/json': { schema: route.body } } } }
      : {}),
    responses: {
      [route.status]: {
        description: route.summary,
        ...(route.answer ? { content: { 'application/json': { schema: route.answer } } } : {}),
      },
      ...Object.fromEntries(statusesOf(route).map((status) => [status, errorAnswer(status)])),
    },
  };
}

/** Outside the table: they answer something other than the API's JSON, or are open to everybody. */
const OTHERS: ZodOpenApiPathsObject = {
  [`${PREFIX}/openapi.json`]: {
    get: {
      operationId: 'getOpenApi',
      tags: ['Administration'],
      summary: 'This document',
      'x-role': 'viewer',
      responses: {
        200: { description: 'This document', content: { 'application/json': { schema: { type: 'object' } } } },
        ...Object.fromEntries(([400, 401, 429, 500, 503] as const).map((status) => [status, errorAnswer(status)])),
      },
    },
  },
  '/oauth/salesforce/callback': {
    get: {
      operationId: 'salesforceCallback',
      tags: ['Salesforce connections'],
      summary: 'Where Salesforce sends the browser back to',
      security: [],
      parameters: ['code', 'state', 'error', 'error_description'].map((name) => ({
        name,
        in: 'query',
        schema: { type: 'string' },
      })),
      responses: Object.fromEntries(
        ([200, 400, 503] as const).map((status) => [
          status,
          {
            description: status === 200 ? 'Connected' : 'What went wrong, and what to do',
            content: { 'text/html': { schema: { type: 'string' as const } } },
          },
        ]),
      ),
    },
  },
  '/healthz': {
    get: {
      operationId: 'health',
      tags: ['Health'],
      summary: '200 while the process lives',
      security: [],
      responses: {
        200: { description: 'alive', content: { 'application/json': { schema: { $ref: '#/components/schemas/Health' } } } },
      },
    },
  },
  '/readyz': {
    get: {
      operationId: 'readiness',
      tags: ['Health'],
      summary: 'Whether it does its work: 200 or 503',
      security: [],
      responses: Object.fromEntries(
        ([200, 503] as const).map((status) => [
          status,
          {
            description: status === 200 ? 'ready' : 'not ready',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Readiness' } } },
          },
        ]),
      ),
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      tags: ['Health'],
      summary: 'For Prometheus',
      security: [],
      responses: { 200: { description: 'text format', content: { 'text/plain': { schema: { type: 'string' } } } } },
    },
  },
};

const HEALTH = {
  Health: { type: 'object', required: ['status'], properties: { status: { const: 'ok' } } },
  Readiness: {
    type: 'object',
    required: ['database', 'streams', 'backlog'],
    properties: {
      ready: { type: 'boolean' },
      database: { enum: ['up', 'down'] },
      streams: {
        type: 'object',
        required: ['wanted', 'streaming'],
        properties: { wanted: { type: 'integer' }, streaming: { type: 'integer' } },
      },
      backlog: { type: ['integer', 'null'] },
    },
  },
} as const;

/** Made once; the table does not change while the relay runs. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of ROUTES) {
    const path = `${PREFIX}${route.path}`;
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'The relay between Salesforce and ZenQMS',
        version: '1',
        description:
          'Times are UTC, ISO 8601. Lists are {data, next}; `next` is the cursor of the next page. Errors are {error: {code, message, details}, requestId}.',
      },
      security: [{ token: [] }],
      paths: { ...(paths as ZodOpenApiPathsObject), ...OTHERS },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
        schemas: HEALTH as never,
      },
    },
    // zod's readonly is a word about TypeScript; OpenAPI's readOnly would say that it must not be sent.
    { override: ({ jsonSchema, zodSchema }) => void (zodSchema._zod.def.type === 'readonly' && delete jsonSchema.readOnly) },
  );
}
