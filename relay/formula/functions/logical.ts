/** Logical functions. AND, OR, IF, IFS and IFERROR look only at what they need; all others compute every argument first. */
import type { Code, Frame } from '../frame.ts';
import { FormulaError } from '../errors.ts';
import { newPiece, priorPiece } from '../fields.ts';
import { idEqual } from '../ids.ts';
import { logicPiece, notPiece } from '../logic.ts';
import { same } from '../number.ts';
import type { Numeric } from '../number.ts';
import { warnOfPicklist } from '../operators.ts';
import { broken, common, finish, isText, mergeUses, report, wrongType } from '../scope.ts';
import type { Scope, Typed } from '../scope.ts';
import { TYPE_NAMES } from '../value.ts';
import type { Type, Value } from '../value.ts';
import { computed } from './spec.ts';
import type { CallNode, Spec } from './spec.ts';
import { NUMBER_TEXT } from './text.ts';

function different(scope: Scope, call: CallNode, name: string, first: Type, other: Typed): Typed {
  if (other.type === 'picklist' || first === 'picklist') return wrongType(scope, other, TYPE_NAMES[first], name);
  report(
    scope,
    'formula_type',
    `${name}: the results must be of one type, but one is ${TYPE_NAMES[first]} and this is ${TYPE_NAMES[other.type]}.`,
    other.node,
  );
  return broken(call);
}

function condition(scope: Scope, arg: Typed, name: string): Typed | undefined {
  return arg.type === 'boolean' ? undefined : wrongType(scope, arg, 'true or false', name);
}

function ifPiece(call: CallNode, args: Typed[], scope: Scope): Typed {
  const [test, then, otherwise] = args as [Typed, Typed, Typed];
  const bad = condition(scope, test, 'IF');
  if (bad !== undefined) return bad;
  const type = common(then.type, otherwise.type);
  if (type === undefined) return different(scope, call, 'IF', then.type, otherwise);
  const piece: Typed = {
    type,
    node: call,
    code: choose([test.code, then.code, otherwise.code]),
    fails: args.some((arg) => arg.fails),
    constant: args.every((arg) => arg.constant),
    uses: mergeUses(args),
  };
  if (type === 'boolean') piece.parts = { kind: 'IF', operands: args };
  return finish(piece);
}

/** condition, result, condition, result …, result otherwise. A blank condition counts as false. */
function choose(codes: Code[]): Code {
  if (codes.length === 3) {
    const [test, then, otherwise] = codes as [Code, Code, Code];
    return (frame) => (test(frame) === true ? then(frame) : otherwise(frame));
  }
  const last = codes.length - 1;
  return (frame) => {
    for (let i = 0; i < last; i += 2) if ((codes[i] as Code)(frame) === true) return (codes[i + 1] as Code)(frame);
    return (codes[last] as Code)(frame);
  };
}

function ifsPiece(call: CallNode, args: Typed[], scope: Scope): Typed {
  if (args.length % 2 === 0) {
    report(scope, 'formula_arguments', 'IFS takes pairs of condition and result, and one result more for the rest.', call);
    return broken(call);
  }
  let type: Type = 'null';
  for (const [i, arg] of args.entries()) {
    if (i % 2 === 0 && i < args.length - 1) {
      const bad = condition(scope, arg, 'IFS');
      if (bad !== undefined) return bad;
    } else {
      const next = common(type, arg.type);
      if (next === undefined) return different(scope, call, 'IFS', type, arg);
      type = next;
    }
  }
  return finish({
    type,
    node: call,
    code: choose(args.map((arg) => arg.code)),
    fails: args.some((arg) => arg.fails),
    constant: args.every((arg) => arg.constant),
    uses: mergeUses(args),
  });
}

type Equal = (a: Value, b: Value) => boolean;

/** How CASE and IN compare: blank text equals '', any other blank equals nothing. */
function equalityOf(type: Type, picklist: boolean): Equal {
  if (picklist) return (a, b) => (a ?? '') === (b ?? '');
  if (type === 'id') return (a, b) => idEqual((a as string | null) ?? '', (b as string | null) ?? '');
  if (type === 'text') return (a, b) => ((a as string | null) ?? '') === ((b as string | null) ?? '');
  if (type === 'number') return (a, b) => a !== null && b !== null && same(a as Numeric, b as Numeric);
  return (a, b) => {
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a !== null && a === b;
    return (
      'kind' in a &&
      'kind' in b &&
      (a.kind === 'date' ? b.kind === 'date' && a.days === b.days : 'ms' in a && 'ms' in b && a.ms === b.ms)
    );
  };
}

