/** + - * / ^ & and the comparisons: which types go together, and what comes out. */
import type { ChainLink, ChainOperator, Node } from './ast.ts';
import { dateAt, DAY_MS, instantAt } from './calendar.ts';
import { fail } from './errors.ts';
import type { Code } from './frame.ts';
import { idEqual } from './ids.ts';
import { add, compare, decimal, divide, multiply, power, same, subtract, toInteger } from './number.ts';
import type { Numeric } from './number.ts';
import { broken, common, excerpt, finish, isText, mergeUses, report, wrongType } from './scope.ts';
import type { Scope, Typed } from './scope.ts';
import type { DateTimeValue, DateValue, TimeValue } from './types.ts';
import { TYPE_NAMES } from './value.ts';
import type { Type, Value } from './value.ts';

type Compile = (scope: Scope, node: Node) => Typed;
/** Both sides are there: blanks were dealt with. */
type Step = (left: Value, right: Value) => Value;

export function chainPiece(scope: Scope, node: Node & { kind: 'chain' }, compile: Compile): Typed {
  let left = compile(scope, node.first);
  if (node.rest.length === 1) {
    const link = node.rest[0] as ChainLink;
    return binary(scope, node, link, left, compile(scope, link.operand));
  }
  for (const link of node.rest) {
    const right = compile(scope, link.operand);
    const place = { offset: node.offset, length: link.operand.offset + link.operand.length - node.offset };
    left = binary(scope, { ...node, ...place }, link, left, right);
  }
  return left;
}

function binary(scope: Scope, node: Node, link: ChainLink, left: Typed, right: Typed): Typed {
  if (left.type === 'wrong' || right.type === 'wrong') return broken(node);
  const { operator } = link;
  const pieces = [left, right];
  const base = {
    node,
    // Salesforce never computes a division while compiling: keep 1/3 exact as long as it can be.
    constant: left.constant && right.constant && operator !== '/',
    fails: left.fails || right.fails || operator === '/' || operator === '^',
    uses: mergeUses(pieces),
  };
  if (operator === '=' || operator === '<>') return equality(scope, base, link, left, right);
  if (operator === '<' || operator === '>' || operator === '<=' || operator === '>=')
    return order(scope, base, link, left, right);
  if (operator === '&') {
    for (const piece of pieces) {
      if (!isText(piece.type) && piece.type !== 'null') return mismatch(scope, piece, 'text', operator);
    }
    return finish({ ...base, type: 'text', code: joined(left.code, right.code) });
  }
  if (operator === '*' || operator === '/' || operator === '^') {
    for (const piece of pieces) {
      if (piece.type !== 'number' && piece.type !== 'null') return mismatch(scope, piece, 'a number', operator);
    }
    const step = { '*': multiply, '/': divide, '^': power }[operator] as Step;
    return finish({ ...base, type: 'number', code: strict(left.code, right.code, step) });
  }
  return sum(scope, base, operator, left, right);
}

function mismatch(scope: Scope, piece: Typed, wanted: string, operator: ChainOperator): Typed {
  const broke = wrongType(scope, piece, wanted, `The operator ${operator}`);
  const last = scope.problems[scope.problems.length - 1];
  if (wanted === 'text' && last !== undefined && ['number', 'date', 'datetime', 'time'].includes(piece.type)) {
    last.suggestion = `TEXT(${excerpt(scope, piece.node)})`;
  }
  return broke;
}

type Base = Pick<Typed, 'node' | 'constant' | 'fails' | 'uses'>;

