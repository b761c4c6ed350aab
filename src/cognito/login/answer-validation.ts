import { isObject } from "../../platform/settings.ts";

/** Whether a function may return this value as the answer to a challenge. */
export function isAnswer(challengeName: string, value: unknown): boolean {
	return challengeName === "NEW_PASSWORD_REQUIRED" ? isNewPassword(value) : typeof value === "string";
}

/** Whether a value is a password, or `{ password, attributes }`. */
export function isNewPassword(value: unknown): boolean {
	if (typeof value === "string") return true;
	if (!isObject(value) || typeof value.password !== "string" || value.password === "") return false;
	const { attributes = {} } = value;
	return isObject(attributes) && Object.values(attributes).every((one) => typeof one === "string");
}
