import { execFileSync } from "node:child_process";
import { startMinio } from "./minio.ts";
import { startPostgres } from "./postgres.ts";

/** Builds the programs that the tests run as users do, and starts the real servers once for all of them. */
export async function setup(): Promise<() => Promise<void>> {
  execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts"], { stdio: "inherit" });
  const [postgres, minio] = await Promise.all([startPostgres(), startMinio()]);
  if (postgres) process.env["NSKV_TEST_DATABASE_URL"] = postgres.url;
  if (minio) {
    process.env["NSKV_TEST_S3_ENDPOINT"] = minio.endpoint;
    process.env["NSKV_TEST_S3_ACCESS_KEY"] = minio.accessKey;
    process.env["NSKV_TEST_S3_SECRET_KEY"] = minio.secretKey;
  }
  return async () => {
    await Promise.all([postgres?.stop(), minio?.stop()]);
  };
}
