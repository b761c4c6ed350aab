import { checkCode } from "../arguments.ts";

/** The arguments of `Validate`. */
export interface ValidateArguments {
	readonly code: string;
}

/** The result of `Validate`. The code is Python, which does not run in the local tenant: only its form is checked. */
export function validate({ code }: ValidateArguments) {
	checkCode(code);
	return {
		logs: "The local tenant does not run Python: only the form of the code was checked",
		result: null,
		stdout: "",
	};
}
