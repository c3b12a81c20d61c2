import { LightningElement, api } from 'lwc';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

const ACTIONS = {
  create: labels.revisionCreate,
  created: labels.revisionCreate,
  update: labels.revisionUpdate,
  updated: labels.revisionUpdate,
  pause: labels.revisionPause,
  paused: labels.revisionPause,
  resume: labels.revisionResume,
  resumed: labels.revisionResume,
};

/** Who changed an integration, when, and what. Fires `close`. */
export default class ZenqmsRevisions extends LightningElement {
  labels = labels;
  /** {data: {revision, action, actor, actingUser, at, definition}[]}, newest first; undefined: not there yet. */
  @api revisions;

  get rows() {
    const data = this.revisions?.data ?? [];
    const previous = (revision) => data.find((each) => each.revision === revision - 1)?.definition;
    return data.map((each) => ({
      key: `${each.revision}-${each.at}`,
      at: each.at,
      heading: formatText(labels.revision, each.revision, ACTIONS[each.action] ?? each.action),
      who: each.actingUser || each.actor,
      what: changesOf(each.definition, previous(each.revision)),
    }));
  }
  get isEmpty() {
    return this.revisions && this.rows.length === 0;
  }

  handleClose() {
    this.dispatchEvent(new CustomEvent('close'));
  }
}

/** The names of what differs from the revision before; nothing for the first one. */
function changesOf(definition, before) {
  if (!definition || !before) return '';
  return Object.keys(definition)
    .filter((key) => JSON.stringify(definition[key]) !== JSON.stringify(before[key]))
    .map((key) => formatText(labels.changedFrom, key, text(before[key]), text(definition[key])))
    .join(' • ');
}

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
