import type { LocalTenant } from "echostream-local";
import { tenant as ofJest } from "echostream-local/jest";
import { tenant as ofNode } from "echostream-local/node-test";
import { tenant as ofVitest } from "echostream-local/vitest";

export const all: readonly LocalTenant[] = [ofJest, ofNode, ofVitest];
