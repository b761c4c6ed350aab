// Every entry of the libraries, in a program that lacks their optional packages.
import { Session } from "echostream-boto3";
import { AppSession } from "echostream-botocore";
import { apolloClient } from "echostream-botocore/apollo";
import { FileStore, RedisStore, Store } from "echostream-botocore/stores";
import { type LocalTenant, ManualClock } from "echostream-local";
import { tenant } from "echostream-local/jest";

const clock = new ManualClock();
export const session: AppSession = new AppSession({ clock, store: new FileStore() });
export const stores: readonly (abstract new (...args: never) => Store)[] = [FileStore, RedisStore, Store];
export const boto3 = new Session({ botocoreSession: session, services: {} });
export const tenants: readonly LocalTenant[] = [tenant];
export const apollo: unknown = apolloClient(session);
