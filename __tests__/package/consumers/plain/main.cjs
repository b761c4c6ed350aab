const { signIn } = require("./sign-in.cjs");

signIn().then(console.log);