/** Checks the values that CASE or IN compares with; gives the equality, or nothing after a problem. */
function comparands(scope: Scope, name: string, subject: Typed, values: Typed[]): Equal | undefined {
  if (subject.type === 'boolean' || subject.type === 'location' || subject.type === 'multipicklist') {
    wrongType(scope, subject, 'text, a number, a date, a time or a picklist', name);
    return undefined;
  }
  let type: Type = subject.type;
  for (const value of values) {
    if (type === 'picklist') {
      if (value.node.kind !== 'text') {
        report(scope, 'formula_type', `${name} compares a picklist with values in quotation marks only.`, value.node);
        return undefined;
      }
      warnOfPicklist(scope, subject, value);
    } else if (value.type === 'boolean' || common(type, value.type) === undefined) {
      wrongType(scope, value, TYPE_NAMES[type].toLowerCase(), name);
      return undefined;
    } else if (type === 'null') type = value.type;
  }
  return subject.type === 'null' ? () => false : equalityOf(type, subject.type === 'picklist');
}

function casePiece(call: CallNode, args: Typed[], scope: Scope): Typed {
  if (args.length % 2 !== 0) {
    report(
      scope,
      'formula_arguments',
      'CASE takes an expression, pairs of value and result, and one result more for the rest (else_result).',
      call,
    );
    return broken(call);
  }
  const subject = args[0] as Typed;
  const equal = comparands(
    scope,
    'CASE',
    subject,
    args.slice(1, -1).filter((_, i) => i % 2 === 0),
  );
  if (equal === undefined) return broken(call);
  let type: Type = 'null';
  for (const result of args.slice(1).filter((_, i, rest) => i % 2 === 1 || i === rest.length - 1)) {
    if (result.type === 'boolean') {
      report(scope, 'formula_type', "CASE can't give true or false: let it give 1 or 0 and compare, CASE(…) = 1.", result.node);
      return broken(call);
    }
    const next = common(type, result.type);
    if (next === undefined) return different(scope, call, 'CASE', type, result);
    type = next;
  }
  const last = args.length - 1;
  return computed(call, args, type, (...values) => {
    for (let i = 1; i < last; i += 2) if (equal(values[0] as Value, values[i] as Value)) return values[i + 1] as Value;
    return values[last] as Value;
  });
}

function inPiece(call: CallNode, args: Typed[], scope: Scope): Typed {
  const equal = comparands(scope, 'IN', args[0] as Typed, args.slice(1));
  if (equal === undefined) return broken(call);
  return computed(
    call,
    args,
    'boolean',
    (first, ...rest) => first !== null && first !== undefined && rest.some((value) => equal(first, value)),
  );
}

function ifError(call: CallNode, args: Typed[], scope: Scope): Typed {
  const [value, instead] = args as [Typed, Typed];
  const type = common(value.type, instead.type);
  if (type === undefined) return different(scope, call, 'IFERROR', value.type, instead);
  const code = (frame: Frame): Value => {
    try {
      return value.code(frame);
    } catch (error) {
      if (error instanceof FormulaError) return instead.code(frame);
      throw error;
    }
  };
  return finish({
    // The first argument's type, as Salesforce has it: NULL stays NULL.
    type: value.type === 'null' ? 'null' : type,
    node: call,
    code,
    fails: instead.fails,
    constant: value.constant && instead.constant,
    uses: mergeUses(args),
  });
}

/** BLANKVALUE and NULLVALUE; a text is never null, so NULLVALUE leaves it alone. */
function valueOr(name: string): Spec['build'] {
  return (call, args, scope) => {
    const [value, instead] = args as [Typed, Typed];
    if (value.type === 'boolean' || value.type === 'location')
      return wrongType(scope, value, 'text, a number, a date or a time', name);
    const type = common(value.type, instead.type);
    if (type === undefined) return different(scope, call, name, value.type, instead);
    // A literal is never blank for Salesforce, not even ''; what could replace it is not looked at.
    if (value.node.kind === 'text' || (value.constant && value.code(undefined as never) !== null))
      return { ...value, node: call };
    const keep = name === 'NULLVALUE' && (isText(value.type) || isText(instead.type));
    return computed(call, args, type, (first, second) => (keep || first !== null ? (first as Value) : (second as Value)));
  };
}

