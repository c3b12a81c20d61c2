import ts from 'typescript';
import type { SourceFile } from './package.ts';

export type ApexImport = {
  className: string;
  method: string;
  line: number;
  /** The names of the arguments of each call that gives them as an object. */
  calls: { line: number; names: string[] }[];
  wired: boolean;
};
export type ScriptReferences = {
  apex: ApexImport[];
  labels: { label: string; line: number }[];
  imports: { module: string; line: number }[];
};

/** What one script of a component refers to, read from its syntax tree. */
export function referencesOf(file: SourceFile): ScriptReferences {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const line = (node: ts.Node) => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  const found: ScriptReferences = { apex: [], labels: [], imports: [] };
  const byLocalName = new Map<string, ApexImport>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const module = statement.moduleSpecifier.text;
    found.imports.push({ module, line: line(statement) });
    const label = module.match(/^@salesforce\/label\/c\.(\w+)$/)?.[1];
    if (label) found.labels.push({ label, line: line(statement) });
    const [, className, method] = module.match(/^@salesforce\/apex\/(\w+)\.(\w+)$/) ?? [];
    if (!className || !method) continue;
    const entry: ApexImport = { className, method, line: line(statement), calls: [], wired: false };
    found.apex.push(entry);
    const local = statement.importClause?.name?.text;
    if (local) byLocalName.set(local, entry);
  }
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) readCall(node, byLocalName, line);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `method({ a, b })`, or `@wire(method, { a: '$b' })`. */
function readCall(node: ts.CallExpression, imports: Map<string, ApexImport>, line: (node: ts.Node) => number): void {
  if (!ts.isIdentifier(node.expression)) return;
  const [first, second] = node.arguments;
  const wired = node.expression.text === 'wire' && first && ts.isIdentifier(first);
  const target = imports.get(wired ? first.text : node.expression.text);
  if (!target) return;
  if (wired) target.wired = true;
  const given = wired ? second : first;
  if (given && ts.isObjectLiteralExpression(given)) {
    const names = given.properties.flatMap((property) =>
      property.name && ts.isIdentifier(property.name) ? [property.name.text] : [],
    );
    target.calls.push({ line: line(node), names });
  }
}
