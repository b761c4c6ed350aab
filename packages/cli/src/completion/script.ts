import { script } from "@bomb.sh/tab";
import type { Terminal } from "../terminal.ts";
import type { SHELLS } from "./shells.ts";

/**
 * What comes before the script for bash: the end of one that is loaded again, because its constants cannot be set twice, and what the
 * script requires of the package bash-completion, where that is not installed.
 */
const BEFORE_BASH = `if declare -F __echostream_complete >/dev/null; then return 0 2>/dev/null; fi
if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        cword=$COMP_CWORD
        words=("\${COMP_WORDS[@]:0:$((COMP_CWORD + 1))}")
        cur=\${COMP_WORDS[COMP_CWORD]}
        prev=\${COMP_WORDS[COMP_CWORD - 1]}
    }
fi`;

/** What comes after it: files are completed where it suggests nothing. */
const AFTER_BASH = "complete -o default -F __echostream_complete echostream";

/** `echostream complete`: prints the script that makes a shell complete `echostream`. */
export function printScript(shell: (typeof SHELLS)[number], terminal: Terminal): void {
	if (shell === "bash") terminal.print(BEFORE_BASH);
	script(shell, "echostream", "echostream");
	if (shell === "bash") terminal.print(AFTER_BASH);
}
