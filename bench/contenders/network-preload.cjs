// Connects a Node program with the network of network-process.mjs. Every program of "first item over TLS" preloads it, so that all
// bear its costs alike. In each, Node's own code resolves, connects, encrypts and verifies.
const dns = require("node:dns");
const { readFileSync } = require("node:fs");
const net = require("node:net");
const tls = require("node:tls");

const { resolver, ports, authority } = JSON.parse(process.env.BENCH_NETWORK);

// Names are resolved by the network's resolver. A timer here would start too early while the program computes. The connections to
// it are opened before the program starts, so that a name is sent at once, as a thread of Node's would.
const toResolver = Object.keys(ports).map(() => net.connect(resolver, "127.0.0.1").unref());
const resolved = new Map();
function resolve(host) {
	if (!(host in ports)) return Promise.reject(Object.assign(new Error(`${host} is unknown`), { code: "ENOTFOUND" }));
	return new Promise((done, fail) => {
		const socket = toResolver.pop().ref();
		socket.once("data", (address) => done(String(address))).once("error", fail);
		socket.write(host);
	});
}
dns.lookup = (host, options, callback) => {
	if (!resolved.has(host)) resolved.set(host, resolve(host));
	resolved.get(host).then(
		(address) => process.nextTick(callback, null, ...(options.all ? [[{ address, family: 4 }]] : [address, 4])),
		(error) => process.nextTick(callback, error),
	);
};

// Port 443 may be forbidden or taken.
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (first, ...rest) {
	const options = Array.isArray(first) ? first[0] : first;
	const port = ports[options?.host];
	if (port === undefined) return connect.call(this, first, ...rest);
	const directed = { ...options, port };
	// net.connect() hands over an array that it has marked with a symbol.
	return connect.call(this, Array.isArray(first) ? Object.assign([], first, [directed]) : directed, ...rest);
};

// Only the authority is trusted: one that is added to Node's own costs Node 20 the time to parse these for every connection. At AWS they
// are parsed once, at the first use of TLS, so that time is spent here too.
const ca = readFileSync(authority);
const { createSecureContext } = tls;
tls.createSecureContext = (options) => {
	createSecureContext();
	tls.createSecureContext = withAuthority;
	return withAuthority(options);
};

function withAuthority(options) {
	return createSecureContext({ ca, ...options });
}
