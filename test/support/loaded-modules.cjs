const { isMainThread } = require("node:worker_threads");

// Loaded before a program by --require: tells on stderr, at its end, which packages it has loaded.
if (isMainThread)
  process.once("exit", () => {
    const packages = Object.keys(require.cache).map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
    process.stderr.write(`\nloaded packages: ${[...new Set(packages)].sort().join(" ")}\n`);
  });
