/** Logical functions. AND, OR, IF, IFS and IFERROR look only at what they need; all others compute every argument first. */
import type { Code, Frame } from '../frame.ts';
import { FormulaError } from '../errors.ts';
import { newPiece, priorPiece } from '../fields.ts';
import { logicPiece, notPiece } from '../logic.ts';
import { broken, common, finish, isText, mergeUses, report, wrongType } from '../scope.ts';
import type { Scope, Typed } from '../scope.ts';
import type { Type, Value } from '../value.ts';
import { casePiece, different, inPiece } from './choice.ts';
import { computed } from './spec.ts';
import type { CallNode, Spec } from './spec.ts';
import { NUMBER_TEXT } from './text.ts';

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
