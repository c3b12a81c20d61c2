import { fault } from 'c/zenqmsUtil';
import { NEEDS, emptyCatalog, relatedFields, searchObjects, searchUsers, withAnswer } from './catalog';

/** The part of the wizard that fetches what its steps choose from. Expects `draft`. */
export const withCatalog = (Base) =>
  class extends Base {
    catalog = emptyCatalog();
    loaded = {};
    working = 0;
    failure = null;

    get busy() {
      return this.working > 0;
    }

    /** Runs `work`, then `then` with its answer; what fails is shown on top. True if it worked. */
    async during(work, then = () => {}) {
      this.working += 1;
      try {
        await then(await work());
        return true;
      } catch (error) {
        this.failure = fault(error);
        return false;
      } finally {
        this.working -= 1;
      }
    }
    /** Fetches what the current step needs and is not there yet. */
    load() {
      return Promise.all(
        NEEDS[this.draft.step](this.draft).map(([key, of, get]) => {
          if (this.loaded[key] === of) return null;
          this.loaded[key] = of;
          this.catalog = { ...this.catalog, [key]: null };
          return this.during(get, (answer) => {
            if (this.loaded[key] === of) this.catalog = withAnswer(this.catalog, key, answer);
          }).then((worked) => {
            if (!worked) this.loaded[key] = null;
          });
        }),
      );
    }
    handleSearch(event) {
      const { what, term } = event.detail;
      const { salesforceConnectionId, zenqmsConnectionId } = this.draft.integration;
      this.searched = term;
      this.during(
        () => (what === 'objects' ? searchObjects(salesforceConnectionId, term) : searchUsers(zenqmsConnectionId, term)),
        (found) => {
          if (this.searched === term) this.catalog = { ...this.catalog, [what]: found };
        },
      );
    }
    handleExpand(event) {
      const { path, object } = event.detail;
      this.during(
        () => relatedFields(this.draft.integration.salesforceConnectionId, object, path),
        (fields) => {
          this.catalog = { ...this.catalog, fields: [...this.catalog.fields, ...fields] };
        },
      );
    }
  };
