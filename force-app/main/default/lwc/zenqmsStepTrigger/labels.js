import bulkLimit from '@salesforce/label/c.ZenQMS_BulkLimit';
import bulkLimitHelp from '@salesforce/label/c.ZenQMS_BulkLimitHelp';
import noLimit from '@salesforce/label/c.ZenQMS_NoLimit';
import object from '@salesforce/label/c.ZenQMS_Object';
import objectHelp from '@salesforce/label/c.ZenQMS_ObjectHelp';
import objectPlaceholder from '@salesforce/label/c.ZenQMS_ObjectPlaceholder';
import triggerBoth from '@salesforce/label/c.ZenQMS_TriggerBoth';
import triggerBothHelp from '@salesforce/label/c.ZenQMS_TriggerBothHelp';
import triggerCreate from '@salesforce/label/c.ZenQMS_TriggerCreate';
import triggerCreateHelp from '@salesforce/label/c.ZenQMS_TriggerCreateHelp';
import triggerOn from '@salesforce/label/c.ZenQMS_TriggerOn';
import triggerUpdate from '@salesforce/label/c.ZenQMS_TriggerUpdate';
import triggerUpdateHelp from '@salesforce/label/c.ZenQMS_TriggerUpdateHelp';
import withoutChangeEvents from '@salesforce/label/c.ZenQMS_WithoutChangeEvents';

export default {
  bulkLimit,
  bulkLimitHelp,
  noLimit,
  object,
  objectHelp,
  objectPlaceholder,
  triggerBoth,
  triggerBothHelp,
  triggerCreate,
  triggerCreateHelp,
  triggerOn,
  triggerUpdate,
  triggerUpdateHelp,
  withoutChangeEvents,
};
