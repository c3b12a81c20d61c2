/** The tree of a formula. Chains of operators are flat, so that 2,000 terms in a row don't nest 2,000 deep. */
import type { Place } from './problems.ts';

export type Node =
  | (Place & { kind: 'number'; text: string })
  | (Place & { kind: 'text'; value: string })
  | (Place & { kind: 'boolean'; value: boolean })
  | (Place & { kind: 'null' })
  | (Place & { kind: 'field'; name: string })
  | (Place & { kind: 'call'; name: string; nameLength: number; args: Node[] })
  | (Place & { kind: 'sign'; operator: '+' | '-'; operand: Node })
  | (Place & { kind: 'not'; operand: Node })
  | (Place & { kind: 'logic'; operator: 'AND' | 'OR'; operands: Node[] })
  | (Place & { kind: 'chain'; first: Node; rest: ChainLink[] });

export interface ChainLink extends Place {
  operator: ChainOperator;
  operand: Node;
}

export type ChainOperator = '=' | '<>' | '<' | '>' | '<=' | '>=' | '+' | '-' | '&' | '*' | '/' | '^';
