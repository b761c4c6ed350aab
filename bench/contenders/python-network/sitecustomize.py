# Connects a Python program with the network of network-process.mjs, as network-preload.cjs connects a Node program.
import json
import os
import socket

network = json.loads(os.environ["BENCH_NETWORK"])
getaddrinfo = socket.getaddrinfo
resolved = {}


def resolve(host, port, *args, **kwargs):
    if host not in network["ports"]:
        return getaddrinfo(host, port, *args, **kwargs)
    if host not in resolved:
        with socket.create_connection(("127.0.0.1", network["resolver"])) as resolver:
            resolver.sendall(host.encode())
            resolved[host] = resolver.recv(64).decode()
    address = (resolved[host], network["ports"][host])
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]


socket.getaddrinfo = resolve
