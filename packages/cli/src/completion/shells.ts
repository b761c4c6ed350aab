/** Shells that have completions. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
