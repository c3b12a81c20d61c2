/** All functions by name, and the call of one. */
import { closest } from '../problems.ts';
import { broken, report } from '../scope.ts';
import type { Scope, Typed } from '../scope.ts';
import type { FunctionHelp } from '../types.ts';
import { advancedFunctions } from './advanced.ts';
import { dateFunctions } from './date.ts';
import { logicalFunctions } from './logical.ts';
import { mathFunctions } from './math.ts';
import { refused } from './refused.ts';
import { countProblem, help } from './spec.ts';
import type { CallNode, Compile, Spec } from './spec.ts';
import { textFunctions } from './text.ts';

const specs = new Map<string, Spec>(
  [...dateFunctions, ...logicalFunctions, ...mathFunctions, ...textFunctions, ...advancedFunctions].map((spec) => [
    spec.name,
    spec,
  ]),
);
const reasons = new Map(refused.map((row) => [row.name, row]));

/** Every function of the formula reference, with the reason for those that are refused; by category, then name. */
export const functions: readonly FunctionHelp[] = [...[...specs.values()].map(help), ...refused].sort(
  (a, b) => a.category.localeCompare(b.category) || a.name.localeCompare(b.name),
);

export function functionPiece(scope: Scope, call: CallNode, compile: Compile): Typed {
  const name = call.name.toUpperCase();
  const place = { offset: call.offset, length: call.nameLength };
  const spec = specs.get(name);
  if (spec === undefined) {
    const known = reasons.get(name);
    if (known !== undefined) {
      report(scope, 'formula_unsupported', `${name} can't be used here: ${String(known.supported)}.`, place);
      return broken(call);
    }
    const near = closest(name, [...specs.keys()]);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    report(scope, 'formula_unknown_function', `Unknown function ${call.name}.${hint}`, place, near);
    return broken(call);
  }
  const args: Typed[] = [];
  let isBroken = false;
  for (const arg of call.args) {
    const piece = compile(scope, arg);
    args.push(piece);
    if (piece.type === 'wrong') isBroken = true;
  }
  if (args.length < spec.least || (spec.most !== undefined && args.length > spec.most)) return countProblem(scope, call, spec);
  if (isBroken) return broken(call);
  return spec.build(call, args, scope);
}
