import { readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';

/** The texts of CustomLabels.labels-meta.xml by their full name, as Salesforce would give them to `@salesforce/label/c.NAME`. */
export function readLabels(file: string): Map<string, string> {
  const parser = new XMLParser({ isArray: (name) => name === 'labels', trimValues: true, parseTagValue: false });
  const parsed = parser.parse(readFileSync(file, 'utf8')) as {
    CustomLabels?: { labels?: Array<{ fullName: string; value: string }> };
  };
  return new Map((parsed.CustomLabels?.labels ?? []).map((label) => [label.fullName, label.value]));
}
