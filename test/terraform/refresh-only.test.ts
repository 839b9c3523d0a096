import { expect, it } from "vitest";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { must } from "./outcome.ts";

/** Numbers above all: to Terraform two of the same worth may still be two. */
const VALUES = ["5", "0.1", "1e30", "-0", "9007199254740993", '"text"', "true", "[1, { n = 2 }]"];

terraformOnEachPair("plan -refresh-only", ({ terraform, begin, service }) => {
  it("ends with 0 while nothing has changed, and with 2 when something has", async () => {
    const blocks = VALUES.map((value, index) =>
      kvBlock(`k${index}`, { namespace: '"refresh.only"', key: `"k${index}"`, value }),
    );
    await begin(blocks.join("\n"));
    must(await terraform().apply());
    must(await terraform().plan("-refresh-only"));
    const path = "/api/v1/main/namespaces/refresh.only/kv/k0";
    expect((await fetch(`${service().address}${path}`, { method: "PUT", body: "6" })).status).toBe(200);
    must(await terraform().plan("-refresh-only"), 2);
  });
});
