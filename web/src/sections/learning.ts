// What a model is worth when it learns from fewer rows, and whether more would help.
import {chart, type Legend, Plot, plot} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, estimate, fig, table, words} from "../dom";
import {differenceFormat, metricFormat, metricName, percent, whole} from "../figures";

interface Point {
  rows: number;
  value: number;
  low: number;
  high: number;
}

function line(points: Point[], metric: string, colour: string, width: number): Element {
  return plot({
    width,
    height: Math.min(width, 300),
    marginLeft: 56,
    marginRight: 34,
    x: {
      type: "log",
      base: 2,
      label: "training rows",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: points.map((point) => point.rows),
      tickFormat: whole,
    },
    y: {label: metricName(metric), labelArrow: "none", grid: true, ticks: 5, zero: false},
    marks: [
      Plot.areaY(points, {x: "rows", y1: "low", y2: "high", fill: colour, fillOpacity: 0.15}),
      Plot.ruleX(points, {x: "rows", y1: "low", y2: "high", stroke: colour, strokeOpacity: 0.55}),
      Plot.line(points, {x: "rows", y: "value", stroke: colour, strokeWidth: 2}),
      Plot.dot(points, {x: "rows", y: "value", fill: colour, r: 4}),
    ],
  });
}

/** Of all rows themselves it is nothing, and quiet. */
const more = (point: Part, all: boolean, metric: string) =>
    el("span", all ? {class: "quiet"} : {}, estimate(point.get("more"), differenceFormat(metric)));

function one(curve: Part, legend: Legend): Child {
  const model = curve.get("model").text;
  const why = curve.get("why_not").exists ?
      el("p", {}, "There is no curve of ", words(curve.get("model")), ": ",
         words(curve.get("why_not")), ".") :
      null;
  if (curve.get("points").items.length === 0) return why;
  const metric = curve.get("metric").text;
  const points = curve.get("points").items;
  const drawn = points.filter((point) => point.get("value").exists)
                    .map((point): Point => ({
                           rows: point.get("rows").number,
                           value: point.at("value", "value").number,
                           low: point.at("value", "low").number,
                           high: point.at("value", "high").number,
                         }));
  const last = points.length - 1;
  return [
    why,
    curve.get("says").text === "" ? words(curve.get("says"), "") :
                                    el("p", {class: "headline"}, words(curve.get("says")), "."),
    words(curve.get("helps"), ""),
    el("p", {class: "lead"}, words(curve.get("model")),
       " again, made of an eighth, a quarter and half of its training rows, each share within " +
           "the next, judged on the same ",
       fig(curve.get("test_rows"), whole), " test rows by ",
       words(curve.get("metric"), metricName(metric)), " (less is better) before calibration."),
    el("div", {class: "grid"},
       chart(
           `${metricName(metric)} of ${model} by training rows: ` +
               drawn.map((p) => `${whole(p.rows)} ${metricFormat(metric)(p.value)}`).join(", "),
           null, (width) => line(drawn, metric, legend.colour(model), width))),
    details(
        "The figures of this curve",
        table(
            `Learning curve of ${model}`,
            [
              {head: "share", numeric: true}, {head: "training rows", numeric: true},
              {head: metricName(metric), numeric: true},
              {head: "more than all rows have", numeric: true}
            ],
            points.map(
                (point, i): Child[] =>
                    [fig(point.get("share"), percent), fig(point.get("rows"), whole),
                     point.get("value").exists ?
                         estimate(point.get("value"), metricFormat(metric)) :
                         words(point.get("why_not")),
                     !point.get("more").exists ? "–" : more(point, i === last, metric)]))),
  ];
}

export function learning(run: Part, legend: Legend): Child {
  const curves =
      run.get("leaderboards").items.map((b) => b.get("learning_curve")).filter((c) => c.exists);
  return curves.length === 0 ? null : curves.map((curve) => one(curve, legend));
}
