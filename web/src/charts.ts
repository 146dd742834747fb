// Charts in SVG by Observable Plot. Colours are variables of the page, so a chart follows the
// scheme and the printer without being drawn again; the figures of every chart also stand in a
// table.
import * as Plot from "@observablehq/plot";

import {append, type Child, el} from "./dom";

export {Plot};

/** Eight colours that people with any kind of colour vision tell apart (after Okabe and Ito). */
const COLOURS = 8;

/** Colours and dashes for names, by their order: the same name looks the same in every chart. */
export class Legend {
  constructor(readonly names: string[]) {}

  colour(name: string): string {
    return `var(--series-${(Math.max(0, this.names.indexOf(name)) % COLOURS) + 1})`;
  }
  dash(name: string): string {
    const dashes = ["none", "6 3", "2 3", "8 3 2 3"];
    const i = Math.max(0, this.names.indexOf(name));
    return dashes[(i + Math.floor(i / COLOURS)) % dashes.length] ?? "none";
  }
  /** The key of a chart of lines. */
  element(names: string[] = this.names): HTMLElement {
    return el("div", {class: "legend", "aria-hidden": "true"}, names.map((name) => {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
      for (const [key, value] of Object.entries({
             x1: "0",
             x2: "26",
             y1: "5",
             y2: "5",
             stroke: this.colour(name),
             "stroke-dasharray": this.dash(name),
             "stroke-width": "2.5"
           }))
        line.setAttribute(key, value);
      for (const [key, value] of Object.entries({width: "26", height: "10"}))
        svg.setAttribute(key, value);
      svg.append(line);
      return el("span", {}, svg as unknown as HTMLElement, name);
    }));
  }
}

const redraws = new Set<() => void>();
let watcher: ResizeObserver|undefined;
const drawOf = new WeakMap<Element, () => void>();

/** Draws every chart anew, as wide as it stands: before printing. */
export function redrawAll(): void {
  for (const redraw of redraws) redraw();
}

/** A chart that is drawn as wide as it stands. `says` is what it shows, for who cannot see it. */
export function chart(says: string, caption: Child, draw: (width: number) => Element): HTMLElement {
  const frame = el("div", {class: "chart", role: "img", "aria-label": says});
  let drawn = 0;
  const redraw = () => {
    const width = Math.floor(frame.clientWidth);
    if (width < 40 || width === drawn) return;
    drawn = width;
    frame.replaceChildren(draw(width));
  };
  redraws.add(redraw);
  watcher ??= new ResizeObserver((entries) => {
    for (const entry of entries) drawOf.get(entry.target)?.();
  });
  drawOf.set(frame, redraw);
  watcher.observe(frame);
  const figure = el("figure", {}, frame);
  if (caption) append(figure, el("figcaption", {}, caption));
  return figure;
}

/** What all charts share. */
export function plot(options: Plot.PlotOptions): Element {
  return Plot.plot({
    marginTop: 18,
    marginBottom: 34,
    style: {background: "none", fontSize: "12px", overflow: "visible"},
    ...options,
  });
}

export interface Dot {
  name: string;
  value: number;
  low: number;
  high: number;
  colour: string;
}

/** How wide names stand at the left of a chart; longer ones are cut in the chart alone. */
function nameMargin(names: string[], width: number): number {
  const longest = Math.max(...names.map((name) => name.length), 4);
  return Math.min(Math.round(longest * 6.9) + 14, Math.round(width * 0.42));
}

function cut(name: string, margin: number): string {
  const most = Math.max(4, Math.floor((margin - 12) / 6.6));
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

/** What 0 is to values: a line of no difference, where sizes begin, or nothing. */
export type Zero = "line"|"begin"|"nothing";

/** Values as dots with their intervals, one under the other. */
export function dotsWithIntervals(dots: Dot[], label: string, zero: Zero, width: number): Element {
  const margin = nameMargin(dots.map((d) => d.name), width);
  const seen = dots.filter((d) => Number.isFinite(d.value));
  return plot({
    width,
    height: 46 + 26 * dots.length,
    marginLeft: margin,
    marginRight: 14,
    x: {
      label,
      grid: true,
      ticks: Math.max(2, Math.floor((width - margin) / 100)),
      nice: true,
      labelAnchor: "center",
      labelArrow: "none",
      inset: 8,
      zero: zero !== "nothing"
    },
    y: {
      domain: dots.map((d) => d.name),
      label: null,
      tickSize: 0,
      tickFormat: (name: string) => cut(name, margin)
    },
    marks: [
      zero === "line" ? Plot.ruleX([0], {stroke: "currentColor", strokeOpacity: 0.7}) : null,
      Plot.ruleY(
          seen, {y: "name", x1: "low", x2: "high", stroke: (d: Dot) => d.colour, strokeWidth: 2.5}),
      Plot.dot(
          seen,
          {x: "value", y: "name", fill: (d: Dot) => d.colour, r: 4.5, stroke: "var(--ground)"}),
    ],
    color: {type: "identity"},
  });
}

export interface Bar {
  name: string;
  value: number;
  kind: string;
}

/** Bars from the left, with what they are worth at their end. */
export function bars(
    list: Bar[], label: string, colour: (kind: string) => string, text: (value: number) => string,
    width: number): Element {
  const margin = nameMargin(list.map((b) => b.name), width);
  const most = Math.max(...list.map((b) => b.value));
  // Of a few whole things there are no halves.
  const few = most <= 6 && list.every((b) => Number.isInteger(b.value));
  return plot({
    width,
    height: 46 + 22 * list.length,
    marginLeft: margin,
    marginRight: 58,
    x: {
      label,
      grid: true,
      labelAnchor: "center",
      labelArrow: "none",
      ticks: few ? Array.from({length: most + 1}, (_, i) => i) :
                   Math.max(2, Math.floor((width - margin) / 100)),
      ...(few ? {tickFormat: "d"} : {})
    },
    y: {
      domain: list.map((b) => b.name),
      label: null,
      tickSize: 0,
      padding: 0.25,
      tickFormat: (name: string) => cut(name, margin)
    },
    color: {type: "identity"},
    marks: [
      Plot.barX(list, {x: "value", y: "name", fill: (b: Bar) => colour(b.kind)}),
      Plot.text(list, {
        x: "value",
        y: "name",
        text: (b: Bar) => text(b.value),
        textAnchor: "start",
        dx: 4,
        fill: "currentColor"
      }),
      Plot.ruleX([0], {stroke: "currentColor", strokeOpacity: 0.5}),
    ],
  });
}
