import { type SQL, sql } from "drizzle-orm";
import type { Labels } from "../domain/entry.ts";
import type { NamespaceName } from "../domain/namespace.ts";
import type { Namespace } from "../domain/namespaces.ts";
import type { Row } from "./database.ts";
import { instantFromDatabase } from "./instant.ts";
import { commaSeparated } from "./statement.ts";
import { namespaces } from "./tables/namespaces.ts";

/** The columns that make a namespace, as `namespaceOf` reads them. `extra` comes last: lists leave it out. */
const SHOWN = [
  namespaces.name,
  namespaces.description,
  namespaces.labels,
  namespaces.allowedNamespaces,
  namespaces.maxRevisions,
  namespaces.defaultTtl,
  namespaces.declared,
  namespaces.revision,
  namespaces.etag,
  namespaces.createdAt,
  namespaces.createdBy,
  namespaces.updatedAt,
  namespaces.updatedBy,
];

const columns = (from: string, names: readonly { readonly name: string }[]): SQL =>
  commaSeparated(names.map(({ name }) => sql`${sql.identifier(from)}.${sql.identifier(name)}`));

export const listedColumnsOf = (from: string): SQL => columns(from, SHOWN);
export const namespaceColumnsOf = (from: string): SQL => columns(from, [...SHOWN, namespaces.extra]);

export function listedNamespaceOf(row: Row): Omit<Namespace, "extra"> {
  const [name, description, labels, allowed, maxRevisions, defaultTtl, declared, revision, etag, ...changes] = row;
  const [createdAt, createdBy, updatedAt, updatedBy] = changes;
  return {
    name: `${name}` as NamespaceName,
    description: description ?? undefined,
    labels: JSON.parse(labels ?? "{}") as Labels,
    allowedNamespaces: allowed ? (JSON.parse(allowed) as NamespaceName[]) : undefined,
    maxRevisions: maxRevisions ? Number(maxRevisions) : undefined,
    defaultTtl: defaultTtl ?? undefined,
    declared: declared === "t",
    revision: Number(revision),
    etag: `${etag}`,
    createdAt: instantFromDatabase(`${createdAt}`),
    createdBy: `${createdBy}`,
    updatedAt: instantFromDatabase(`${updatedAt}`),
    updatedBy: `${updatedBy}`,
  };
}

export const namespaceOf = (row: Row): Namespace => ({ ...listedNamespaceOf(row), extra: row[SHOWN.length] ?? "{}" });
