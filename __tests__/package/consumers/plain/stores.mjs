import { SettingsError } from "echostream-botocore";
import { FileStore } from "echostream-botocore/stores";

try {
	new FileStore("");
} catch (error) {
	console.log(error instanceof SettingsError);
}
