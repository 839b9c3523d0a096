import { expect, it } from "vitest";
import { parametersOf } from "./commit-input.ts";
import { freshPlace, patch, put, sibling, valueAt } from "./suite-store.ts";

it("sends once what writes have in common, and of what none of them says nothing", () => {
  const at = freshPlace();
  const { object } = valueAt(at).slice;
  const writes = ["a", "b", "c"].map((key, index) =>
    put(sibling(at, key), { value: valueAt(at, { slice: { object, offset: index, length: 1 } }) }),
  );
  const sent = parametersOf([...writes, patch(sibling(at, "d"), { by: "another" })]);
  expect(sent).toMatchObject({
    kind: '{"1","1","1","2"}',
    key: '{"a","b","c","d"}',
    object_offset: '{"0","1","2",NULL}',
    namespace: `{"${at.namespace}","${at.namespace}"}`,
    object: `{"${object}",NULL}`,
    by: '{"tester","another"}',
    description: "{}",
    restores_etag: "{}",
  });
});
