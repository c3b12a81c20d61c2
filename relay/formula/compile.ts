/** Tree to checked, runnable pieces: one walk checks the types and builds the closures. */
import type { Node } from './ast.ts';
import { fieldPiece } from './fields.ts';
import { functionPiece } from './functions/index.ts';
import { logicPiece, notPiece } from './logic.ts';
import { negate, parseNumber } from './number.ts';
import type { Numeric } from './number.ts';
import { chainPiece } from './operators.ts';
import { finish, wrongType } from './scope.ts';
import type { Scope, Typed } from './scope.ts';
import type { Value } from './value.ts';

export function compileNode(scope: Scope, node: Node): Typed {
  switch (node.kind) {
    case 'number':
      return literal(node, 'number', parseNumber(node.text));
    case 'text':
      return literal(node, 'text', node.value === '' ? null : node.value);
    case 'boolean':
      return literal(node, 'boolean', node.value);
    case 'null':
      return literal(node, 'null', null);
    case 'field':
      return fieldPiece(scope, node);
    case 'call':
      return functionPiece(scope, node, compileNode);
    case 'sign':
      return sign(scope, node);
    case 'not':
      return notPiece(scope, node, compileNode(scope, node.operand));
    case 'logic':
      return logicPiece(
        scope,
        node,
        node.operator,
        node.operands.map((operand) => compileNode(scope, operand)),
      );
    case 'chain':
      return chainPiece(scope, node, compileNode);
    default:
      return node satisfies never;
  }
}

function literal(node: Node, type: Typed['type'], value: Value): Typed {
  return { type, node, code: () => value, fails: false, constant: true, uses: [] };
}

function sign(scope: Scope, node: Node & { kind: 'sign' }): Typed {
  const operand = compileNode(scope, node.operand);
  if (operand.type === 'wrong') return operand;
  if (operand.type !== 'number') return wrongType(scope, operand, 'a number', `The sign ${node.operator}`);
  const { code } = operand;
  const signed: Typed = {
    ...operand,
    node,
    code:
      node.operator === '+'
        ? code
        : (frame) => {
            const value = code(frame);
            return value === null ? null : negate(value as Numeric);
          },
  };
  delete signed.field;
  return finish(signed);
}
