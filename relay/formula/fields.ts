/** Field references, ISCHANGED, ISNEW and PRIORVALUE: all that looks at the record and its change. */
import type { Node } from './ast.ts';
import { Unknown } from './errors.ts';
import { read } from './frame.ts';
import type { Frame } from './frame.ts';
import { globalPiece } from './globals.ts';
import { closest } from './problems.ts';
import { fromRest, typeOf } from './read.ts';
import { broken, report } from './scope.ts';
import type { Scope, Typed } from './scope.ts';
import type { FieldInfo } from './types.ts';
import { display } from './value.ts';
import type { Type, Value } from './value.ts';

const RECORD = /^\$record\./i;
const RECORD_PRIOR = /^\$record__prior\./i;

export function fieldPiece(scope: Scope, node: Node & { kind: 'field' }): Typed {
  // Flow formulas say $Record.Status and $Record__Prior.Status; here the record is the one that changed.
  if (RECORD_PRIOR.test(node.name)) return priorPiece(scope, node, recordField(scope, node, node.name.replace(RECORD_PRIOR, '')));
  if (RECORD.test(node.name)) return recordField(scope, node, node.name.replace(RECORD, ''));
  if (node.name.startsWith('$')) return globalPiece(scope, node, slotPiece);
  return recordField(scope, node, node.name);
}

function recordField(scope: Scope, node: Node & { kind: 'field' }, name: string): Typed {
  const path = name.split('.');
  if (path.some((part) => part === '')) {
    report(scope, 'formula_syntax', `"${node.name}" is no field name: a part of the path is empty.`, node);
    return broken(node);
  }
  const found = scope.schema.field(path);
  switch (found.kind) {
    case 'field':
      return slotPiece(scope, node, found.path, found.field, false);
    case 'ambiguous':
      report(scope, 'formula_unknown_field', found.message, node);
      return broken(node);
    case 'unknown':
      return unknownField(scope, node, path, found.candidates, found.at);
    default:
      return found satisfies never;
  }
}

function unknownField(scope: Scope, node: Node & { kind: 'field' }, path: string[], candidates: string[], at: number): Typed {
  const wrong = path[at] ?? node.name;
  const near = closest(wrong, candidates);
  const fixed = near === undefined ? undefined : [...path.slice(0, at), near, ...path.slice(at + 1)].join('.');
  const where = at === 0 ? '' : ` of ${path.slice(0, at).join('.')}`;
  const hint = fixed === undefined ? ` ${scope.schema.object} has no such field that can be read.` : ` Did you mean ${fixed}?`;
  report(
    scope,
    'formula_unknown_field',
    `Unknown field ${wrong}${where}.${at === 0 || fixed !== undefined ? hint : ''}`,
    node,
    fixed,
  );
  return broken(node);
}

/** A piece that reads one slot. With blanks as zero a blank number is 0. */
function slotPiece(scope: Scope, node: Node, path: string, info: FieldInfo, global: boolean): Typed {
  const type = typeOf(info.type);
  if (type === undefined) {
    const why =
      info.type === 'address' ? `use its parts, such as ${info.name.replace(/Address$/, '')}City` : 'formulas have no such type';
    report(scope, 'formula_type', `${path} is of type ${info.type}, which can't be used in a formula: ${why}.`, node);
    return broken(node);
  }
  let slot = scope.slotOf.get(path);
  if (slot === undefined) {
    slot = scope.slots.length;
    scope.slots.push({ path, field: info, global, place: { offset: node.offset, length: node.length } });
    scope.slotOf.set(path, slot);
  }
  const at = slot;
  const zero = type === 'number' && scope.options.blankAs === 'zero';
  const code = zero
    ? (frame: Frame) => frame.values[at] ?? read(frame, at) ?? 0
    : (frame: Frame) => frame.values[at] ?? read(frame, at);
  return {
    type,
    node,
    code,
    fails: false,
    constant: false,
    field: { info, path, slot: at, global, prior: false },
    uses: [{ label: path, code: (frame) => read(frame, at) }],
  };
}

/** The argument of ISCHANGED and PRIORVALUE must be a field of the record itself. */
export function ownField(scope: Scope, piece: Typed, name: string): Typed['field'] | undefined {
  const { field } = piece;
  if (piece.type === 'wrong') return undefined;
  if (field === undefined || field.prior || piece.node.kind !== 'field') {
    report(scope, 'formula_type', `${name} takes a field, not an expression.`, piece.node);
    return undefined;
  }
  if (field.global || field.path.includes('.')) {
    report(
      scope,
      'formula_type',
      `${name} takes a field of the record itself: changes of ${field.path} are not in its events.`,
      piece.node,
    );
    return undefined;
  }
  return field;
}

