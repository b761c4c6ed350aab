import { DARK_TEXT_STYLE, escapeXml, TEXT_STYLE } from "./svg.mjs";

const WIDTH = 760;
const LEFT = 16;
const RIGHT = 120;
const HEADING = 56;
const HEIGHT = 168;
const FOOT = 62;

const STYLE = `
${TEXT_STYLE}
.grid { stroke: #d1d9e0 }
path { fill: none; stroke-width: 2 } circle { stroke-width: 2 }
.c0 { stroke: #0969da } .c1 { stroke: #818b98 } .f0 { fill: #0969da } .f1 { fill: #818b98 }
.l0 { fill: #0969da; font-weight: 600 } .l1 { fill: #59636e } .hollow { fill: #ffffff }
@media (prefers-color-scheme: dark) {
${DARK_TEXT_STYLE}
.grid { stroke: #3d444d }
.c0 { stroke: #4493f8 } .c1 { stroke: #7d8590 } .f0 { fill: #4493f8 } .f1 { fill: #7d8590 }
.l0 { fill: #4493f8 } .l1 { fill: #9198a1 } .hollow { fill: #0d1117 }
}`;

/**
 * Draws line charts one below the other, all over the same logarithmic x-axis. Colours follow the reader's light or dark mode. Every
 * point has its figure, so that a chart can be read without colours and grid. Computed points are hollow, and their lines dashed.
 *
 * @param {{title: string, note: string, axis: string, xs: number[], computed: number[], panels: {title: string, isLogarithmic: boolean,
 *   lines: {name: string, isBelow: boolean, values: number[], labels: string[]}[]}[]}} chart - `computed`: those of `xs` that were
 *   computed. `isBelow`: whether the figures of a line are below it. The first line is the emphasized one.
 */
export function lineChart({ title, note, axis, xs, computed, panels }) {
	const top = 50;
	const height = top + panels.length * (HEADING + HEIGHT + FOOT);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escapeXml(title)}</title>
<style>${STYLE}
</style>
<text class="title" x="0" y="18">${escapeXml(title)}</text>
<text class="note" x="0" y="38">${escapeXml(note)}</text>
${panels.map((panel, i) => `<g transform="translate(0 ${top + i * (HEADING + HEIGHT + FOOT)})">${drawPanel(panel, { axis, xs, computed })}</g>`).join("\n")}
</svg>
`;
}

function drawPanel({ title, isLogarithmic, lines }, { axis, xs, computed }) {
	const scale = isLogarithmic ? Math.log10 : (value) => value;
	const largest = Math.max(...lines.flatMap(({ values }) => values.map(scale)));
	const x = (value) => round(LEFT + 24 + (Math.log10(value) / Math.log10(xs.at(-1))) * (WIDTH - LEFT - RIGHT - 24));
	const y = (value) => round(HEADING + HEIGHT * (1 - scale(value) / largest));
	const base = HEADING + HEIGHT + 28;
	return [
		`<text x="0" y="20" style="font-weight: 600">${escapeXml(title)}</text>`,
		...xs.map(
			(value) =>
				`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${HEADING - 8}" y2="${base}"/>` +
				`<text class="axis" x="${x(value)}" y="${base + 16}" text-anchor="middle">${value.toLocaleString("en")}</text>`,
		),
		`<text class="axis" x="${WIDTH}" y="${base + 16}" text-anchor="end">${escapeXml(axis)}</text>`,
		...lines.toReversed().map((line) => drawLine(line, lines.indexOf(line))),
	].join("\n");

	function drawLine({ name, isBelow, values, labels }, index) {
		const points = xs.map((value, i) => ({ x: x(value), y: y(values[i]), isComputed: computed.includes(value) }));
		const solid = points.filter(({ isComputed }) => !isComputed);
		const dashed = [solid.at(-1), ...points.filter(({ isComputed }) => isComputed)];
		const path = (some) => `M${some.map((point) => `${point.x} ${point.y}`).join("L")}`;
		const end = points.at(-1);
		return [
			`<path class="c${index}" d="${path(solid)}"/>`,
			`<path class="c${index}" d="${path(dashed)}" stroke-dasharray="3 4"/>`,
			...points.map(
				(point, i) =>
					`<circle class="c${index} ${point.isComputed ? "hollow" : `f${index}`}" cx="${point.x}" cy="${point.y}" r="4">` +
					`<title>${escapeXml(`${name}, ${xs[i].toLocaleString("en")}: ${labels[i]}`)}</title></circle>` +
					`<text class="l${index}" x="${point.x}" y="${round(point.y + (isBelow ? 20 : -10))}" text-anchor="middle">${escapeXml(labels[i])}</text>`,
			),
			`<text class="l${index}" x="${end.x + 12}" y="${end.y + 4}">${escapeXml(name)}</text>`,
		].join("\n");
	}
}

function round(value) {
	return Math.round(value * 10) / 10;
}
