import { defineConfig } from "vitest/config";

export default defineConfig({ test: { setupFiles: ["echostream-local/vitest"], maxWorkers: 2 } });
