#!/bin/sh
# Makes the certificates beside this file, with OpenSSL 3. They are for tests on the loopback interface only: the private keys
# are public. `authority.pem` issues all of them but `self-signed.pem` and those that are named after their issuer,
# `below-intermediate.pem` and `below-valid.pem`. All of them but the two authorities have the key `key.pem`.
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index"
cat >"$work/ca.conf" <<CONF
[ca]
default_ca = authority
[authority]
database = $work/index
new_certs_dir = $work
default_md = sha256
policy = any
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
[intermediate]
basicConstraints = critical, CA:true, pathlen:0
[local]
basicConstraints = critical, CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
[elsewhere]
basicConstraints = critical, CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:elsewhere.example
CONF

key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}
key_of() {
	if [ -e "$work/$1.key" ]; then echo "$work/$1.key"; else echo key.pem; fi
}
# issue <name> <extensions> <start> <end> [<issuer>]
issue() {
	openssl req -new -key "$(key_of "$1")" -subj "/CN=$1" -out "$work/$1.csr"
	issuer=${5:-authority}
	openssl ca -batch -notext -config "$work/ca.conf" -extensions "$2" -startdate "$3" -enddate "$4" \
		-cert "$issuer.pem" -keyfile "$(key_of "$issuer")" -in "$work/$1.csr" -out "$1.pem"
}

key "$work/authority.key"
key "$work/intermediate.key"
key key.pem
openssl req -x509 -new -key "$work/authority.key" -subj "/CN=Authority for tests" -days 36500 -out authority.pem
openssl req -x509 -new -key key.pem -subj "/CN=self-signed" -days 36500 -addext "subjectAltName = DNS:localhost, IP:127.0.0.1" \
	-out self-signed.pem
issue valid local 20200101000000Z 21200101000000Z
issue other-host elsewhere 20200101000000Z 21200101000000Z
issue expired local 20200101000000Z 20200201000000Z
issue not-yet-valid local 21100101000000Z 21200101000000Z
issue intermediate intermediate 20200101000000Z 21200101000000Z
issue below-intermediate local 20200101000000Z 21200101000000Z intermediate
issue below-valid local 20200101000000Z 21200101000000Z valid
