import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./service/metadata/tables/*.ts",
  out: "./service/metadata/migrations",
});