/** Whether the record is new; undefined: not known. */
function isNew(frame: Frame): boolean | undefined {
  const { context } = frame;
  return context.isNew ?? (context.changeType === 'CREATE' ? true : context.changeType === 'UPDATE' ? false : undefined);
}

export function newPiece(scope: Scope, node: Node): Typed {
  scope.usesChange = true;
  return {
    type: 'boolean',
    node,
    code: (frame) => {
      const known = isNew(frame);
      if (known === undefined) throw new Unknown('change_unknown', 'ISNEW()', 'It is not known whether the record is new.');
      return known;
    },
    fails: false,
    constant: false,
    uses: [],
    tells: (value) => (value ? 'the record is new' : 'the record is not new'),
  };
}

export function changedPiece(scope: Scope, node: Node, argument: Typed): Typed {
  const field = ownField(scope, argument, 'ISCHANGED');
  if (field === undefined) return broken(node);
  scope.usesChange = true;
  scope.changed.add(field.path);
  const hasChanged = changeTest(field.info, field.path);
  return {
    type: 'boolean',
    node,
    code: (frame) => changed(frame, field.path, hasChanged),
    fails: false,
    constant: false,
    uses: [],
    tells: (value, frame) =>
      value ? `${field.path} changed` : isNew(frame) === true ? 'the record is new' : `${field.path} did not change`,
  };
}

function changed(frame: Frame, path: string, hasChanged: (names: ReadonlySet<string>) => boolean): boolean {
  if (isNew(frame) === true) return false;
  const names = frame.context.changedFields;
  if (names === undefined)
    throw new Unknown('change_unknown', path, `It is not known whether ${path} changed: the event does not say what changed.`);
  return hasChanged(names);
}

/** Events name the parts of compound fields Name.FirstName, BillingAddress.City, Site__c.Latitude. */
function changeTest(info: FieldInfo, path: string): (names: ReadonlySet<string>) => boolean {
  const exact = new Set([path]);
  const compound = info.compoundFieldName;
  if (compound !== undefined && compound !== null && compound !== path) {
    const stem = compound.replace(/Address$/, '').replace(/__c$/, '__');
    const part = path.startsWith(stem) ? path.slice(stem.length) : path;
    exact
      .add(compound)
      .add(`${compound}.${path}`)
      .add(`${compound}.${part}`)
      .add(`${compound}.${part.replace(/__s$/, '')}`);
  }
  const inside = `${path}.`;
  return (names) => {
    for (const name of exact) if (names.has(name)) return true;
    for (const name of names) {
      const dot = name.indexOf('.');
      if (dot > 0 && (name.startsWith(inside) || name.slice(dot + 1) === path)) return true;
    }
    return false;
  };
}

export function priorPiece(scope: Scope, node: Node, argument: Typed): Typed {
  const field = ownField(scope, argument, 'PRIORVALUE');
  if (field === undefined) return broken(node);
  if (argument.type === 'location') {
    report(scope, 'formula_type', 'PRIORVALUE does not take a geolocation.', argument.node);
    return broken(node);
  }
  scope.usesChange = true;
  scope.prior.add(field.path);
  const hasChanged = changeTest(field.info, field.path);
  const code = (frame: Frame): Value => prior(frame, field, hasChanged);
  return {
    type: argument.type as Type,
    node,
    code,
    fails: false,
    constant: false,
    field: { ...field, prior: true },
    uses: [{ label: `the prior ${field.path}`, code }, ...argument.uses],
  };
}

function prior(frame: Frame, field: NonNullable<Typed['field']>, hasChanged: (names: ReadonlySet<string>) => boolean): Value {
  const { path, slot, info } = field;
  const fresh = isNew(frame);
  const names = frame.context.changedFields;
  if (fresh === true || (names !== undefined && !hasChanged(names))) return read(frame, slot);
  if (names !== undefined) {
    const before = frame.context.prior(path);
    if (before.known && before.value !== undefined) return fromRest(before.value, info.type, path);
  }
  throw new Unknown('prior_unknown', path, `The value of ${path} before the change is not known.`);
}

/** "Amount is 500 and the prior Amount is blank", as far as it is known. */
export function tellUses(piece: Typed, frame: Frame): string {
  const told: string[] = [];
  for (const use of piece.uses) {
    try {
      told.push(`${use.label} is ${display(use.code(frame))}`);
    } catch {
      told.push(`${use.label} is unknown`);
    }
  }
  return told.length <= 1 ? told.join('') : `${told.slice(0, -1).join(', ')} and ${told[told.length - 1]}`;
}
