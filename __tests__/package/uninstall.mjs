export { remove as default } from "./install.mjs";
