/** Regular expressions in Java's syntax, bounded in steps. JavaScript's own would differ in meaning and could block the process. */
import { run } from './match.ts';
import type { Outcome } from './match.ts';
import { parseRegex } from './parse.ts';
import { programOf } from './program.ts';
import type { Program } from './program.ts';

export { RegexProblem } from './problem.ts';

export type Regex = Program;

/** Throws RegexProblem. */
export function compileRegex(source: string): Regex {
  const { tree, groups } = parseRegex(source);
  return programOf(tree, groups);
}

/** Whether the whole text matches, as Java's matches(); at most `budget` steps (20 ns each, roughly). */
export function matchesWhole(regex: Regex, text: string, budget: number): Outcome {
  return run(regex, text, budget);
}

/** A LIKE pattern as a regular expression: % for any text within a line, _ for one character, a backslash before either for itself. */
export function likePattern(like: string): string {
  return like.replace(
    /\\([%_])|([%_])|([\\*?+^$(){}[\]|.])/g,
    (_all, escaped: string | undefined, wild: string | undefined, special: string | undefined) =>
      escaped !== undefined ? escaped : wild !== undefined ? (wild === '%' ? '.*' : '.') : `\\${special ?? ''}`,
  );
}
