/** What a check is, and what it can say. */

/** The tree that is checked, and the one whose node_modules does the checking (a test checks a copy of the first). */
export type Project = { root: string; modules: string };

export type Verdict =
  | { kind: 'pass'; message: string }
  /** Each problem names its place first, as an editor can follow it: `path:line: what is wrong`. */
  | { kind: 'fail'; problems: string[]; remedy: string }
  /** A tool that is not part of the project is not on this machine. */
  | { kind: 'missing'; tool: string; remedy: string };

export type Check = { name: string; run: (project: Project) => Promise<Verdict> };

/** Pass with a message where there is no problem, else fail with all of them. */
export function verdictOf(problems: string[], message: string, remedy: string): Verdict {
  return problems.length === 0 ? { kind: 'pass', message } : { kind: 'fail', problems, remedy };
}
