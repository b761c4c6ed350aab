// The SDK's readers of the shared config files. The build copies them, because they moved within the SDK's packages more than once,
// and a Lambda runtime brings its own release of those. Imported on first use.
export {
	booleanSelector,
	getProfileName,
	loadConfig,
	loadSharedConfigFiles,
	SelectorType,
} from "@smithy/core/config";
