import errorUnknown from '@salesforce/label/c.ZenQMS_ErrorUnknown';

export default {
  errorUnknown,
};
