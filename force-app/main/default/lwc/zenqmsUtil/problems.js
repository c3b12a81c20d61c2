/** Does the path lie at or below one of the prefixes? 'fieldMappings[1].zenqmsFieldId' lies below 'fieldMappings'. */
const under = (path, prefix) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);

export const problemsUnder = (problems, prefixes) =>
  (problems ?? []).filter((problem) => prefixes.some((prefix) => under(problem.path ?? '', prefix)));

/** A warning keeps nothing from being saved. */
export const isError = (problem) => problem.severity !== 'warning';

/** What each input was last told; an input that shows its browser's own message must not be overruled for nothing. */
const told = new WeakMap();

/**
 * Shows each problem at the input that carries its path in `data-path`, and takes away what is no longer one.
 *
 * @param {{querySelectorAll: Function}} root a component's template
 * @param {{path: string, message: string}[]} problems
 * @returns {{path: string, message: string}[]} those that have no input here: the component shows them in a message
 */
export function placeProblems(root, problems) {
  const placed = new Set();
  for (const input of root.querySelectorAll('[data-path]')) {
    const here = (problems ?? []).filter((problem) => isError(problem) && problem.path === input.dataset.path);
    here.forEach((problem) => placed.add(problem));
    const message = here.map((problem) => problem.message).join(' ');
    if (typeof input.setCustomValidity === 'function' && (told.get(input) ?? '') !== message) {
      told.set(input, message);
      input.setCustomValidity(message);
      input.reportValidity();
    }
  }
  return (problems ?? []).filter((problem) => !placed.has(problem));
}
