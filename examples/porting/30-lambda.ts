// Call a function and read its result, and see that another one does not exist.
import { Lambda, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { ApiSession } from "echostream-botocore";

const functions = new ApiSession().client(Lambda);

const response = await functions.invoke({ FunctionName: "echo", Payload: JSON.stringify({ n: [1, 2] }) });
console.log(JSON.stringify(response.StatusCode));
console.log(JSON.stringify(JSON.parse(response.Payload?.transformToString() ?? "null")));
console.log(JSON.stringify(response.FunctionError ?? null));
try {
	await functions.invoke({ FunctionName: "none" });
} catch (error) {
	if (!(error instanceof ResourceNotFoundException)) throw error;
	console.log(JSON.stringify(error.$metadata.httpStatusCode));
}
