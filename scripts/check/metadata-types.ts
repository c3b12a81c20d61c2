import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export type Member = { type: string; list: boolean; required: boolean };
/** What may stand in an element: other elements, or one of some words (null: any text). */
export type MetadataType = { kind: 'elements'; members: Map<string, Member> } | { kind: 'words'; words: Set<string> | null };

/**
 * Salesforce's metadata types by name, read from the declarations of @salesforce/types, which are made from the API's own
 * description. Lists are written there as required although they may be empty, so only single members count as required.
 */
export function readMetadataTypes(modules: string): Map<string, MetadataType> {
  const path = join(modules, '@salesforce', 'types', 'lib', 'metadata.d.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const types = new Map<string, MetadataType>();
  for (const statement of source.statements) {
    if (!ts.isTypeAliasDeclaration(statement)) continue;
    const found = typeOf(statement.type, source, types);
    if (found) types.set(statement.name.text, found);
  }
  return types;
}

function typeOf(node: ts.TypeNode, source: ts.SourceFile, known: Map<string, MetadataType>): MetadataType | null {
  if (ts.isTypeLiteralNode(node)) return { kind: 'elements', members: membersOf(node, source) };
  if (ts.isIntersectionTypeNode(node)) {
    const members = new Map<string, Member>();
    for (const part of node.types) {
      const of = ts.isTypeReferenceNode(part) ? known.get(part.typeName.getText(source)) : typeOf(part, source, known);
      if (of?.kind === 'elements') for (const [name, member] of of.members) members.set(name, member);
    }
    return { kind: 'elements', members };
  }
  if (ts.isUnionTypeNode(node) || ts.isLiteralTypeNode(node)) {
    const literals = ts.isUnionTypeNode(node) ? node.types : [node];
    const words = literals.flatMap((l) => (ts.isLiteralTypeNode(l) && ts.isStringLiteral(l.literal) ? [l.literal.text] : []));
    return { kind: 'words', words: new Set(words) };
  }
  return node.kind === ts.SyntaxKind.StringKeyword ? { kind: 'words', words: null } : null;
}

function membersOf(node: ts.TypeLiteralNode, source: ts.SourceFile): Map<string, Member> {
  const members = new Map<string, Member>();
  for (const member of node.members) {
    if (!ts.isPropertySignature(member) || !member.type) continue;
    const list = ts.isArrayTypeNode(member.type);
    const element = ts.isArrayTypeNode(member.type) ? member.type.elementType : member.type;
    const name = ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : member.name.getText(source);
    members.set(name, { type: element.getText(source), list, required: !list && !member.questionToken });
  }
  return members;
}
