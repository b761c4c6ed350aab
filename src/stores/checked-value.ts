/** Maximum length of a value, characters. */
export const MAX_LENGTH = 64 * 1024;

/**
 * Returns a value that every store can keep.
 *
 * @throws TypeError if it is longer than 64 KiB, or not printable ASCII.
 * @internal
 */
export function checkedValue(value: string): string {
	if (value.length > MAX_LENGTH || !/^[ -~]*$/.test(value)) {
		throw new TypeError(
			`The value of a store is invalid: ${value.length} characters. It must be printable ASCII, up to ${MAX_LENGTH} characters`,
		);
	}
	return value;
}
