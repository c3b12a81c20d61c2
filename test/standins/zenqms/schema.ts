/**
 * The part of OpenAPI 3.0's schema language that the contract uses, compiled to closures once so that a bench is not slowed by it.
 * A keyword that is not known here stops the start: nothing of the contract is passed over in silence.
 */
export interface Problem {
  /** `custom_fields[1].value`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

export type Check = (value: unknown, path: string, problems: Problem[]) => void;
export type Schema = { readonly [keyword: string]: unknown };

const ANNOTATIONS = new Set(['description', 'example', 'default', 'title']);
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day that the calendar has, as YYYY-MM-DD. */
export function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const most = month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= most;
}

/** `resolve` follows a `$ref`; each is compiled once. */
export function compiler(resolve: (ref: string) => Schema): (schema: Schema) => Check {
  const referred = new Map<string, Check>();
  const compile = (schema: Schema): Check => {
    if (typeof schema.$ref === 'string') {
      const ref = schema.$ref;
      const known = referred.get(ref);
      if (known) return known;
      const check = compile(resolve(ref));
      referred.set(ref, check);
      return check;
    }
    const checks: Check[] = [];
    for (const [keyword, argument] of Object.entries(schema)) {
      if (keyword === 'nullable' || keyword === 'additionalProperties' || ANNOTATIONS.has(keyword)) continue;
      checks.push(keywordCheck(keyword, argument, schema, compile));
    }
    if (schema.additionalProperties === false) checks.push(noOthers(schema));
    else if (schema.additionalProperties !== undefined) throw new Error('additionalProperties: only false is understood');
    const nullable = schema.nullable === true;
    return (value, path, problems) => {
      if (value === null && nullable) return;
      for (const check of checks) check(value, path, problems);
    };
  };
  return compile;
}

function keywordCheck(keyword: string, argument: unknown, schema: Schema, compile: (schema: Schema) => Check): Check {
  switch (keyword) {
    case 'type':
      return typeCheck(argument as string);
    case 'enum': {
      const values = argument as unknown[];
      return whenNot((value) => values.includes(value), `must be one of ${values.join(', ')}`);
    }
    case 'format':
      if (argument === 'date') return onText(isDate, 'must be a date, YYYY-MM-DD');
      if (argument === 'date-time') return onText((text) => DATE_TIME.test(text), 'must be a date-time');
      break;
    case 'minLength':
      return onText((text) => lengthOf(text) >= (argument as number), `must have at least ${argument} characters`);
    case 'maxLength':
      return onText((text) => lengthOf(text) <= (argument as number), `must have at most ${argument} characters`);
    case 'minimum':
      return whenNot((value) => typeof value !== 'number' || value >= (argument as number), `must be at least ${argument}`);
    case 'maximum':
      return whenNot((value) => typeof value !== 'number' || value <= (argument as number), `must be at most ${argument}`);
    case 'minItems':
      return whenNot(
        (value) => !Array.isArray(value) || value.length >= (argument as number),
        `must have at least ${argument} items`,
      );
    case 'maxItems':
      return whenNot(
        (value) => !Array.isArray(value) || value.length <= (argument as number),
        `must have at most ${argument} items`,
      );
    case 'items': {
      const item = compile(argument as Schema);
      return (value, path, problems) => {
        if (Array.isArray(value)) value.forEach((each, index) => item(each, `${path}[${index}]`, problems));
      };
    }
    case 'required': {
      const names = argument as string[];
      return (value, path, problems) => {
        if (!isObject(value)) return;
        for (const name of names)
          if (value[name] === undefined) problems.push({ path: join(path, name), message: 'is required' });
      };
    }
    case 'properties': {
      const properties = Object.entries(argument as Record<string, Schema>).map(([name, each]) => [name, compile(each)] as const);
      return (value, path, problems) => {
        if (!isObject(value)) return;
        for (const [name, check] of properties) if (value[name] !== undefined) check(value[name], join(path, name), problems);
      };
    }
    case 'allOf': {
      const all = (argument as Schema[]).map(compile);
      return (value, path, problems) => {
        for (const check of all) check(value, path, problems);
      };
    }
    case 'oneOf':
      return oneOf((argument as Schema[]).map(compile));
  }
  throw new Error(`The contract uses "${keyword}: ${String(argument)}" in ${JSON.stringify(schema)}, which is not understood`);
}

/** Reports the problems of the branch that fits best, so that a caller learns more than "no branch fits". */
function oneOf(branches: Check[]): Check {
  return (value, path, problems) => {
    const results = branches.map((check) => {
      const found: Problem[] = [];
      check(value, path, found);
      return found;
    });
    const fitting = results.filter((found) => found.length === 0).length;
    if (fitting === 1) return;
    if (fitting > 1) return void problems.push({ path, message: 'fits more than one of the allowed forms' });
    const wrongType = (found: Problem[]) => found.some((each) => each.path === path && each.message.startsWith('must be a'));
    problems.push(...(results.find((found) => !wrongType(found)) ?? [{ path, message: 'has none of the allowed forms' }]));
  };
}

function typeCheck(type: string): Check {
  switch (type) {
    case 'object':
      return whenNot(isObject, 'must be an object');
    case 'array':
      return whenNot(Array.isArray, 'must be an array');
    case 'string':
      return whenNot((value) => typeof value === 'string', 'must be a string');
    case 'boolean':
      return whenNot((value) => typeof value === 'boolean', 'must be a boolean');
    case 'integer':
      return whenNot((value) => Number.isInteger(value), 'must be an integer');
  }
  throw new Error(`The contract uses the type "${type}", which is not understood`);
}

function noOthers(schema: Schema): Check {
  const known = new Set(Object.keys((schema.properties ?? {}) as object));
  return (value, path, problems) => {
    if (!isObject(value)) return;
    for (const name of Object.keys(value))
      if (!known.has(name)) problems.push({ path: join(path, name), message: 'is not known' });
  };
}

function whenNot(fits: (value: unknown) => boolean, message: string): Check {
  return (value, path, problems) => {
    if (!fits(value)) problems.push({ path, message });
  };
}

function onText(fits: (text: string) => boolean, message: string): Check {
  return whenNot((value) => typeof value !== 'string' || fits(value), message);
}

/** JSON Schema counts code points, not UTF-16 units. */
function lengthOf(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
