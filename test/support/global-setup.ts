import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMinio } from "./minio.ts";
import { startPostgres } from "./postgres.ts";
import { startService } from "./service.ts";

/** Builds the programs that the tests run as users do, and starts the real servers once for all of them. */
export async function setup(): Promise<() => Promise<void>> {
  execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts"], { stdio: "inherit" });
  const [postgres, minio] = await Promise.all([startPostgres(), startMinio()]);
  if (postgres) process.env["NSKV_TEST_DATABASE_URL"] = postgres.url;
  if (postgres?.tls) {
    process.env["NSKV_TEST_DATABASE_CERTIFICATE"] = postgres.tls.certificate;
    process.env["NSKV_TEST_DATABASE_KEY"] = postgres.tls.key;
  }
  if (minio) {
    process.env["NSKV_TEST_S3_ENDPOINT"] = minio.endpoint;
    process.env["NSKV_TEST_S3_ACCESS_KEY"] = minio.accessKey;
    process.env["NSKV_TEST_S3_SECRET_KEY"] = minio.secretKey;
  }
  const template = await embeddedTemplate();
  process.env["NSKV_TEST_EMBEDDED_TEMPLATE"] = template;
  return async () => {
    await Promise.all([postgres?.stop(), minio?.stop(), rm(template, { recursive: true, force: true })]);
  };
}

/** A store that was opened once. Tests begin with a copy, since to make a database costs seconds of both cores. */
async function embeddedTemplate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nskv-template-"));
  const service = await startService({ env: {}, flags: ["--data", folder], drop: async () => undefined });
  await service.stop();
  return folder;
}
