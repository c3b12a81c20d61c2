/** A number that a script is given as text. `Number` would make NaN of a slip, and a loop up to NaN passes without having run. */

/** @param option as it is typed, `--seeds` @returns above 0 @throws ends the process with 2, having said what is wrong and what is right */
export function figure(option: string, text: string, kind: 'whole' | 'any' = 'whole'): number {
  const value = /^\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  if (value > 0 && (kind === 'any' || Number.isInteger(value))) return value;
  console.error(
    `${option} takes ${kind === 'whole' ? 'a whole number' : 'a number'} above 0, which ${JSON.stringify(text)} is not.`,
  );
  process.exit(2);
}
