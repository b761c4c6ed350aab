const { signIn } = require("./sign-in.cjs");

void signIn().then(console.log);
