/** ISCHANGED, REGEX and LIKE. */
import { fail, FormulaError } from '../errors.ts';
import { changedPiece } from '../fields.ts';
import type { Frame } from '../frame.ts';
import { compileRegex, likePattern, matchesWhole, RegexProblem } from '../regex/index.ts';
import type { Regex } from '../regex/index.ts';
import { broken, isText, report, wrongType } from '../scope.ts';
import type { Scope, Typed } from '../scope.ts';
import { framed } from './spec.ts';
import type { CallNode, Spec } from './spec.ts';

/** Patterns that are not literals are compiled once each; the few last ones are kept. */
const kept = new Map<string, Regex>();

function dynamic(pattern: string): Regex {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  try {
    const regex = compileRegex(pattern);
    if (kept.size >= 200) kept.clear();
    kept.set(pattern, regex);
    return regex;
  } catch (error) {
    if (error instanceof RegexProblem) fail('invalid_argument', `REGEX: ${error.message}`);
    throw error;
  }
}

function match(regex: Regex, input: string, frame: Frame): boolean {
  const outcome = matchesWhole(regex, input, frame.regexSteps);
  frame.regexSteps -= outcome.steps;
  if (outcome.matched === undefined) {
    throw new FormulaError(
      'regex_too_costly',
      'REGEX gave up: this pattern takes too many steps on this text. Make the pattern simpler.',
    );
  }
  return outcome.matched;
}

function pattern(name: string, translate: (source: string) => string): Spec['build'] {
  return (call: CallNode, args: Typed[], scope: Scope) => {
    const [text, source] = args as [Typed, Typed];
    for (const arg of args) if (!isText(arg.type)) return wrongType(scope, arg, 'text', name);
    if (source.node.kind !== 'text') {
      const code = (frame: Frame) => {
        const input = (text.code(frame) as string | null) ?? '';
        return match(dynamic(translate((source.code(frame) as string | null) ?? '')), input, frame);
      };
      return framed(call, args, 'boolean', code, true);
    }
    try {
      const regex = compileRegex(translate(source.node.value));
      return framed(call, args, 'boolean', (frame) => match(regex, (text.code(frame) as string | null) ?? '', frame), true);
    } catch (error) {
      if (!(error instanceof RegexProblem)) throw error;
      report(scope, 'formula_regex', `This pattern is no valid regular expression: ${error.message}`, source.node);
      return broken(call);
    }
  };
}

export const advancedFunctions: Spec[] = [
  {
    name: 'ISCHANGED',
    category: 'advanced',
    signature: 'ISCHANGED(field)',
    description: 'Whether the change that caused the event changed this field; false on a new record.',
    least: 1,
    most: 1,
    build: (call, args, scope) => changedPiece(scope, call, args[0] as Typed),
  },
  {
    name: 'LIKE',
    category: 'text',
    signature: 'LIKE(text, pattern)',
    description: 'Whether the whole text fits a pattern of % (anything) and _ (one character).',
    least: 2,
    most: 2,
    build: pattern('LIKE', likePattern),
  },
  {
    name: 'REGEX',
    category: 'advanced',
    signature: 'REGEX(text, regex_text)',
    description: 'Whether the whole text fits a regular expression in Java syntax. Write each backslash twice.',
    least: 2,
    most: 2,
    build: pattern('REGEX', (source) => source),
  },
];
