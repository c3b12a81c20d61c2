/** The title: the field that was chosen, else Name, else Subject, else the object's label and the record's id. */
import type { MapInput } from './map.ts';
import { type TextContext, textOf } from './text.ts';
import { valueAt } from './values.ts';

/** What ZenQMS takes. */
const LONGEST = 255;

export function titleOf(
  input: Pick<MapInput, 'definition' | 'record' | 'recordId' | 'describe' | 'fieldOf'>,
  contextOf: (path: string) => TextContext,
): { text: string; notes: string[] } {
  const { definition, describe, record } = input;
  const notes: string[] = [];
  const chosen = definition.title?.field;
  for (const path of [...(chosen ? [chosen] : []), 'Name', 'Subject']) {
    const value = valueAt(record, path);
    if (value === null || value === undefined) continue;
    const text = oneLine(textOf(value, input.fieldOf(path), contextOf(path)));
    if (text === '') continue;
    if (chosen && path.toLowerCase() !== chosen.toLowerCase())
      notes.push(`${chosen} was empty, so the title is the record's ${path}.`);
    const cut = cutTo(text, LONGEST);
    if (cut !== text) notes.push(`The title was cut at ${LONGEST} characters.`);
    return { text: cut, notes };
  }
  if (chosen) notes.push(`${chosen} was empty, so the title names the record.`);
  return { text: cutTo(`${describe.label} ${input.recordId}`, LONGEST), notes };
}

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').trim();

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * At most `most` UTF-16 units, never in the middle of what a person sees as one character. How ZenQMS counts is not known; a text that
 * has no more units than that has no more code points either.
 */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  // A little more than fits is enough to see where the last character ends, and bounds the work for a text of megabytes.
  for (const { index, segment } of characters.segment(text.slice(0, most + 64))) {
    if (index + segment.length > most) break;
    end = index + segment.length;
  }
  // One "character" longer than the whole title: then between code points.
  if (end === 0) end = (text.codePointAt(most - 1) ?? 0) > 0xffff ? most - 1 : most;
  return text.slice(0, end).trimEnd();
}
