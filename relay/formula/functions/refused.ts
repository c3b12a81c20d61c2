/** Functions of Salesforce's reference that can't be had here, each with the reason an admin reads when saving. */
import type { FunctionCategory, FunctionHelp } from '../types.ts';

const LINK = 'it makes a link or markup for a page; a filter has no page';
const REPORT = 'it belongs to summary formulas of reports';
const SERVER = 'it belongs to server-side pages and buttons';

const ROWS: [string, FunctionCategory, string, string, string][] = [
  ['CURRENCYRATE', 'math', 'CURRENCYRATE(IsoCode)', 'The conversion rate of a currency.', 'the exchange rates of the org are not read here'],
  ['FORMAT', 'text', 'FORMAT(pattern, …)', 'Formats values for a locale.', 'its result depends on the locale of the user who looks at it'],
  ['FORMATCURRENCY', 'text', 'FORMATCURRENCY(IsoCode, amount)', 'An amount with its currency.', 'its result depends on the locale of the user who looks at it'],
  ['GETRECORDIDS', 'advanced', 'GETRECORDIDS(object_type)', 'The ids selected in a list.', SERVER],
  ['GETSESSIONID', 'advanced', 'GETSESSIONID()', "The user's session id.", 'a session id is a secret of a user who is logged in'],
  ['HYPERLINK', 'text', 'HYPERLINK(url, friendly_name[, target])', 'A link.', LINK],
  ['IMAGE', 'text', 'IMAGE(image_url, alternate_text[, height, width])', 'An image.', LINK],
  ['IMAGEPROXYURL', 'advanced', 'IMAGEPROXYURL(url)', 'A safe address of an image.', LINK],
  ['INCLUDE', 'advanced', 'INCLUDE(source, inputs)', 'The content of an s-control.', SERVER],
  ['ISCLONE', 'logical', 'ISCLONE()', 'Whether the record is a clone.', 'change events do not tell whether a record was cloned'],
  ['JUNCTIONIDLIST', 'advanced', 'JUNCTIONIDLIST(id, …)', 'Ids of a junction.', SERVER],
  ['LABEL', 'text', 'LABEL(section, key, …)', 'A translated label.', 'labels are not read here; write the text itself'],
  ['LINKTO', 'advanced', 'LINKTO(label, target, id, …)', 'A link.', LINK],
  ['PARENTGROUPVAL', 'advanced', 'PARENTGROUPVAL(summary_field, grouping_level)', 'The value of a parent grouping.', REPORT],
  ['PREDICT', 'advanced', 'PREDICT(PredDefId, …)', 'A prediction of Einstein Discovery.', 'predictions are made inside Salesforce'],
  ['PREVGROUPVAL', 'advanced', 'PREVGROUPVAL(summary_field, grouping_level[, increment])', 'The value of a previous grouping.', REPORT],
  ['REQUIRESCRIPT', 'advanced', 'REQUIRESCRIPT(url)', 'Loads a script.', SERVER],
  ['URLFOR', 'advanced', 'URLFOR(target, id, …)', 'A relative address.', LINK],
  ['VLOOKUP', 'advanced', 'VLOOKUP(field_to_return, field_on_lookup_object, lookup_value)', 'A value of another object.', 'it looks up other records, which are not read here; use a relationship path such as Account.Name'],
]; // prettier-ignore

export const refused: readonly FunctionHelp[] = ROWS.map(([name, category, signature, description, reason]) => ({
  name,
  category,
  signature,
  description,
  supported: reason,
}));
