/** Holds every answer against the OpenAPI document: status listed, body as described. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApiDocument } from '../../relay/api/openapi.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

export type JsonSchema = Record<string, unknown>;

export interface Operation {
  readonly operationId: string;
  readonly 'x-role'?: 'viewer' | 'operator' | 'admin';
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
  };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: JsonSchema }> }>;
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, JsonSchema> };
}

/** As a caller reads it: through JSON. */
export const document = JSON.parse(JSON.stringify(openApiDocument())) as Document;

export interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export const endpoints: readonly Endpoint[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');
const validators = new Map<string, ValidateFunction>();

export function resolve(schema: JsonSchema): JsonSchema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  return resolve(document.components.schemas[reference.replace('#/components/schemas/', '')] as JsonSchema);
}

/** Finds what a request path is in the document; fixed words win over parameters. */
export function endpointOf(method: string, pathname: string): Endpoint | undefined {
  const fits = endpoints.filter(
    (each) =>
      each.method === (method === 'HEAD' ? 'GET' : method) &&
      new RegExp(`^${each.path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  return fits.sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))[0];
}

/** @throws with what differs from the document */
export function checkAnswer(endpoint: Endpoint, status: number, contentType: string, body: string): void {
  const where = `${endpoint.method} ${endpoint.path} → ${status}`;
  const described = endpoint.operation.responses[String(status)];
  if (!described) throw new Error(`${where} is not in the document: ${body.slice(0, 300)}`);
  if (!described.content) {
    if (body !== '') throw new Error(`${where} should have no body`);
    return;
  }
  const type = contentType.split(';')[0] ?? '';
  const media = described.content[type];
  if (!media) throw new Error(`${where} came as ${contentType}`);
  if (type !== 'application/json') return;
  const pointer = `openapi#/paths/${escape(endpoint.path)}/${endpoint.method.toLowerCase()}/responses/${status}/content/application~1json/schema`;
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: pointer });
  validators.set(pointer, validate);
  if (!validate(JSON.parse(body)))
    throw new Error(`${where} differs from the document: ${ajv.errorsText(validate.errors)} in ${body.slice(0, 500)}`);
}

const escape = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
