import { randomUUID } from "node:crypto";
import { ProblemError } from "../../api/failures.ts";
import { createNamespace, deleteNamespace, patchNamespace, readNamespace } from "../../api/namespaces.ts";
import { problemNameOf } from "../../api/problem.ts";
import { bool, nullOf } from "../cty/make.ts";
import { mapType, STRING } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Resource } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { textAt } from "./entry-state.ts";
import { NAMESPACE_IDENTITY } from "./identities.ts";
import { namespaceChanged, namespaceExists, namespaceNotEmpty, nothingToImport } from "./namespace-refusals.ts";
import { NAMESPACE } from "./namespace-schema.ts";
import { namespaceFields, namespaceState } from "./namespace-state.ts";
import { explained, ofCreate } from "./refusals.ts";
import { validateNamespace } from "./validate-namespace.ts";

/** A namespace that somebody declared. One that is there only because of its keys is nobody's. */
export const namespace: Resource<Store> = {
  schema: NAMESPACE,
  identity: NAMESPACE_IDENTITY,
  validate: validateNamespace,

  async create(planned, { client, writeSignal }) {
    const name = textAt(planned, "name");
    const fields = namespaceFields(planned);
    const view = await createNamespace(client.api, name, fields, randomUUID(), writeSignal).catch((failure) => {
      throw explained(ofCreate(name, failure, writeSignal), { "namespace-exists": () => namespaceExists(name) });
    });
    return { state: namespaceState(view, attribute(planned, "force_destroy"), attribute(planned, "labels")) };
  },

  async read(state, { client, signal }) {
    const view = await readNamespace(client.api, textAt(state, "name"), signal);
    if (!view?.declared) return { state: undefined };
    return { state: namespaceState(view, attribute(state, "force_destroy"), attribute(state, "labels")) };
  },

  async update(prior, planned, { client, writeSignal }) {
    const name = textAt(prior, "name");
    const labels = attribute(planned, "labels");
    const fields = namespaceFields(planned);
    const forced = attribute(planned, "force_destroy");
    const etag = textAt(prior, "etag");
    if (JSON.stringify(fields) === JSON.stringify(namespaceFields(prior))) return { state: planned };
    const view = await patchNamespace(client.api, name, fields, etag, randomUUID(), writeSignal).catch((failure) => {
      throw explained(failure, {
        "namespace-changed": () => namespaceChanged(name),
        "not-found": () => namespaceChanged(name),
      });
    });
    return { state: namespaceState(view, forced, labels) };
  },

  async delete(prior, { client, writeSignal }) {
    const [name, force] = [textAt(prior, "name"), attribute(prior, "force_destroy")];
    const forced = force.kind === "bool" && force.value;
    await deleteNamespace(client.api, name, textAt(prior, "etag"), forced, writeSignal).catch(async (failure) => {
      const problem = failure instanceof ProblemError ? problemNameOf(failure.problem.type) : undefined;
      if (problem === "not-found") return;
      // What was deleted and what was changed are refused alike.
      if (problem === "namespace-changed" && !(await readNamespace(client.api, name, writeSignal))?.declared) return;
      throw explained(failure, {
        "namespace-changed": () => namespaceChanged(name),
        "namespace-not-empty": () => namespaceNotEmpty(name),
      });
    });
  },

  async import(id, { client, signal }) {
    const view = await readNamespace(client.api, id, signal);
    if (view?.declared) return namespaceState(view, bool(false), nullOf(mapType(STRING)));
    throw new DiagnosticError(nothingToImport(id, view !== undefined));
  },
};
