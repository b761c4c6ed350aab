import { signIn } from "./sign-in.mjs";

void signIn().then(console.log);
