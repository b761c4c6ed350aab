interface ImportMetaEnv {
	readonly VITE_APP: string;
	readonly VITE_APPSYNC_ENDPOINT: string;
	readonly VITE_AWS_ENDPOINT_URL?: string;
	readonly VITE_CLIENT_ID: string;
	readonly VITE_TENANT: string;
	readonly VITE_USER_POOL_ID: string;
}
