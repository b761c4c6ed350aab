// Runs the program that the second argument names with a compile cache in the folder that the first names.
import module from "node:module";

module.enableCompileCache?.(process.argv[2]);
await import(process.argv[3]);
