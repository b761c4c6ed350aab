import envPaths from "env-paths";

const paths = envPaths("echostream", { suffix: "" });

/** Where the profiles and the key of the cache are. Variable: `ECHOSTREAM_CONFIG_DIR`. */
export function configFolder(): string {
	return process.env.ECHOSTREAM_CONFIG_DIR || paths.config;
}

/** Where the credentials are cached. Variable: `ECHOSTREAM_CACHE_DIR`. */
export function cacheFolder(): string {
	return process.env.ECHOSTREAM_CACHE_DIR || paths.cache;
}
