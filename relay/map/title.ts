/** The title: the field that was chosen, else Name, else Subject, else the object's label and the record's id. */
import type { MapInput } from './map.ts';
import { type TextContext, plainText, textOf } from './text.ts';
import { valueAt } from './values.ts';

/** What ZenQMS takes. */
const LONGEST = 255;

export function titleOf(
  input: Pick<MapInput, 'definition' | 'record' | 'recordId' | 'describe' | 'fieldOf'>,
  context: TextContext,
): { text: string; notes: string[] } {
  const { definition, describe, record } = input;
  const notes: string[] = [];
  const chosen = definition.title?.field;
  for (const path of [...(chosen ? [chosen] : []), 'Name', 'Subject']) {
    const value = valueAt(record, path);
    if (value === null || value === undefined) continue;
    const text = oneLine(plainText(textOf(value, input.fieldOf(path), context)));
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

/** At most `most` UTF-16 units, never in the middle of what a person sees as one character. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (const { index, segment } of characters.segment(text)) {
    if (index + segment.length > most) break;
    end = index + segment.length;
  }
  return text.slice(0, end).trimEnd();
}
