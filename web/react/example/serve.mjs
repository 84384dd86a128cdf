// Serves the built page on a free port of this machine, for the browser tests. It says where, and stops with its parent.

import { preview } from "vite";

const server = await preview({ root: import.meta.dirname, logLevel: "warn", preview: { host: "127.0.0.1", port: 0 } });
process.stdout.write(`the example is ready on http://127.0.0.1:${server.httpServer.address().port}\n`);
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
