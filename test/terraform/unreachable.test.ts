import { describe, expect, it } from "vitest";
import { terraformMissing } from "../support/terraform.ts";
import { kvBlock, kvData } from "./hcl.ts";
import { inWorkspace, terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must, mustBeEmpty, mustNotShowInsides } from "./outcome.ts";
import { until } from "./processes.ts";
import { cutOff, page, type Stranger, silent, startStranger } from "./strangers.ts";

const one = { namespace: '"unreachable.team"', key: '"k"', value: '"a secret value"' };
const provider = (endpoint: string, alias?: string) =>
  `provider "namespace" {\n${alias ? `  alias = "${alias}"\n` : ""}  endpoint = "${endpoint}"\n}\n`;
/** A resource that its own provider carries elsewhere. */
const elsewhere = (name: string, endpoint: string) =>
  provider(endpoint, name) + kvBlock(name, { provider: `namespace.${name}`, ...one });

const closedPort = async () => {
  const { address, close } = await startStranger(silent);
  await close();
  return address;
};

/** Who is at the endpoint, and what the error must say besides the address. */
const ROWS: readonly {
  readonly name: string;
  readonly open?: () => Promise<Stranger>;
  readonly endpoint?: (stranger: string) => string;
  readonly says: RegExp;
}[] = [
  { name: "wrong_path", open: () => startStranger(page(404)), says: /\(404, text\/html\).*Check the endpoint/ },
  { name: "web_page", open: () => startStranger(page(200)), says: /\(200, text\/html\).*Check the endpoint/ },
  { name: "proxy", open: () => startStranger(page(401)), says: /\(401, text\/html\).*credentials.*proxy/ },
  { name: "gateway", open: () => startStranger(page(502)), says: /\(502, text\/html\).*check that the service runs/ },
  { name: "login_page", open: () => startStranger(page(302)), says: /\(302, text\/html\).*Check the endpoint/ },
  { name: "cut_off", open: () => startStranger(cutOff), says: /connection (was closed|failed)/ },
  { name: "dead", says: /nothing listens there \(connection refused\).*Check that the service runs/ },
  {
    name: "no_tls",
    open: () => startStranger(page(200)),
    endpoint: (stranger) => stranger.replace("http:", "https:"),
    says: /does not speak TLS.*http:\/\//,
  },
  { name: "no_host", endpoint: () => "http://nskv.invalid:8080", says: /host/ },
];

describe.skipIf(terraformMissing)("Terraform and an endpoint that is none", () => {
  const { terraform, begin } = inWorkspace();

  it("says for each what is wrong with which address and what to do, and keeps nothing in its state", async () => {
    const strangers: Stranger[] = [];
    const blocks: string[] = [];
    const addresses = new Map<string, string>();
    for (const { name, open, endpoint } of ROWS) {
      const stranger = await open?.();
      if (stranger) strangers.push(stranger);
      const there = stranger?.address ?? (await closedPort());
      addresses.set(name, endpoint?.(there) ?? there);
      blocks.push(elsewhere(name, addresses.get(name) ?? ""));
    }
    await begin(blocks.join("\n"));
    const applied = await terraform().apply();
    for (const { close } of strangers) await close();
    must(applied, 1);
    mustNotShowInsides(applied);
    const errors = errorsOf(applied);
    for (const { name, says } of ROWS) {
      const own = errors.filter((error) => error.includes(`with namespace_kv.${name},`));
      expect([name, own.length], own.join("\n")).toEqual([name, 1]);
      expect(own[0]).toMatch(says);
      expect(own[0]).toContain(`${addresses.get(name)}/api/v1/main/namespaces/unreachable.team/kv`);
      expect(own[0]).not.toContain("secret");
    }
    expect(errors).toHaveLength(ROWS.length);
    expect((await terraform().show()).values?.root_module).toBeUndefined();
  });

  it("Ctrl-C ends the wait for one that never answers", async () => {
    let asked = false;
    const { address, close } = await startStranger(() => {
      asked = true;
    });
    await begin(provider(address) + kvData("silent", { namespace: '"a.b"', key: '"k"' }));
    const plan = terraform().start(["plan", "-no-color", "-input=false"]);
    await until("the provider asks", () => asked);
    plan.signal("SIGINT");
    const ran = await plan.ended;
    await close();
    must(ran, 1);
    mustNotShowInsides(ran);
    expect(errorsOf(ran).join()).toMatch(/Interrupted/);
  });
});

describe.skipIf(terraformMissing)("Terraform and an endpoint that never answers", () => {
  // The provider's time limits are half a minute and more, in this process they pass 30 times as fast.
  const hurry = "const { timeout } = AbortSignal; AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 30);";
  const { terraform, begin } = inWorkspace(undefined, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hurry)}`,
  });

  it.each([
    {
      what: "a read",
      block: kvData("silent", { namespace: '"unreachable.team"', key: '"k"' }),
      says: /no answer came in time.*Check that the service runs/,
    },
    {
      what: "a write",
      block: kvBlock("silent", one),
      says: /no answer came in time.*Whether "unreachable\.team\/k" was created is not known/,
    },
  ])("$what is given up, and the error says so", async ({ block, says }) => {
    const { address, close } = await startStranger(silent);
    await begin(provider(address) + block);
    const ran = await terraform().apply();
    await close();
    must(ran, 1);
    mustNotShowInsides(ran);
    expect(errorsOf(ran)).toHaveLength(1);
    expect(errorsOf(ran)[0]).toMatch(says);
    expect(errorsOf(ran)[0]).toContain(`${address}/api/v1/main/namespaces/unreachable.team/kv`);
    expect((await terraform().show()).values?.root_module).toBeUndefined();
  });
});

terraformOnEachPair("a service that is down", ({ terraform, begin, service, restart }) => {
  it("is an error with its address; the state stays, and all is well once it is back", async () => {
    const down = service().address;
    await begin(provider(down) + kvBlock("one", one));
    must(await terraform().apply());
    const before = await terraform().show();
    await service().kill();

    for (const ran of [await terraform().plan(), await terraform().destroy()]) {
      must(ran, 1);
      mustNotShowInsides(ran);
      expect(errorsOf(ran)).toHaveLength(1);
      expect(errorsOf(ran)[0]).toMatch(/connection refused\).*Check that the service runs/);
      expect(errorsOf(ran)[0]).toContain(down);
    }
    expect(await terraform().show()).toEqual(before);

    await restart("kill");
    await terraform().write(provider(service().address) + kvBlock("one", one));
    await mustBeEmpty(terraform());
  });
});
