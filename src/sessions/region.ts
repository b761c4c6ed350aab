import { environmentVariable } from "../platform/settings.ts";
import { profileSection } from "../platform/shared-config.ts";

/**
 * The AWS region that this machine is set up for: `AWS_REGION`, else `AWS_DEFAULT_REGION` (what Python programs set), else
 * that of the profile in the shared config file.
 *
 * @param profile - The profile; default: `AWS_PROFILE`, else `default`.
 */
export async function configuredRegion(profile?: string): Promise<string | undefined> {
	return (
		environmentVariable("AWS_REGION") ??
		environmentVariable("AWS_DEFAULT_REGION") ??
		(await profileSection(profile)).region
	);
}
