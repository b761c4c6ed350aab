import { isEchoStreamError } from "echostream-botocore";
import { useActionState } from "react";

interface Props {
	readonly onSubmit: (username: string, password: string) => Promise<void>;
}

interface Attempt {
	readonly username?: string;
	readonly failure?: string;
}

/** A form for the user name and the password. Shows why a sign-in failed. */
export function SignIn({ onSubmit }: Props) {
	const [attempt, submit, isPending] = useActionState<Attempt, FormData>(async (_, form) => {
		const username = String(form.get("username"));
		try {
			await onSubmit(username, String(form.get("password")));
			return { username };
		} catch (error) {
			if (!isEchoStreamError(error)) throw error;
			return { username, failure: error.message };
		}
	}, {});
	return (
		<form action={submit}>
			<label>
				User name <input name="username" defaultValue={attempt.username} autoComplete="username" required />
			</label>
			<label>
				Password <input name="password" type="password" autoComplete="current-password" required />
			</label>
			<button type="submit" disabled={isPending}>
				Sign in
			</button>
			{attempt.failure !== undefined && <p role="alert">{attempt.failure}</p>}
		</form>
	);
}
