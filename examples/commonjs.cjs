// A session in a CommonJS program. `npm run examples -- commonjs`
const { AppSession } = require("echostream-botocore");

async function main() {
	const session = new AppSession();
	const { name, table } = await session.describeTenant();
	console.log(`The table of tenant ${name} is ${table}`);
	session.destroy();
}

main().catch((error) => {
	console.error(error.message);
	process.exitCode = 1;
});
