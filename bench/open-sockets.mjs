import { Socket } from "node:net";

/**
 * Client sockets of this process: how many are open, and how many were open at once at most.
 *
 * Sockets that idle in a pool keep no process alive, so that Node does not count them among its active resources.
 */
export const sockets = { open: 0, most: 0 };

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
	sockets.open++;
	sockets.most = Math.max(sockets.most, sockets.open);
	this.once("close", () => sockets.open--);
	return connect.apply(this, args);
};

/** Waits until closed sockets are gone, and collects the garbage again. Requires `--expose-gc`. */
export async function settle() {
	for (let i = 0; i < 3; i++) {
		await new Promise((resolve) => setTimeout(resolve, 100));
		globalThis.gc();
	}
}
