import fieldPlaceholder from '@salesforce/label/c.ZenQMS_FieldPlaceholder';
import fieldsOf from '@salesforce/label/c.ZenQMS_FieldsOf';

export default {
  fieldPlaceholder,
  fieldsOf,
};
