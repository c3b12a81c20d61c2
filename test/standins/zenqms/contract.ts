/** zenqms.openapi.yaml, read and compiled: which operation a request is, and whether requests and answers keep to it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { compiler, type Check, type Problem, type Schema } from './schema.ts';

export const OPERATIONS = [
  'searchUsers',
  'listIssueCategories',
  'listIssueCategoryFields',
  'searchIssues',
  'createIssue',
  'getIssue',
] as const;
export type OperationId = (typeof OPERATIONS)[number];

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
  readonly check: Check;
}

export interface Operation {
  readonly id: OperationId;
  readonly method: string;
  readonly pattern: RegExp;
  readonly pathNames: readonly string[];
  readonly parameters: readonly Parameter[];
  /** null: the operation takes no body. */
  readonly body: Check | null;
  readonly answers: ReadonlyMap<string, Check>;
}

export type Match =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly path: Readonly<Record<string, string>> }
  | { readonly kind: 'wrong_method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

interface ContractFile {
  readonly paths: Record<string, Record<string, FileOperation>>;
  readonly components: { readonly schemas: Record<string, Schema>; readonly responses: Record<string, FileAnswer> };
}
interface FileOperation {
  readonly operationId: string;
  readonly parameters?: readonly Omit<Parameter, 'check'>[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Record<string, FileAnswer>;
}
interface FileAnswer {
  readonly $ref?: string;
  readonly content?: { readonly 'application/json': { readonly schema: Schema } };
}

export interface Contract {
  match(method: string, pathname: string): Match;
  /** Query parameters with their types and defaults; unknown ones are problems, as unknown body fields are. */
  query(operation: Operation, search: URLSearchParams): { values: Record<string, string | number>; problems: Problem[] };
  checkAnswer(operation: Operation, status: number, body: unknown): Problem[];
}

export function readContract(file: URL = new URL('zenqms.openapi.yaml', import.meta.url)): Contract {
  const contract = parse(readFileSync(file, 'utf8')) as ContractFile;
  const at = (ref: string): unknown =>
    ref
      .slice(2)
      .split('/')
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], contract);
  const compile = compiler((ref) => at(ref) as Schema);
  const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => compileOperation(path, method, operation, compile, at)),
  );
  const missing = OPERATIONS.filter((id) => !operations.some((operation) => operation.id === id));
  if (missing.length > 0 || operations.length !== OPERATIONS.length)
    throw new Error(`The contract and the stand-in disagree about operations: ${missing.join(', ')}`);
  return {
    match: (method, pathname) => match(operations, method, pathname),
    query: readQuery,
    checkAnswer(operation, status, body) {
      const check = operation.answers.get(String(status)) ?? operation.answers.get('default');
      if (!check) return [{ path: '', message: `status ${status} is not in the contract` }];
      const problems: Problem[] = [];
      check(body, '', problems);
      return problems;
    },
  };
}

function compileOperation(
  path: string,
  method: string,
  operation: FileOperation,
  compile: (schema: Schema) => Check,
  at: (ref: string) => unknown,
): Operation {
  const pathNames: string[] = [];
  const pattern = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    pathNames.push(name);
    return '([^/]+)';
  });
  const answers = new Map<string, Check>();
  for (const [status, answer] of Object.entries(operation.responses)) {
    const { content } = answer.$ref ? (at(answer.$ref) as FileAnswer) : answer;
    if (content) answers.set(status, compile(content['application/json'].schema));
  }
  return {
    id: operation.operationId as OperationId,
    method: method.toUpperCase(),
    pattern: new RegExp(`^${pattern}$`),
    pathNames,
    parameters: (operation.parameters ?? []).map((parameter) => ({
      ...parameter,
      required: parameter.required === true,
      check: compile(parameter.schema),
    })),
    body: operation.requestBody ? compile(operation.requestBody.content['application/json'].schema) : null,
    answers,
  };
}

/** A literal path such as /v2/issues/search stands before /v2/issues/{issueId}, as OpenAPI demands. */
function match(operations: readonly Operation[], method: string, pathname: string): Match {
  const fitting = operations
    .filter((operation) => operation.pattern.test(pathname))
    .sort((a, b) => a.pathNames.length - b.pathNames.length);
  if (fitting.length === 0) return { kind: 'unknown' };
  const literal = fitting.filter((operation) => operation.pathNames.length === fitting[0]!.pathNames.length);
  const operation = literal.find((each) => each.method === method);
  if (!operation) return { kind: 'wrong_method', allowed: literal.map((each) => each.method) };
  const values = operation.pattern.exec(pathname)!.slice(1);
  const path: Record<string, string> = {};
  for (const [index, name] of operation.pathNames.entries()) {
    try {
      path[name] = decodeURIComponent(values[index]!);
    } catch {
      return { kind: 'unknown' };
    }
  }
  return { kind: 'operation', operation, path };
}

function readQuery(operation: Operation, search: URLSearchParams): ReturnType<Contract['query']> {
  const values: Record<string, string | number> = {};
  const problems: Problem[] = [];
  const parameters = operation.parameters.filter((parameter) => parameter.in === 'query');
  for (const name of search.keys())
    if (!parameters.some((parameter) => parameter.name === name)) problems.push({ path: name, message: 'is not known' });
  for (const { name, required, schema, check } of parameters) {
    const text = search.get(name);
    if (text === null) {
      if (required) problems.push({ path: name, message: 'is required' });
      if (schema.default !== undefined) values[name] = schema.default as string | number;
      continue;
    }
    const value = schema.type === 'integer' && /^-?\d{1,9}$/.test(text) ? Number(text) : text;
    check(value, name, problems);
    values[name] = value;
  }
  return { values, problems };
}
