/** A formula, compiled as the relay compiles it. */
import { compileFilter } from '../../relay/decide/index.ts';
import type { Program } from '../../relay/formula/index.ts';
import type { ObjectDescribe } from '../../relay/model/salesforce.ts';
import { CASE, related } from './describes.ts';

export function program(text: string, object: ObjectDescribe = CASE): Program {
  const compiled = compileFilter(text, object, related);
  if (!compiled.ok) throw new Error(compiled.problems.map((problem) => problem.message).join('; '));
  return compiled.program;
}