function sum(scope: Scope, base: Base, operator: '+' | '-', left: Typed, right: Typed): Typed {
  const [a, b] = [left.type, right.type];
  if (a === 'null' || b === 'null') return finish({ ...base, type: 'null', code: () => null, fails: false, constant: true });
  const result = sumType(a, b, operator);
  if (result === undefined) {
    const suspect =
      a === 'number' || a === 'date' || a === 'datetime' || a === 'time' || (isText(a) && operator === '+') ? right : left;
    const wanted = suspect === left ? 'a number, a date or a time' : isText(a) ? 'text' : 'a number';
    if (suspect === right && (b === 'date' || b === 'datetime' || b === 'time')) {
      report(scope, 'formula_type', `${TYPE_NAMES[a]} ${operator} ${TYPE_NAMES[b]} has no meaning.`, base.node);
      return broken(base.node);
    }
    return mismatch(scope, suspect, wanted, operator);
  }
  if (result === 'text') return finish({ ...base, type: 'text', code: joined(left.code, right.code) });
  // A date or time can be moved out of what there is.
  const fails = base.fails || result === 'date' || result === 'datetime' || result === 'time';
  return finish({ ...base, type: result, fails, code: strict(left.code, right.code, sumStep(a, b, operator)) });
}

function sumType(a: Type, b: Type, operator: '+' | '-'): Type | undefined {
  if (a === 'number') {
    if (b === 'number') return 'number';
    return operator === '+' && (b === 'date' || b === 'datetime') ? b : undefined;
  }
  if (a === 'date' || a === 'datetime' || a === 'time') {
    if (b === 'number') return a;
    return a === b && operator === '-' ? 'number' : undefined;
  }
  return operator === '+' && isText(a) && isText(b) ? 'text' : undefined;
}

function sumStep(a: Type, b: Type, operator: '+' | '-'): Step {
  const sign = operator === '+' ? 1 : -1;
  if (a === 'number' && b === 'number') return (operator === '+' ? add : subtract) as Step;
  if (a === 'number') {
    const step = sumStep(b, a, operator);
    return (left, right) => step(right, left);
  }
  if (a === 'date') {
    if (b === 'date') return (left, right) => (left as DateValue).days - (right as DateValue).days;
    // A fraction of a day is cut off: a date has none.
    return (left, right) => dateAt((left as DateValue).days + sign * toInteger(right as Numeric));
  }
  if (a === 'datetime') {
    if (b === 'datetime') return (left, right) => divide((left as DateTimeValue).ms - (right as DateTimeValue).ms, DAY_MS);
    return (left, right) => {
      // To the nearest second, half away from zero.
      const seconds = decimal(multiply(right as Numeric, sign * 86400))
        .toDecimalPlaces(0)
        .toNumber();
      return instantAt((left as DateTimeValue).ms + seconds * 1000);
    };
  }
  if (b === 'time') return (left, right) => ((left as TimeValue).ms - (right as TimeValue).ms + DAY_MS) % DAY_MS;
  return (left, right) => {
    const ms = (left as TimeValue).ms + sign * Math.trunc(decimal(right as Numeric).toNumber());
    // Past midnight goes on at 00:00; before 00:00 is an error, as in Salesforce's engine.
    if (ms < 0) fail('invalid_argument', 'The time would lie before midnight of the day before.');
    return { kind: 'time', ms: ms % DAY_MS };
  };
}

function strict(left: Code, right: Code, step: Step): Code {
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    return a === null || b === null ? null : step(a, b);
  };
}

/** Blank and text is the text; blank and blank is blank. */
function joined(left: Code, right: Code): Code {
  return (frame) => {
    const a = left(frame) as string | null;
    const b = right(frame) as string | null;
    return a === null ? b : b === null ? a : a + b;
  };
}

