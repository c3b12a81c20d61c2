import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ApexParseTreeWalker,
  ApexParserBaseListener,
  ApexParserFactory,
  type FieldNameContext,
  FromNameListContext,
  type QueryContext,
  SelectEntryContext,
  SubFieldEntryContext,
  type SubQueryContext,
  TypeOfContext,
} from '@apexdevtools/apex-parser';
import { metadataFiles } from './files.ts';
import { type Schema, readSchema } from './schema.ts';
import { type Check, verdictOf } from './verdict.ts';

/** Names of objects and fields in queries: the semantic check does not look at them, and a real org refuses the class. */
export const soqlNames: Check = {
  name: 'SOQL names',
  async run({ root, modules }) {
    const schema = readSchema(modules, root);
    const problems: string[] = [];
    let queries = 0;
    for (const path of metadataFiles(root).filter((file) => /\.(cls|trigger)$/.test(file))) {
      const found = queriesIn(readFileSync(join(root, path), 'utf8'), path, schema);
      queries += found.queries;
      problems.push(...found.problems);
    }
    return verdictOf(problems, `${queries} queries`, 'Name objects and fields as the org has them.');
  },
};

/** The queries of one Apex file: how many, and which names are not there. */
export function queriesIn(source: string, path: string, schema: Schema): { queries: number; problems: string[] } {
  const names = new QueryNames(path, schema);
  const parser = ApexParserFactory.createParser(source);
  ApexParseTreeWalker.DEFAULT.walk(names, path.endsWith('.trigger') ? parser.triggerUnit() : parser.compilationUnit());
  return { queries: names.queries, problems: names.problems };
}

/** One query's FROM: the object (undefined if it is unknown, so that each of its fields is not a problem of its own) and aliases. */
type Scope = { object: string | undefined; aliases: Set<string> };

class QueryNames extends ApexParserBaseListener {
  readonly problems: string[] = [];
  queries = 0;
  private readonly scopes: Scope[] = [];
  private readonly path: string;
  private readonly schema: Schema;

  constructor(path: string, schema: Schema) {
    super();
    this.path = path;
    this.schema = schema;
  }

  enterQuery = (query: QueryContext): void => {
    this.queries += 1;
    const entries = query.selectList()?.selectEntry_list() ?? [];
    this.open(query.fromNameList(), entries, (name) => (this.schema.fieldsOf(name) ? name : undefined));
  };

  exitQuery = (): void => void this.scopes.pop();

  enterSubQuery = (query: SubQueryContext): void => {
    const inSelect = query.parentCtx instanceof SelectEntryContext || query.parentCtx instanceof SubFieldEntryContext;
    const outer = this.scopes.at(-1)?.object;
    // In the list of fields FROM names a relationship to children; in a condition it names an object.
    const resolve = (name: string) => {
      if (!inSelect) return this.schema.fieldsOf(name) ? name : undefined;
      const field = outer === undefined ? undefined : this.schema.fieldsOf(outer)?.get(name);
      return field?.kind === 'children' ? field.target : undefined;
    };
    const entries = query.subFieldList()?.subFieldEntry_list() ?? [];
    this.open(query.fromNameList(), entries, inSelect && outer === undefined ? null : resolve);
  };

  exitSubQuery = (): void => void this.scopes.pop();

  enterFieldName = (field: FieldNameContext): void => {
    if (field.parentCtx instanceof FromNameListContext || insideTypeOf(field)) return;
    const scope = this.scopes.at(-1);
    if (!scope?.object) return;
    const parts = field.soqlId_list().map((part) => part.getText());
    const first = parts[0]?.toLowerCase() ?? '';
    if (parts.length === 1 && scope.aliases.has(first)) return;
    if (parts.length > 1 && (scope.aliases.has(first) || first === scope.object)) parts.shift();
    let object = scope.object;
    for (const [i, part] of parts.entries()) {
      const known = this.schema.fieldsOf(object)?.get(part.toLowerCase());
      const last = i === parts.length - 1;
      if (!known || known.kind === 'children' || (last ? known.kind === 'parent' : known.kind === 'value')) {
        this.problems.push(`${this.path}:${field.start.line}: ${object} has no ${last ? 'field' : 'parent'} ${part}`);
        return;
      }
      if (known.kind === 'parent') object = known.target;
    }
  };

  /** resolve: from the name in FROM to an object; null where the query around it is already a problem. */
  private open(
    from: FromNameListContext | null,
    entries: (SelectEntryContext | SubFieldEntryContext)[],
    resolve: ((name: string) => string | undefined) | null,
  ): void {
    const name = from?.fieldName_list()[0]?.getText() ?? '';
    const object = resolve?.(name.toLowerCase());
    if (resolve && object === undefined) {
      this.problems.push(`${this.path}:${from?.start.line ?? 0}: nothing can be selected from ${name}`);
    }
    const named = [...(from?.soqlId_list() ?? []), ...entries.map((entry) => entry.soqlId())];
    this.scopes.push({ object, aliases: new Set(named.filter(Boolean).map((alias) => alias.getText().toLowerCase())) });
  }
}

/** TYPEOF's fields belong to objects that its WHEN names; Apex here has none, and guessing would refuse good ones. */
function insideTypeOf(field: FieldNameContext): boolean {
  for (let at = field.parentCtx; at; at = at.parentCtx) if (at instanceof TypeOfContext) return true;
  return false;
}
