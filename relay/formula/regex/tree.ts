/** The tree of a pattern. */
import type { CharTest } from './sets.ts';

export type Anchor = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'word' | 'notWord' | 'lastLine';

export type Tree =
  | { kind: 'one'; test: CharTest }
  | { kind: 'sequence'; items: Tree[] }
  | { kind: 'choice'; items: Tree[] }
  | { kind: 'group'; index: number; item: Tree }
  | { kind: 'repeat'; item: Tree; least: number; most: number; mode: 'greedy' | 'lazy' | 'possessive' }
  | { kind: 'look'; ahead: boolean; wanted: boolean; item: Tree }
  | { kind: 'atomic'; item: Tree }
  | { kind: 'back'; index: number; fold: boolean; all: boolean }
  | { kind: 'anchor'; at: Anchor; unix: boolean };

/** How many code points it can take, least and most. */
export function width(tree: Tree): [number, number] {
  switch (tree.kind) {
    case 'one':
      return [1, 1];
    case 'sequence':
      return tree.items.map(width).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    case 'choice':
      return tree.items.map(width).reduce(([a, b], [c, d]) => [Math.min(a, c), Math.max(b, d)]);
    case 'group':
    case 'atomic':
      return width(tree.item);
    case 'repeat': {
      const [least, most] = width(tree.item);
      return [least * tree.least, most === 0 ? 0 : most * tree.most];
    }
    case 'back':
      return [0, Infinity];
    case 'look':
    case 'anchor':
      return [0, 0];
    default:
      return tree satisfies never;
  }
}
