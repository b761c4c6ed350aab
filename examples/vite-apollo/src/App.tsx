import { ApolloProvider } from "@apollo/client/react";
import { useState } from "react";
import { AppDetails } from "./AppDetails.tsx";
import { SignIn } from "./SignIn.tsx";
import { type SignedIn, signIn } from "./session.ts";

export function App() {
	const [signedIn, setSignedIn] = useState<SignedIn>();
	if (signedIn === undefined) {
		return <SignIn onSubmit={async (username, password) => setSignedIn(await signIn(username, password))} />;
	}
	const signOut = () => {
		signedIn.signOut();
		setSignedIn(undefined);
	};
	return (
		<ApolloProvider client={signedIn.client}>
			<button type="button" onClick={signOut}>
				Sign out
			</button>
			<AppDetails />
		</ApolloProvider>
	);
}
