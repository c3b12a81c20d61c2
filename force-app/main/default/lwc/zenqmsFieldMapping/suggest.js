/** Which of ZenQMS's types a Salesforce field's values can well be shown in; text takes everything. */
const FITTING = {
  integer: ['int', 'long', 'double'],
  decimal: ['double', 'currency', 'percent', 'int', 'long'],
  date: ['date', 'datetime'],
  yes_no: ['boolean'],
  website: ['url'],
  single_selection: ['picklist', 'string'],
  multiple_selection: ['multipicklist'],
  user_single: ['reference', 'email', 'string'],
  user_multiple: ['email', 'string'],
  paragraph_text: ['textarea', 'string', 'picklist'],
  formatted_text: ['textarea', 'string'],
};

const words = (text) =>
  text
    .replace(/__c\b/g, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** 0 to 1: how many words the two names share. */
function likeness(one, other) {
  const left = new Set(words(one));
  const right = new Set(words(other));
  const shared = [...left].filter((word) => right.has(word)).length;
  return left.size + right.size === 0 ? 0 : (2 * shared) / (left.size + right.size);
}

const fits = (field, target) => !FITTING[target.type] || FITTING[target.type].includes(field.type);

/**
 * For each ZenQMS field that has no row yet the Salesforce field of like name and type, if there is one.
 *
 * @param {{path, label, type}[]} fields
 * @param {{id, label, type}[]} targets
 * @param {{salesforceField, zenqmsFieldId}[]} rows what is mapped already
 * @returns {{salesforceField: string, zenqmsFieldId: string}[]}
 */
export function suggestions(fields, targets, rows) {
  const used = new Set(rows.map((row) => row.salesforceField));
  const mapped = new Set(rows.map((row) => row.zenqmsFieldId));
  const found = [];
  for (const target of targets.filter((each) => !mapped.has(each.id))) {
    const [best] = fields
      .filter((field) => !used.has(field.path) && fits(field, target))
      .map((field) => ({ field, score: Math.max(likeness(field.label, target.label), likeness(field.path, target.label)) }))
      .filter(({ score }) => score >= 0.6)
      .sort((one, other) => other.score - one.score);
    if (best) {
      used.add(best.field.path);
      found.push({ salesforceField: best.field.path, zenqmsFieldId: target.id });
    }
  }
  return found;
}
