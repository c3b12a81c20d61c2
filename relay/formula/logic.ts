/**
 * AND, OR and NOT with three values and, beside them, the unknown.
 * Operands are looked at from left to right and no further than needed, as Salesforce does; blank counts as false in AND and OR.
 * An unknown operand does not stop the walk if it can't end in an error: whatever it is, a later FALSE makes AND false.
 */
import type { Node } from './ast.ts';
import { Unknown } from './errors.ts';
import type { Code, Frame } from './frame.ts';
import { broken, finish, mergeUses, wrongType } from './scope.ts';
import type { Scope, Typed } from './scope.ts';
import type { Value } from './value.ts';

export function logicPiece(scope: Scope, node: Node, kind: 'AND' | 'OR', operands: Typed[]): Typed {
  const checked = operands.map((operand) =>
    operand.type === 'boolean' || operand.type === 'null' || operand.type === 'wrong'
      ? operand
      : wrongType(scope, operand, 'true or false', kind),
  );
  if (checked.some((operand) => operand.type === 'wrong')) return broken(node);
  return finish({
    type: 'boolean',
    node,
    code: shortCircuit(checked, kind === 'OR'),
    fails: checked.some((operand) => operand.fails),
    constant: checked.every((operand) => operand.constant),
    uses: mergeUses(checked),
    parts: { kind, operands: checked },
  });
}

/** `settles` is the operand value that ends the walk: TRUE for OR, anything else for AND. */
function shortCircuit(operands: Typed[], settles: boolean): Code {
  const codes = operands.map((operand) => operand.code);
  const fails = operands.map((operand) => operand.fails);
  const count = codes.length;
  const onward = (frame: Frame, from: number, pending: Unknown): Value => {
    if (fails[from] === true) throw pending;
    for (let i = from + 1; i < count; i += 1) {
      try {
        if (((codes[i] as Code)(frame) === true) === settles) return settles;
      } catch (error) {
        // Another unknown that can't fail changes nothing; an error might never have been reached.
        if (!(error instanceof Unknown) || fails[i] === true) throw pending;
      }
    }
    throw pending;
  };
  return (frame) => {
    let i = 0;
    try {
      for (; i < count; i += 1) {
        if (((codes[i] as Code)(frame) === true) === settles) return settles;
      }
      return !settles;
    } catch (error) {
      if (error instanceof Unknown) return onward(frame, i, error);
      throw error;
    }
  };
}

export function notPiece(scope: Scope, node: Node, operand: Typed): Typed {
  if (operand.type === 'wrong') return broken(node);
  if (operand.type !== 'boolean' && operand.type !== 'null') return wrongType(scope, operand, 'true or false', 'NOT');
  const { code } = operand;
  return finish({
    type: 'boolean',
    node,
    code: (frame) => {
      const value = code(frame);
      return value === null ? null : value !== true;
    },
    fails: operand.fails,
    constant: operand.constant,
    uses: operand.uses,
    parts: { kind: 'NOT', operands: [operand] },
  });
}
