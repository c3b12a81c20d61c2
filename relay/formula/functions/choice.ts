/** CASE and IN: comparing one value with several. */
import { idEqual } from '../ids.ts';
import { same } from '../number.ts';
import type { Numeric } from '../number.ts';
import { warnOfPicklist } from '../operators.ts';
import { broken, common, report, wrongType } from '../scope.ts';
import type { Scope, Typed } from '../scope.ts';
import { TYPE_NAMES } from '../value.ts';
import type { Type, Value } from '../value.ts';
import { computed } from './spec.ts';
import type { CallNode } from './spec.ts';

/** The results of a choice must be of one type. */
export function different(scope: Scope, call: CallNode, name: string, first: Type, other: Typed): Typed {
  if (other.type === 'picklist' || first === 'picklist') return wrongType(scope, other, TYPE_NAMES[first], name);
  report(
    scope,
    'formula_type',
    `${name}: the results must be of one type, but one is ${TYPE_NAMES[first]} and this is ${TYPE_NAMES[other.type]}.`,
    other.node,
  );
  return broken(call);
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

export function casePiece(call: CallNode, args: Typed[], scope: Scope): Typed {
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

export function inPiece(call: CallNode, args: Typed[], scope: Scope): Typed {
  const equal = comparands(scope, 'IN', args[0] as Typed, args.slice(1));
  if (equal === undefined) return broken(call);
  return computed(
    call,
    args,
    'boolean',
    (first, ...rest) => first !== null && first !== undefined && rest.some((value) => equal(first, value)),
  );
}
