import fieldRequired from '@salesforce/label/c.ZenQMS_FieldRequired';
import loading from '@salesforce/label/c.ZenQMS_Loading';
import lookupClear from '@salesforce/label/c.ZenQMS_LookupClear';
import lookupMore from '@salesforce/label/c.ZenQMS_LookupMore';
import lookupNothing from '@salesforce/label/c.ZenQMS_LookupNothing';
import lookupPlaceholder from '@salesforce/label/c.ZenQMS_LookupPlaceholder';
import required from '@salesforce/label/c.ZenQMS_Required';

export default {
  fieldRequired,
  loading,
  lookupClear,
  lookupMore,
  lookupNothing,
  lookupPlaceholder,
  required,
};
