/** The text styles of the charts. Colours follow the reader's light or dark mode. */
export const TEXT_STYLE = `text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.note, .axis { font-size: 12px; fill: #59636e }`;

/** The same, for dark mode. */
export const DARK_TEXT_STYLE = "text { fill: #f0f6fc } .note, .axis { fill: #9198a1 }";

export function escapeXml(text) {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
