import { DARK_TEXT_STYLE, escapeXml, TEXT_STYLE } from "./svg.mjs";

const WIDTH = 760;
const LABEL = 252;
const VALUE = 64;
const BAR = 13;
const GAP = 12;
const HEADING = 58;

/**
 * Draws a chart of horizontal bars: a group per row, a bar per series, and one scale for all. Colours follow the reader's light
 * or dark mode. Every bar has its figure beside it, so that the chart can be read without colours and grid.
 *
 * @param {{title: string, note: string, unit: string, digits: number, series: string[],
 *   rows: {name: string, ours: boolean, values: number[]}[]}[]} panels
 */
export function barChart(panels) {
	let y = 0;
	const body = panels.map((panel) => {
		const svg = `<g transform="translate(0 ${y})">${drawPanel(panel)}</g>`;
		y += HEADING + panel.rows.length * rowHeight(panel) + 30;
		return svg;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-labelledby="title">
<title id="title">${escapeXml(panels.map(({ title }) => title).join("; "))}</title>
<style>
${TEXT_STYLE}
.ours { font-weight: 600 }
.line { stroke: #d1d9e0 } .base { stroke: #59636e }
.o0 { fill: #0969da } .o1 { fill: #80b9f5 } .t0 { fill: #818b98 } .t1 { fill: #c3cad2 }
@media (prefers-color-scheme: dark) {
${DARK_TEXT_STYLE}
.line { stroke: #3d444d } .base { stroke: #9198a1 }
.o0 { fill: #4493f8 } .o1 { fill: #28548f } .t0 { fill: #7d8590 } .t1 { fill: #474e57 }
}
</style>
${body.join("\n")}
</svg>
`;
}

function rowHeight({ series }) {
	return series.length * (BAR + 2) + GAP;
}

function drawPanel(panel) {
	const { title, note, unit, digits, series, rows } = panel;
	const height = rowHeight(panel);
	const largest = Math.max(...rows.flatMap(({ values }) => values));
	const x = (value) => LABEL + (value / largest) * (WIDTH - LABEL - VALUE);
	const bottom = HEADING + rows.length * height - 4;
	const parts = [
		`<text class="title" x="0" y="18">${escapeXml(title)}</text>`,
		`<text class="note" x="0" y="38">${escapeXml(note)}</text>`,
		...ticks(largest).map(
			(tick) =>
				`<line class="${tick === 0 ? "base" : "line"}" x1="${x(tick)}" x2="${x(tick)}" y1="${HEADING - 8}" y2="${bottom}"/>` +
				`<text class="axis" x="${x(tick)}" y="${bottom + 14}" text-anchor="middle">${tick}${tick === 0 ? "" : unit}</text>`,
		),
	];
	for (const [i, { name, ours, values }] of rows.entries()) {
		const top = HEADING + i * height;
		const middle = top + (values.length * (BAR + 2)) / 2 + 4;
		parts.push(
			`<text class="${ours ? "ours" : ""}" x="${LABEL - 10}" y="${middle}" text-anchor="end">${escapeXml(name)}</text>`,
		);
		for (const [j, value] of values.entries()) {
			const barTop = top + j * (BAR + 2);
			const words = `${value.toFixed(digits)}${unit}`;
			parts.push(
				`<rect class="${ours ? "o" : "t"}${j}" x="${LABEL}" y="${barTop}" width="${(x(value) - LABEL).toFixed(1)}" height="${BAR}" rx="2">` +
					`<title>${escapeXml(`${name}${series[j] ? `, ${series[j]}` : ""}: ${words}`)}</title></rect>`,
				`<text class="${ours ? "ours" : ""}" x="${(x(value) + 5).toFixed(1)}" y="${barTop + BAR - 2}">${words}</text>`,
			);
		}
	}
	return parts.join("\n");
}

/** Three to six round values, starting at 0. */
function ticks(largest) {
	const size = 10 ** Math.floor(Math.log10(largest));
	const step = [0.2, 0.5, 1, 2].map((share) => share * size).find((candidate) => largest / candidate <= 6) ?? 5 * size;
	return Array.from({ length: Math.floor(largest / step) + 1 }, (_, i) => Number((i * step).toPrecision(3)));
}
