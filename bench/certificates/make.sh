#!/bin/sh
# Makes the certificates beside this file, with OpenSSL 3. `authority.pem` issues `hosts.pem`, which has the key `hosts-key.pem`, for
# the host names in network.mjs. Only programs of the benchmark trust the authority, and its own key is not kept.
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
private_key = $work/authority.key
default_md = sha256
policy = any
rand_serial = yes
default_startdate = 20200101000000Z
default_enddate = 21200101000000Z
[any]
commonName = supplied
[authority_extensions]
basicConstraints = critical, CA:true
[hosts_extensions]
basicConstraints = critical, CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:cognito-idp.us-east-1.amazonaws.com, DNS:benchmark.appsync-api.us-east-1.amazonaws.com, DNS:dynamodb.us-east-1.amazonaws.com
CONF

key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}
issue() {
	openssl ca -batch -notext -config "$work/ca.conf" -extensions "$1_extensions" -in "$work/$1.csr" -out "$1.pem" $2
}

key "$work/authority.key"
key hosts-key.pem
openssl req -new -key "$work/authority.key" -subj "/CN=Authority of the benchmark" -out "$work/authority.csr"
openssl req -new -key hosts-key.pem -subj "/CN=Hosts of the benchmark" -out "$work/hosts.csr"
issue authority -selfsign
issue hosts "-cert authority.pem"
