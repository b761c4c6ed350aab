const { SettingsError } = require("echostream-botocore");
const { FileStore } = require("echostream-botocore/stores");

try {
	new FileStore("");
} catch (error) {
	console.log(error instanceof SettingsError);
}
