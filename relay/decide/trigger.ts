/** Whether a change of this kind starts an integration at all. */
import type { ChangeType } from '../model/event.ts';
import type { TriggerOn } from '../model/integration.ts';

export interface TriggerAnswer {
  readonly matches: boolean;
  /** 'The record was updated, and the integration starts on creation only.' */
  readonly message: string;
}

type Happened = 'created' | 'updated' | 'deleted' | 'restored from the recycle bin' | 'changed in bulk';

const HAPPENED: Readonly<Record<ChangeType, Happened>> = {
  CREATE: 'created',
  GAP_CREATE: 'created',
  UPDATE: 'updated',
  GAP_UPDATE: 'updated',
  DELETE: 'deleted',
  GAP_DELETE: 'deleted',
  UNDELETE: 'restored from the recycle bin',
  GAP_UNDELETE: 'restored from the recycle bin',
  GAP_OVERFLOW: 'changed in bulk',
};

const STARTS_ON: Readonly<Record<TriggerOn, { happened: readonly Happened[]; words: string }>> = {
  create: { happened: ['created'], words: 'creation only' },
  update: { happened: ['updated'], words: 'updates only' },
  both: { happened: ['created', 'updated'], words: 'creation and updates' },
};

/** A gap event counts as what it stands for: GAP_CREATE as a creation, GAP_UPDATE as an update. */
export function matchTrigger(changeType: ChangeType, triggerOn: TriggerOn): TriggerAnswer {
  const happened = HAPPENED[changeType];
  const { happened: wanted, words } = STARTS_ON[triggerOn];
  const matches = wanted.includes(happened);
  return {
    matches,
    message: `The record was ${happened}${matches ? ', and' : ', but'} the integration starts on ${words}.`,
  };
}
