import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty } from "./outcome.ts";
import { foundAt } from "./store.ts";

const NAMESPACE = "conflict.team";
const one = (key: string, value: string) => kvBlock(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, value });

terraformOnEachPair("changes between plan and apply", ({ terraform, service, begin }) => {
  const at = () => kvAt(service().address, NAMESPACE);
  const found = (key: string) => foundAt(service().address, NAMESPACE, key);

  it("are never overwritten: the error names who changed what, and when", async () => {
    await begin(["updated", "removed", "gone", "gone-updated"].map((key) => one(key, '"first"')).join(""));
    must(await terraform().apply());
    await terraform().write(
      ["updated", "gone-updated", "created", "untouched"].map((key) => one(key, '"ours"')).join(""),
    );
    const saved = ["-no-color", "-input=false", "saved.tfplan"];
    must(await terraform().run(["plan", "-no-color", "-input=false", "-out=saved.tfplan"]));

    for (const key of ["updated", "removed", "created"]) expect((await at().put(key, '"theirs"')).ok).toBe(true);
    for (const key of ["gone", "gone-updated"]) expect(await (await at().delete(key)).json()).toBe(true);
    const ran = await terraform().run(["apply", ...saved]);
    must(ran, 1);

    const errors = errorsOf(ran);
    const about = (key: string) => errors.find((error) => error.includes(`with namespace_kv.${key},`)) ?? "none";
    expect(errors).toHaveLength(4);
    const changed = /revision 2, changed by \S+ through the HTTP API at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
    expect(about("updated")).toMatch(changed);
    expect(about("updated")).toContain("What differs from the state: value.");
    expect(about("updated")).toMatch(/terraform (plan|apply)/);
    const removed = errors.find((error) => error.includes('"conflict.team/removed"'));
    expect(removed).toMatch(changed);
    expect(removed).toContain('"terraform apply -refresh-only"');
    expect(about("created")).toMatch(/exists already.*terraform import .*conflict\.team\/created/);
    expect(about("gone-updated")).toMatch(
      /is not there any more, deleted by \S+ through the HTTP API at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/,
    );
    for (const error of errors) expect(error).not.toMatch(/theirs|ours|first/);

    for (const key of ["updated", "removed", "created"])
      expect([key, await found(key)]).toEqual([key, 'STRING "theirs"']);
    for (const key of ["gone", "gone-updated"]) expect([key, await found(key)]).toEqual([key, undefined]);
    expect(await found("untouched")).toBe('STRING "ours"');
  });

  it("are seen by the next plan, whose apply is free to overwrite them", async () => {
    must(await terraform().importState("namespace_kv.created", `${NAMESPACE}/created`));
    // Terraform before 1.13 plans the delete of what the configuration has dropped by the state before the refresh.
    must(await terraform().apply("-refresh-only"));
    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual({
      "namespace_kv.updated": "update value",
      "namespace_kv.created": "update value",
      "namespace_kv.gone-updated": "create",
      "namespace_kv.removed": "delete",
    });
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    expect(await found("removed")).toBeUndefined();
    expect(await found("updated")).toBe('STRING "ours"');
  });
});
