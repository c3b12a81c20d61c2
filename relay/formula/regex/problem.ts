/** A pattern that Java's syntax does not allow, or that is larger than is good for it. */
export class RegexProblem extends Error {}
