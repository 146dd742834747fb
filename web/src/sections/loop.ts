// The loop's picture: the stations of this run in a round, with what went through each and how long
// it took. Every figure of it stands in a section below, and is its own there.
import {chart} from "../charts";
import type {Part} from "../document";
import {type Child, el} from "../dom";
import {seconds} from "../figures";
import {loopOf, type LoopStation} from "../loop_picture";

const SVG = "http://www.w3.org/2000/svg";

function svg(name: string, attributes: Record<string, string|number>, text = ""): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== "") made.textContent = text;
  return made;
}

interface Box {
  x: number;
  y: number;
}
const LEAST = 140;  // as wide as boxes of two rows are at least, and at most
const MOST = 205;
const BETWEEN = 36;
const TALL = 84;

function box(station: LoopStation, at: Box, width: number): SVGElement {
  const group = svg("g", {opacity: station.nothing ? 0.8 : 1});
  const text = (y: number, words: string, more: Record<string, string|number> = {}) =>
      group.append(svg("text", {x: at.x + 10, y: at.y + y, fill: "currentColor", ...more}, words));
  group.append(svg("rect", {
    x: at.x,
    y: at.y,
    width,
    height: TALL,
    rx: 8,
    fill: "var(--raised)",
    stroke: station.nothing ? "var(--line)" : "var(--series-1)",
    "stroke-width": 1.5,
    "stroke-dasharray": station.nothing ? "4 4" : "none",
  }));
  text(22, station.name, {"font-weight": 600, "font-size": 14});
  if (station.nothing) {
    text(42, "nothing in this run", {fill: "var(--quiet)", "font-size": 12});
    return group;
  }
  const most = Math.floor((width - 20) / 6.4);
  station.lines.slice(0, 2).forEach(
      (line, i) => text(
          40 + 16 * i, line.length > most ? `${line.slice(0, most - 1)}…` : line,
          {"font-size": 12}));
  text(74, `${seconds(station.seconds)} s`, {fill: "var(--quiet)", "font-size": 12});
  return group;
}

function arrow(path: string): SVGElement {
  return svg("path", {
    d: path,
    fill: "none",
    stroke: "var(--quiet)",
    "stroke-width": 1.6,
    "marker-end": "url(#loop-arrow)",
  });
}

function tip(): SVGElement {
  const defs = svg("defs", {});
  const marker = svg("marker", {
    id: "loop-arrow",
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: "auto-start-reverse",
  });
  marker.append(svg("path", {d: "M0 0 8 4 0 8z", fill: "var(--quiet)"}));
  defs.append(marker);
  return defs;
}

/** Two rows where there is room, to the right above and back below; else one under the other. */
function round(stations: LoopStation[], width: number): SVGElement {
  const above = Math.ceil(stations.length / 2);
  const wide = Math.min(MOST, (width - 2 - (above - 1) * BETWEEN) / above);
  return wide >= LEAST ? twoRows(stations, above, wide, width) : oneColumn(stations, width);
}

function twoRows(stations: LoopStation[], above: number, wide: number, width: number): SVGElement {
  const height = 2 * TALL + 52;
  const whole = svg("svg", {width, height, viewBox: `0 0 ${width} ${height}`});
  const below = stations.length - above;
  const step = (width - 2 - wide) / (above - 1);
  // The lower row is centred under the upper one.
  const inset = ((above - below) * step) / 2;
  const at = stations.map(
      (_, i): Box => i < above ? {x: 1 + i * step, y: 1} :
                                 {x: 1 + inset + (stations.length - 1 - i) * step, y: TALL + 50});
  whole.append(tip(), ...stations.map((station, i) => box(station, at[i] as Box, wide)));
  stations.forEach((_, i) => {
    const from = at[i] as Box;
    const to = at[(i + 1) % stations.length] as Box;
    const middle = TALL / 2;
    if (i === above - 1 || i === stations.length - 1) {
      const [y1, y2] = i === above - 1 ? [from.y + TALL, to.y] : [from.y, to.y + TALL];
      const x1 = from.x + wide / 2;
      const x2 = to.x + wide / 2;
      const half = (y1 + y2) / 2;
      whole.append(arrow(`M${x1} ${y1}C${x1} ${half} ${x2} ${half} ${x2} ${y2}`));
    } else if (i < above) {
      whole.append(arrow(`M${from.x + wide} ${from.y + middle}H${to.x}`));
    } else {
      whole.append(arrow(`M${from.x} ${from.y + middle}H${to.x + wide}`));
    }
  });
  return whole;
}

function oneColumn(stations: LoopStation[], width: number): SVGElement {
  const step = TALL + 20;
  const height = stations.length * step;
  const side = 30;
  const wide = width - side - 2;
  const whole = svg("svg", {width, height, viewBox: `0 0 ${width} ${height}`});
  whole.append(tip());
  stations.forEach((station, i) => {
    whole.append(box(station, {x: 1, y: 1 + i * step}, wide));
    if (i + 1 < stations.length)
      whole.append(arrow(`M${wide / 2} ${i * step + TALL + 1}V${(i + 1) * step + 1}`));
  });
  const last = (stations.length - 1) * step + TALL / 2;
  const first = TALL / 2;
  whole.append(arrow(
      `M${wide + 1} ${last}h${side - 12}q10 0 10 -10V${first + 10}q0 -10 -10 -10H${wide + 2}`));
  return whole;
}

export function loop(run: Part): Child {
  const stations = loopOf(run);
  if (run.get("stations").items.length === 0) return null;
  const says = stations.map(
      (station) => station.nothing ? `${station.name}: nothing in this run` :
                                     `${station.name}: ${station.lines.join(", ")}, ` +
              `${seconds(station.seconds)} s`);
  return [
    el("p", {class: "lead"},
       "What went through each station of the loop in this run, and how long it took. What is " +
           "watched is why the next run begins."),
    chart(says.join("; "), null, (width) => round(stations, width)),
  ];
}
