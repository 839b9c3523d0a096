import { expect, it } from "vitest";
import { serversOf } from "./postgres-url.ts";

const at = (host: string, port = 5432) => ({ host, port, path: undefined });

it.each([
  { url: "postgres://u:p@db.example/name", servers: [at("db.example")] },
  { url: "postgresql://db:6543/name?sslmode=require", servers: [at("db", 6543)] },
  { url: "postgres://u:p%40ss@one:1,two:2,three/name", servers: [at("one", 1), at("two", 2), at("three")] },
  { url: "postgres://u@[::1]:7/name", servers: [at("::1", 7)] },
  { url: "postgres:///name", servers: [at("localhost")] },
  {
    url: "postgres://u@%2Frun%2Fpostgresql:6000/name",
    servers: [{ host: "/run/postgresql", port: 6000, path: "/run/postgresql/.s.PGSQL.6000" }],
  },
])("$url leads to its servers", ({ url, servers }) => {
  expect(serversOf(url)).toEqual(servers);
});