/** ISBLANK and ISNULL; a text is never null, so ISNULL of one is always false. */
function blankTest(name: string): Spec['build'] {
  return (call, args, scope) => {
    const [value] = args as [Typed];
    if (value.type === 'boolean') {
      report(scope, 'formula_type', `${name} does not take a checkbox: it is true or false, never blank.`, value.node);
      return broken(call);
    }
    if (name === 'ISNULL' && isText(value.type)) {
      return finish({ type: 'boolean', node: call, code: () => false, fails: false, constant: true, uses: value.uses });
    }
    return computed(call, args, 'boolean', (first) => first === null);
  };
}

function isNumber(call: CallNode, args: Typed[], scope: Scope): Typed {
  const [value] = args as [Typed];
  if (value.type !== 'text') return wrongType(scope, value, 'text', 'ISNUMBER');
  return computed(call, args, 'boolean', (input) => input !== null && NUMBER_TEXT.test(input as string));
}

/** AND and OR take any number of conditions, even one or none. */
function logic(name: 'AND' | 'OR', description: string): Spec {
  return spec(name, `${name}(logical1, logical2, …)`, description, 0, undefined, (call, args, scope) =>
    logicPiece(scope, call, name, args),
  );
}

function spec(
  name: string,
  signature: string,
  description: string,
  least: number,
  most: number | undefined,
  build: Spec['build'],
): Spec {
  return { name, category: 'logical', signature, description, least, ...(most === undefined ? {} : { most }), build };
}

export const logicalFunctions: Spec[] = [
  logic('AND', 'True if all are true; blank counts as false.'),
  spec(
    'BLANKVALUE',
    'BLANKVALUE(expression, substitute)',
    'The expression, or the substitute if it is blank.',
    2,
    2,
    valueOr('BLANKVALUE'),
  ),
  spec(
    'CASE',
    'CASE(expression, value1, result1, …, else_result)',
    'The result beside the first value that is equal.',
    4,
    undefined,
    casePiece,
  ),
  spec('IF', 'IF(logical_test, value_if_true, value_if_false)', 'One of two values; blank counts as false.', 3, 3, ifPiece),
  spec(
    'IFERROR',
    'IFERROR(expression, value_if_error)',
    'The expression, or the other value if it ends in an error.',
    2,
    2,
    ifError,
  ),
  spec(
    'IFS',
    'IFS(condition1, value1, …, else_value)',
    'The value beside the first condition that is true.',
    3,
    undefined,
    ifsPiece,
  ),
  spec('IN', 'IN(expression, value1, …)', 'Whether the expression equals one of the values.', 2, undefined, inPiece),
  spec('ISBLANK', 'ISBLANK(expression)', 'Whether there is no value.', 1, 1, blankTest('ISBLANK')),
  spec('ISNEW', 'ISNEW()', 'Whether the record is being created.', 0, 0, (call, _args, scope) => newPiece(scope, call)),
  spec('ISNULL', 'ISNULL(expression)', 'As ISBLANK, but always false for text. Use ISBLANK.', 1, 1, blankTest('ISNULL')),
  spec('ISNUMBER', 'ISNUMBER(text)', 'Whether a text is a number.', 1, 1, isNumber),
  spec('NOT', 'NOT(logical)', 'True becomes false and false true; blank stays blank.', 1, 1, (call, args, scope) =>
    notPiece(scope, call, args[0] as Typed),
  ),
  spec(
    'NULLVALUE',
    'NULLVALUE(expression, substitute)',
    'As BLANKVALUE, but leaves text alone. Use BLANKVALUE.',
    2,
    2,
    valueOr('NULLVALUE'),
  ),
  logic('OR', 'True if one is true; blank counts as false.'),
  spec(
    'PRIORVALUE',
    'PRIORVALUE(field)',
    'The value that the field had before the change; its value now on a new record.',
    1,
    1,
    (call, args, scope) => priorPiece(scope, call, args[0] as Typed),
  ),
];
