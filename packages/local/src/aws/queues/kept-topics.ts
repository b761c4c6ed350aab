import type { SnsStore } from "fauxqs/dist/sns/snsStore.js";
import type { SnsSubscription, SnsTopic } from "fauxqs/dist/sns/snsTypes.js";
import type { Records } from "../../data/records.ts";
import { fromJson, toJson } from "../../data/rich-json.ts";

/** Topics and subscriptions that are in records: fills a store of fauxqs with them. */
export class KeptTopics {
	readonly #store: SnsStore;
	readonly #topics: Map<string, unknown>;
	readonly #subscriptions: Map<string, unknown>;

	constructor(store: SnsStore, records: Records) {
		this.#store = store;
		this.#topics = records.map("sns.topics");
		this.#subscriptions = records.map("sns.subscriptions");
		for (const [arn, topic] of this.#topics) store.topics.set(arn, fromJson(topic) as SnsTopic);
		for (const [arn, subscription] of this.#subscriptions) {
			store.subscriptions.set(arn, fromJson(subscription) as SnsSubscription);
		}
	}

	/** Records what a request has changed. */
	save(): void {
		update(this.#topics, this.#store.topics);
		update(this.#subscriptions, this.#store.subscriptions);
	}
}

/** Makes records equal to values that change in place. */
function update(kept: Map<string, unknown>, values: ReadonlyMap<string, unknown>): void {
	for (const key of kept.keys()) if (!values.has(key)) kept.delete(key);
	for (const [key, value] of values) {
		const json = toJson(value);
		if (JSON.stringify(json) !== JSON.stringify(kept.get(key))) kept.set(key, json);
	}
}
