/** How a function is described: its help, its argument types and what it computes. */
import type { Node } from '../ast.ts';
import type { Code, Frame } from '../frame.ts';
import { broken, finish, isText, mergeUses, report, wrongType } from '../scope.ts';
import type { Scope, Typed } from '../scope.ts';
import type { FunctionCategory, FunctionHelp } from '../types.ts';
import type { Type, Value } from '../value.ts';

export type CallNode = Node & { kind: 'call' };
export type Compile = (scope: Scope, node: Node) => Typed;

export interface Spec {
  name: string;
  category: FunctionCategory;
  signature: string;
  description: string;
  /** How many arguments; `most` absent: any number. */
  least: number;
  most?: number;
  /** Checks the compiled arguments (none of them wrong) and gives the piece. */
  build: (call: CallNode, args: Typed[], scope: Scope) => Typed;
}

type Param = 'text' | 'number' | 'date' | 'datetime' | 'time' | 'boolean' | 'location';

const WANTED: Record<Param, string> = {
  text: 'text',
  number: 'a number',
  date: 'a date',
  datetime: 'a date/time',
  time: 'a time',
  boolean: 'true or false',
  location: 'a geolocation',
};

interface Plain {
  name: string;
  category: FunctionCategory;
  signature: string;
  description: string;
  params: Param[];
  /** How many of the last params may be left out. */
  optional?: number;
  returns: Type;
  /** May end in a runtime error. */
  fails?: boolean;
  /** Gets the values in order, blank as null; left-out ones are undefined. Called for every evaluation. */
  run: (...values: never[]) => Value;
}

/** A function of typed arguments that are all computed before it runs: most of them. */
export function plain(spec: Plain): Spec {
  const { name, params } = spec;
  return {
    name,
    category: spec.category,
    signature: spec.signature,
    description: spec.description,
    least: params.length - (spec.optional ?? 0),
    most: params.length,
    build: (call, args, scope) => {
      for (let i = 0; i < args.length; i += 1) {
        const arg = args[i] as Typed;
        const param = params[i] as Param;
        if (!accepts(param, arg.type)) return wrongType(scope, arg, WANTED[param], name);
      }
      return computed(call, args, spec.returns, spec.run as Run, spec.fails === true);
    },
  };
}

export function accepts(param: Param, type: Type): boolean {
  return type === 'null' || type === param || (param === 'text' && isText(type));
}

export type Run = (...values: Value[]) => Value;

/** A piece that computes all arguments from left to right and then runs. */
export function computed(node: Node, args: Typed[], type: Type, run: Run, fails = false): Typed {
  const codes: Code[] = [];
  let mayFail = fails;
  let constant = true;
  for (const arg of args) {
    codes.push(arg.code);
    if (arg.fails) mayFail = true;
    if (!arg.constant) constant = false;
  }
  return finish({ type, node, code: apply(run, codes), fails: mayFail, constant, uses: mergeUses(args) });
}

function apply(run: Run, codes: Code[]): Code {
  const [a, b, c] = codes as [Code, Code, Code];
  switch (codes.length) {
    case 0:
      return () => run();
    case 1:
      return (frame) => run(a(frame));
    case 2:
      return (frame) => run(a(frame), b(frame));
    case 3:
      return (frame) => run(a(frame), b(frame), c(frame));
    default:
      return (frame) => run(...codes.map((code) => code(frame)));
  }
}

/** A piece whose value comes from the frame: the clock, the time zone, the step budget. */
export function framed(node: Node, args: Typed[], type: Type, code: (frame: Frame) => Value, fails = false): Typed {
  return finish({ type, node, code, fails: fails || args.some((arg) => arg.fails), constant: false, uses: mergeUses(args) });
}

export function countProblem(scope: Scope, call: CallNode, spec: Spec): Typed {
  const most = spec.most;
  const wanted =
    most === undefined
      ? `at least ${spec.least}`
      : most === spec.least
        ? `${spec.least === 0 ? 'no' : spec.least}`
        : `${spec.least} to ${most}`;
  const noun = wanted.endsWith('1') && !wanted.includes('to') ? 'argument' : 'arguments';
  report(scope, 'formula_arguments', `${spec.name} takes ${wanted} ${noun}, not ${call.args.length}: ${spec.signature}.`, call);
  return broken(call);
}

export function help(spec: Spec): FunctionHelp {
  return { name: spec.name, category: spec.category, signature: spec.signature, description: spec.description, supported: true };
}
