import { readFileSync } from "node:fs";
import * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { describe, expect, test } from "@jest/globals";
import * as here from "../../src/index.ts";

/** The public names of pycognito's classes. */
const PYCOGNITO: Record<string, string> = {
	Cognito: `user_pool_url get_keys get_key verify_tokens verify_token get_user_obj get_group_obj switch_session check_token
		set_base_attributes add_custom_attributes register admin_confirm_sign_up confirm_sign_up resend_confirmation_code
		admin_authenticate authenticate new_password_challenge logout admin_update_profile update_profile get_user get_users
		admin_get_user admin_create_user send_verification validate_verification renew_access_token initiate_forgot_password
		delete_user admin_delete_user admin_reset_password confirm_forgot_password change_password get_group get_groups
		admin_add_user_to_group admin_remove_user_from_group admin_list_groups_for_user admin_enable_user admin_disable_user
		admin_create_identity_provider admin_describe_identity_provider admin_update_identity_provider
		describe_user_pool_client admin_update_user_pool_client associate_software_token verify_software_token
		set_user_mfa_preference respond_to_software_token_mfa_challenge respond_to_sms_mfa_challenge
		user_class group_class UserObj GroupObj`,
	AWSSRP: `get_auth_params get_secret_hash get_cognito_formatted_timestamp process_challenge process_device_challenge
		authenticate_user set_new_password_challenge confirm_device update_device_status forget_device`,
	"RequestsSrpAuth, exceptions": `RequestsSrpAuth ForceChangePasswordException TokenVerificationException
		SoftwareTokenMFAChallengeException SMSMFAChallengeException`,
};

const text = readFileSync(new URL("../../docs/pycognito.md", import.meta.url), "utf8");

/** The table under a heading: what it is about, and what it names. The last column is the verdict. */
function tableUnder(heading: string): { readonly python: string; readonly ours: string } {
	const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
	const rows = [...section.matchAll(/^\| (.+?) \| (.+) \| [\w ]+ \|$/gm)];
	return { python: rows.map(([, first]) => first).join("\n"), ours: rows.map(([, , second]) => second).join("\n") };
}

const missing = (names: Iterable<RegExpExecArray>, place: object) =>
	[...names].map(([, name = ""]) => name).filter((name) => !(name in place));

describe.each(Object.entries(PYCOGNITO))("the table of pycognito's %s", (heading, names) => {
	const { python, ours } = tableUnder(heading);

	test("the pycognito table has every public name", () => {
		expect(names.split(/\s+/).filter((name) => !new RegExp(`\`(.*\\W)?${name}\\b`).test(python))).toEqual([]);
	});

	test("the pycognito table names nothing that does not exist", () => {
		expect(
			missing(ours.matchAll(/\buser\.(\w+)/g), new here.Cognito({ userPoolId: "us-east-1_A", clientId: "c" })),
		).toEqual([]);
		expect(missing(ours.matchAll(/\bnew (\w+Command)\b/g), sdk)).toEqual([]);
		expect(missing(ours.matchAll(/\b(paginate\w+)\(/g), sdk)).toEqual([]);
		expect(missing(ours.matchAll(/`(\w+Error|Cognito|LocalTenant)`/g), { ...here, LocalTenant: true })).toEqual([]);
	});
});

test("the pycognito tables are not empty", () => {
	expect(text.match(/\buser\.\w+\(/g)?.length).toBeGreaterThan(25);
	expect(text.match(/\bidp\b/g)?.length).toBeGreaterThan(20);
});
