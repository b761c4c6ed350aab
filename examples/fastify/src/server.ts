import { build } from "./app.js";

// The session's lines have their text in `message`. This key lets the other lines have it there too.
const app = build({ logger: { messageKey: "message" } });
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => app.close());
await app.listen({ host: process.env.HOST ?? "127.0.0.1", port: Number(process.env.PORT ?? 3000) });
