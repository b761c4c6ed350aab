import { environmentVariable } from "../platform/settings.ts";
import { profileSection } from "../platform/shared-config.ts";

/**
 * The configured AWS region: `AWS_REGION`, else `AWS_DEFAULT_REGION` (which Python programs use), else the region of the
 * profile in the shared config file.
 *
 * @param profile - Name of the profile. Default: `AWS_PROFILE`, else `default`.
 */
export async function configuredRegion(profile?: string): Promise<string | undefined> {
	return (
		environmentVariable("AWS_REGION") ??
		environmentVariable("AWS_DEFAULT_REGION") ??
		(await profileSection(profile)).region
	);
}