function order(scope: Scope, base: Base, link: ChainLink, left: Typed, right: Typed): Typed {
  const { operator } = link;
  for (const piece of [left, right]) {
    if (
      piece.type !== 'null' &&
      piece.type !== 'number' &&
      !isText(piece.type) &&
      sumType(piece.type, 'number', '+') === undefined
    ) {
      return mismatch(scope, piece, 'a number, a date, a time or text', operator);
    }
  }
  if (left.type !== right.type && left.type !== 'null' && right.type !== 'null')
    return incomparable(scope, operator, left, right);
  const kind = left.type === 'null' ? right.type : left.type;
  const between = kind === 'number' ? compare : isText(kind) ? compareTexts : compareMoments;
  const test = {
    '<': (a: Value, b: Value) => between(a as never, b as never) < 0,
    '>': (a: Value, b: Value) => between(a as never, b as never) > 0,
    '<=': (a: Value, b: Value) => between(a as never, b as never) <= 0,
    '>=': (a: Value, b: Value) => between(a as never, b as never) >= 0,
  }[operator as '<' | '>' | '<=' | '>='];
  return finish({ ...base, type: 'boolean', code: strict(left.code, right.code, test) });
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareMoments(a: DateValue | DateTimeValue | TimeValue, b: DateValue | DateTimeValue | TimeValue): number {
  return (a.kind === 'date' ? a.days : a.ms) - (b.kind === 'date' ? b.days : b.ms);
}

function incomparable(scope: Scope, operator: ChainOperator, left: Typed, right: Typed): Typed {
  const message = `${TYPE_NAMES[left.type]} and ${TYPE_NAMES[right.type]} can't be compared with ${operator}.`;
  const written = excerpt(scope, right.node);
  const dated = left.type === 'date' && right.type === 'datetime';
  const quoted = right.node.kind === 'text' && left.type === 'number' && /^-?\d+(\.\d+)?$/.test(right.node.value);
  const suggestion = dated ? `DATEVALUE(${written})` : quoted && right.node.kind === 'text' ? right.node.value : undefined;
  report(scope, 'formula_type', message, right.node, suggestion);
  return broken(left.node);
}

function equality(scope: Scope, base: Base, link: ChainLink, left: Typed, right: Typed): Typed {
  const { operator } = link;
  for (const piece of [left, right]) {
    if (piece.type === 'location') return mismatch(scope, piece, 'a value that can be compared', operator);
    if (piece.type === 'multipicklist') return wrongType(scope, piece, 'a single value', `The operator ${operator}`);
  }
  // A picklist is compared by its API value, as TEXT() gives it: Salesforce refuses this, its meaning is not in doubt.
  const [a, b] = [left.type === 'picklist' ? 'text' : left.type, right.type === 'picklist' ? 'text' : right.type] as [Type, Type];
  const kind = common(a, b);
  if (kind === undefined) return incomparable(scope, operator, left, right);
  warnOfPicklist(scope, left, right);
  warnOfPicklist(scope, right, left);
  const negated = operator === '<>';
  const { code: l } = left;
  const { code: r } = right;
  if (isText(a) || isText(b)) {
    const equal = a === 'id' || b === 'id' ? idEqual : (x: string, y: string) => x === y;
    // Blank and the empty text are equal.
    const code: Code = (frame) => equal((l(frame) as string | null) ?? '', (r(frame) as string | null) ?? '') !== negated;
    return finish({ ...base, type: 'boolean', code });
  }
  const equal = kind === 'number' ? same : kind === 'boolean' ? Object.is : (x: never, y: never) => compareMoments(x, y) === 0;
  return finish({ ...base, type: 'boolean', code: strict(l, r, (x, y) => equal(x as never, y as never) !== negated) });
}

/** A literal that is none of the picklist's values is allowed, but never true: say so. */
export function warnOfPicklist(scope: Scope, field: Typed, other: Typed): void {
  const values = field.field?.info.picklistValues;
  if (field.type !== 'picklist' && field.type !== 'multipicklist') return;
  if (values === undefined || values.length === 0 || other.node.kind !== 'text' || other.node.value === '') return;
  const { value } = other.node;
  if (values.includes(value)) return;
  const near = values.find((known) => known.toLowerCase() === value.toLowerCase());
  const message = `"${value}" is none of the values of ${field.field?.path ?? 'this picklist'}${near === undefined ? '' : `; did you mean "${near}"?`}`;
  const count = scope.problems.length;
  report(scope, 'formula_type', message, other.node, near === undefined ? undefined : `'${near}'`);
  scope.warnings.push(...scope.problems.splice(count));
}
