/** What one evaluation knows: the context, and the values already read from it. */
import { locate, Unknown } from './errors.ts';
import type { Place } from './problems.ts';
import { fromRest } from './read.ts';
import type { Context, FieldInfo } from './types.ts';
import type { Value } from './value.ts';

/** Steps that all REGEX calls of one evaluation may take together; about 20 ms. */
export const REGEX_STEPS = 1_000_000;

export interface Slot {
  path: string;
  field: FieldInfo;
  global: boolean;
  /** Where the formula first names it. */
  place: Place;
}

export interface Frame {
  context: Context;
  slots: readonly Slot[];
  values: Value[];
  regexSteps: number;
}

export type Code = (frame: Frame) => Value;

export function openFrame(context: Context, slots: readonly Slot[]): Frame {
  return { context, slots, values: new Array<Value>(slots.length), regexSteps: REGEX_STEPS };
}

/** The value in a slot, read and converted once. Throws Unknown when the caller does not know it. */
export function read(frame: Frame, slot: number): Value {
  const known = frame.values[slot];
  if (known !== undefined) return known;
  const { path, field, global, place } = frame.slots[slot] as Slot;
  const raw = global ? frame.context.globals?.(path) : frame.context.values(path);
  if (raw === undefined) throw new Unknown('value_unknown', path, `The value of ${path} is not known.`);
  try {
    const value = fromRest(raw, field.type, path);
    frame.values[slot] = value;
    return value;
  } catch (error) {
    throw locate(error, place);
  }
}
