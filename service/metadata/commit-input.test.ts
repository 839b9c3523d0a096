import { expect, it } from "vitest";
import { parametersOf } from "./commit-input.ts";
import { freshPlace, patch, put, sibling, valueAt } from "./suite-store.ts";

it("sends once what writes have in common, and of what none of them says nothing", () => {
  const at = freshPlace();
  const { object } = valueAt(at).slice;
  const [first, ...others] = ["a", "b", "c"].map((key, index) =>
    put(sibling(at, key), { value: valueAt(at, { slice: { object, offset: index, length: 1 } }) }),
  );
  const another = patch(sibling(at, "d"), { by: "another" });
  const sent = parametersOf([...(first ? [first] : []), another, ...others]);
  expect(sent).toMatchObject({
    kind: "{1,2,1,1}",
    key: '{"a","d","b","c"}',
    object_offset: "{0,NULL,1,2}",
    namespace: `{"${at.namespace}","${at.namespace}"}`,
    object: `{"${object}",NULL}`,
    by: '{"tester","another"}',
    description: "{}",
    restores_etag: "{}",
  });
});
