/** Global variables ($User.Id …): what the caller supplies works, the rest is refused with the reason. */
import type { Node } from './ast.ts';
import { dayNumber, DAY_MS } from './calendar.ts';
import { closest } from './problems.ts';
import { broken, finish, report } from './scope.ts';
import type { Scope, Typed } from './scope.ts';
import type { FieldInfo } from './types.ts';

const REASONS: Record<string, string> = {
  $api: 'it holds session ids and addresses of a user who is logged in',
  $action: 'it builds links to pages',
  $component: 'it belongs to Visualforce pages',
  $credential: 'it holds secrets',
  $custommetadata: 'custom metadata records are not read here; write the value itself',
  $flow: 'no flow is running here',
  $label: 'custom labels are not read here; write the text itself',
  $network: 'no Experience Cloud site is involved here',
  $objecttype: 'it describes objects, not the record',
  $page: 'it belongs to pages',
  $permission: 'custom permissions belong to the user who saves the record, and the event does not tell them',
  $profile: 'only the profile of the authorising user can be known here',
  $request: 'there is no request here',
  $resource: 'static resources belong to pages',
  $setup: 'custom settings are not read here; write the value itself',
  $site: 'no site is involved here',
  $system: 'only $System.OriginDateTime exists',
  $userrole: 'only what is known of the authorising user works here',
  $user: 'only what is known of the authorising user works here',
  $organization: 'only what is known of the organization works here',
};

/** 1900-01-01T00:00Z, as Salesforce defines $System.OriginDateTime. */
const ORIGIN = dayNumber(1900, 1, 1) * DAY_MS;

type SlotPiece = (scope: Scope, node: Node, path: string, info: FieldInfo, global: boolean) => Typed;

export function globalPiece(scope: Scope, node: Node & { kind: 'field' }, slotPiece: SlotPiece): Typed {
  const lower = node.name.toLowerCase();
  if (lower === '$system.origindatetime') {
    return finish({
      type: 'datetime',
      node,
      code: () => ({ kind: 'datetime', ms: ORIGIN }),
      fails: false,
      constant: true,
      uses: [],
    });
  }
  const known = scope.options.globals ?? {};
  const name = Object.keys(known).find((candidate) => candidate.toLowerCase() === lower);
  if (name !== undefined) return slotPiece(scope, node, name, known[name] as FieldInfo, true);
  const group = lower.split('.')[0] ?? lower;
  const siblings = Object.keys(known).filter((candidate) => candidate.toLowerCase().startsWith(`${group}.`));
  const near = closest(node.name, siblings);
  const reason = REASONS[group] ?? 'there is no such global variable';
  const offered = siblings.length === 0 ? '' : ` Available: ${siblings.slice(0, 8).join(', ')}.`;
  report(scope, 'formula_unsupported', `${node.name} can't be used here: ${reason}.${offered}`, node, near);
  return broken(node);
}
