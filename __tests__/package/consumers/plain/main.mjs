import { signIn } from "./sign-in.mjs";

signIn().then(console.log);
