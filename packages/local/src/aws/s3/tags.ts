import { invalidArgument, malformedXml, S3Error } from "./s3-error.ts";
import type { Tag } from "./s3-store.ts";
import { childText, parseXml, type XmlElement } from "./xml.ts";

const MAX_TAGS = 10;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;

/** The tags in an `x-amz-tagging` header. @throws S3Error for invalid ones. */
export function tagsOfHeader(header = ""): readonly Tag[] {
	const tags = [...new URLSearchParams(header)];
	if (new Set(tags.map(([key]) => key)).size < tags.length) {
		throw invalidArgument(
			"The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
			"x-amz-tagging",
			header,
		);
	}
	return checkTags(tags);
}

/** The tags in the body of `PutObjectTagging`, or in the `tagging` field of a form. @throws S3Error for invalid ones. */
export function tagsOfXml(body: Buffer): readonly Tag[] {
	const { children } = parseXml(body, "Tagging");
	const [set, ...others] = children;
	if (set?.name !== "TagSet" || others.length > 0) throw malformedXml();
	const tags = set.children.map(tagOf);
	if (new Set(tags.map(([key]) => key)).size < tags.length) {
		throw new S3Error("InvalidTag", 400, "Cannot provide multiple Tags with the same key");
	}
	return checkTags(tags);
}

function tagOf(element: XmlElement): Tag {
	const key = childText(element, "Key");
	const value = childText(element, "Value");
	if (element.name !== "Tag" || key === undefined || value === undefined) throw malformedXml();
	return [key, value];
}

function checkTags(tags: readonly Tag[]): readonly Tag[] {
	if (tags.length > MAX_TAGS) throw new S3Error("BadRequest", 400, "Object tags cannot be greater than 10");
	for (const [key, value] of tags) {
		if (key === "" || key.length > MAX_KEY_LENGTH) {
			throw new S3Error("InvalidTag", 400, "The TagKey you have provided is invalid", { TagKey: key });
		}
		if (value.length > MAX_VALUE_LENGTH) {
			throw new S3Error("InvalidTag", 400, "The TagValue you have provided is invalid", {
				TagKey: key,
				TagValue: value,
			});
		}
	}
	return tags;
}
