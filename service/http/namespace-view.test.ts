import { expect, it } from "vitest";
import type { NamespaceTreeView } from "../../api/schema.ts";
import type { NamespaceName } from "../domain/namespace.ts";
import { treeOf } from "./namespace-view.ts";

interface Shape extends ReadonlyArray<string | Shape> {}
const shapeOf = ({ id, children }: NamespaceTreeView): Shape => [id, ...children.map(shapeOf)];

it.each<{ readonly when: string; readonly names: readonly string[]; readonly tree: readonly Shape[] }>([
  { when: "there is none", names: [], tree: [] },
  { when: "they are strangers", names: ["a", "b"], tree: [["a"], ["b"]] },
  { when: "one lies below the other", names: ["a", "a.b", "a.b.c"], tree: [["a", ["a.b", ["a.b.c"]]]] },
  // `-` sorts before the dot, so that a stranger stands between a namespace and what lies below it.
  { when: "a stranger stands between", names: ["a", "a-b", "a.b"], tree: [["a", ["a.b"]], ["a-b"]] },
  { when: "a branch is asked for", names: ["x.a", "x.a.b"], tree: [["x.a", ["x.a.b"]]] },
  { when: "names are those of an object's members", names: ["constructor", "x"], tree: [["constructor"], ["x"]] },
])("the tree when $when", ({ names, tree }) => {
  expect(treeOf(names.map((name) => ({ kind: "parent", name: name as NamespaceName }))).map(shapeOf)).toEqual(tree);
});
