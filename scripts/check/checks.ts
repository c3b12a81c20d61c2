import { apexSemantics } from './apex.ts';
import { metadataElements } from './metadata.ts';
import { apexRules } from './pmd.ts';
import { crossReferences } from './references.ts';
import { deployRehearsal } from './rehearsal.ts';
import { soqlNames } from './soql.ts';
import { format, lint, lintComponents, types } from './tools.ts';
import { nothingHidden, portable } from './tree.ts';
import type { Check } from './verdict.ts';

/** Everything that `npm run check` runs; the longest first, so that the short ones fill the gaps. */
export const CHECKS: Check[] = [
  lint,
  apexRules,
  types,
  format,
  deployRehearsal,
  lintComponents,
  apexSemantics,
  soqlNames,
  metadataElements,
  crossReferences,
  portable,
  nothingHidden,
];
