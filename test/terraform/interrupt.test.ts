import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kvAt, type Members } from "../support/kv.ts";
import { isOpenTofu, type Running } from "../support/terraform.ts";
import { type Gate, startGate } from "./gate.ts";
import { manyKeys } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must, mustBeEmpty, mustNotShowInsides } from "./outcome.ts";
import { livingInGroup, until } from "./processes.ts";

const KEYS = 40;
/** Requests with writes, each of as many keys as were asked for at the same moment. */
const PASSING = 3;
const HELD = 1;

const configOf = ({ address }: Gate, namespace: string) => manyKeys(address, namespace, KEYS);
const APPLY = ["apply", "-no-color", "-input=false", "-auto-approve"];

/** Waits for what happens while the command runs. */
async function unlessEnded(command: Running, what: Promise<void>): Promise<void> {
  const ended = command.ended.then(({ stdout, stderr }) => {
    throw new Error(`It ended too soon:\n${stdout}\n${stderr}`);
  });
  await Promise.race([what, ended]);
}

terraformOnEachPair("an apply that is cut short", ({ terraform, service, begin }) => {
  /** Key and value of all that the store holds, and of all that Terraform knows of. */
  const stored = async (namespace: string) => {
    const { send, get } = kvAt(service().address, namespace);
    const listed = await (await send("GET", `/namespaces/${namespace}/kv`)).json<Members[]>();
    const values = listed.map(async ({ key }) => [key, (await (await get(key)).json()).value]);
    return Object.fromEntries(await Promise.all(values));
  };
  const known = async () => {
    const resources = (await terraform().show()).values?.root_module?.resources ?? [];
    expect(resources.filter(({ tainted }) => tainted)).toEqual([]);
    return Object.fromEntries(resources.map(({ values }) => [values["key"], values["value"]]));
  };
  /** How many keys are in the file of the state, which a command under way may still write. */
  const noted = () => {
    const file = join(terraform().folder, "terraform.tfstate");
    return existsSync(file) ? readFileSync(file, "utf8").split('"index_key"').length - 1 : 0;
  };
  const withGate = async (test: (gate: Gate) => Promise<void>) => {
    const gate = await startGate(service().address);
    await test(gate).finally(() => gate.close());
  };

  it("by Ctrl-C finishes the writes under way, and state and store hold the same", () =>
    withGate(async (gate) => {
      const namespace = "interrupt.int";
      await begin(configOf(gate, namespace));
      const held = gate.hold(PASSING, HELD);
      const apply = terraform().start(APPLY);
      await unlessEnded(apply, held);
      apply.signal("SIGINT");
      await until("Terraform stops", () => /Stopping operation/.test(apply.output()));
      gate.open();
      const ran = await apply.ended;
      must(ran, 1);
      mustNotShowInsides(ran);

      const left = await stored(namespace);
      expect(await known()).toEqual(left);
      expect(Object.keys(left).length).toBeGreaterThan(PASSING);
      expect(Object.keys(left).length).toBeLessThan(KEYS);
      expect(Object.entries(left).filter(([key, value]) => key !== value)).toEqual([]);

      must(await terraform().apply());
      await mustBeEmpty(terraform());
      expect(Object.keys(await stored(namespace))).toHaveLength(KEYS);
    }));

  it.runIf(process.platform === "linux")("by kill -9 leaves no process, loses nothing, and says what to import", () =>
    withGate(async (gate) => {
      const namespace = "interrupt.kill";
      await begin(configOf(gate, namespace));
      const held = gate.hold(PASSING, HELD);
      const apply = terraform().start(APPLY);
      await unlessEnded(apply, held);
      const group = apply.process.pid ?? 0;
      expect(livingInGroup(group).length).toBeGreaterThan(1);
      // Terraform hears an answer before it writes its state; OpenTofu writes it every 20 seconds.
      await until("the state has what passed", () => isOpenTofu || noted() >= PASSING);
      apply.process.kill("SIGKILL");
      await until("the provider ends", () => livingInGroup(group).length === 0).finally(() => {
        for (const pid of livingInGroup(group)) process.kill(pid, "SIGKILL");
      });
      await apply.ended;
      await until("the gate hears that nobody waits", () => gate.waiting() === 0);
      gate.open();

      const [left, state] = [await stored(namespace), await known()];
      const lost = Object.keys(left).filter((key) => !(key in state));
      expect(left).toMatchObject(state);
      expect(Object.keys(left).length).toBeGreaterThanOrEqual(PASSING + HELD);
      // OpenTofu may have lost all.
      expect(lost.length).toBeGreaterThanOrEqual(HELD);
      if (!isOpenTofu) expect(Object.keys(state).length).toBeGreaterThanOrEqual(PASSING);

      const again = await terraform().apply();
      must(again, 1);
      const errors = errorsOf(again);
      expect(errors).toHaveLength(lost.length);
      const blocks = lost.map((key) => {
        const address = `namespace_kv.many["${key}"]`;
        const error = errors.find((one) => one.includes(`with ${address},`));
        const id = /terraform import \S.* '?"?(interrupt\.kill\/key-\d+)/.exec(error ?? "")?.[1];
        expect([address, id]).toEqual([address, `${namespace}/${key}`]);
        return `import {\n  to = ${address}\n  id = "${id}"\n}\n`;
      });
      await terraform().write(configOf(gate, namespace) + blocks.join(""));
      must(await terraform().apply());
      await mustBeEmpty(terraform());
      expect(Object.keys(await known())).toHaveLength(KEYS);
    }),
  );
});
