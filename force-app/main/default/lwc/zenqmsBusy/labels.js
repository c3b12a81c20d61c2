import loading from '@salesforce/label/c.ZenQMS_Loading';

export default {
  loading,
};
