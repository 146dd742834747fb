// Alarms of the monitor: test rows by period against the training rows, beside what chance does.
import {chart, type Legend, Plot, plot} from "../charts";
import type {Part} from "../document";
import {type Child, type Column, details, el, fig, table, when, words} from "../dom";

import {day, fixed, percent, signed, whole} from "../figures";
import {nameOf, ranked} from "../reading";

const monitorOf = (model: Part) => model.get("monitor");
const periodsOf = (model: Part) => monitorOf(model).get("periods").items;
const alarmsOf = (model: Part) => monitorOf(model).get("alarms").items;
const seriesOf = (model: Part) => monitorOf(model).get("series").items;

const ALARMS: Record<string, string> = {
  columns: "columns",
  score: "scores",
  base_rate: "base rate",
  calibration: "calibration",
};
const STATISTICS: Record<string, string> = {
  psi: "PSI",
  ks: "KS",
  js: "JS distance",
  base_rate: "base rate, change",
  calibration: "predicted less true",
  calibration_error: "calibration error",
};
const spoken = (names: Record<string, string>, name: string) =>
    names[name] ?? name.replaceAll("_", " ");

export function monitor(run: Part, legend: Legend): Child {
  const list = ranked(run).filter((model) => monitorOf(model).exists);
  if (list.length === 0) return null;
  const watched = list.filter((model) => periodsOf(model).length > 0);
  const alpha = watched[0] ? monitorOf(watched[0]).get("alpha") : undefined;
  return [
    el("p", {class: "lead"},
       "Test rows period by period, held against the rows the model was made from. The grey band " +
           "is what whole days of those rows do by chance, for so many columns together; above " +
           "it is an alarm. Where nothing drifts, each alarm stands in ",
       alpha ? fig(alpha, percent) : "few",
       " of periods; two of three make a trigger to retrain. docs/guides/monitor.md says what " +
           "each statistic cannot see."),
    refusals(list),
    alarmTable(watched),
    pictures(watched, "calibration", "Calibration: predicted less true", legend),
    details(
        "Scores and base rate, period by period",
        pictures(watched, "js", "Shift of the scores: Jensen-Shannon distance", legend),
        pictures(onePerRows(watched), "base_rate", "Base rate, less that of training", legend)),
    details("The columns, period by period", columnMaps(watched)),
    watched.map(figures),
  ];
}

function refusals(list: Part[]): Child {
  return list.map((model) => ["why_not", "why_no_null"].map((key) => {
    const why = monitorOf(model).get(key);
    return why.exists ?
        el("p", {}, "No alarm can be raised of ", el("b", {}, nameOf(model)), ": ", words(why)) :
        null;
  }));
}

function alarmTable(list: Part[]): Child {
  const stood = (model: Part) => alarmsOf(model).filter((alarm) => alarm.get("periods").number > 0);
  const quiet = list.filter((model) => stood(model).length === 0);
  const rows = list.flatMap(
      (model) => stood(model).map(
          (alarm, i): Child[] =>
              [i === 0 ? nameOf(model) : "",
               spoken(ALARMS, alarm.get("name").text),
               [fig(alarm.get("periods"), whole), ` of ${periodsOf(model).length}`],
               alarm.get("first").exists ? when(alarm.get("first"), day) : "–",
               alarm.get("first_trigger").exists ? when(alarm.get("first_trigger"), day) : "–",
  ]));
  const none = quiet.length === 0 ?
      null :
      el("p", {}, "No alarm of ", quiet.map((model, i) => [i > 0 ? ", " : "", nameOf(model)]), ".");
  if (rows.length === 0) return none;
  return [
    table(
        "Alarms",
        [
          {head: "model"}, {head: "alarm"}, {head: "periods", numeric: true}, {head: "first from"},
          {head: "retrain at"}
        ],
        rows),
    none
  ];
}

interface Point {
  at: Date;
  value: number;
  low: number;
  high: number;
  alarm: boolean;
}

const SIGNED = new Set(["calibration", "base_rate"]);

function pointsOf(model: Part, series: Part): Point[] {
  const numbers = (key: string) => series.get(key).items.map((item) => item.number);
  const [values, limits] = [numbers("value"), numbers("limit")];
  const both = SIGNED.has(series.get("statistic").text);
  return periodsOf(model).map((period, i) => {
    const value = values[i] ?? Number.NaN;
    const high = limits[i] ?? Number.NaN;
    return {
      at: new Date(period.get("begin").text),
      value,
      low: both ? -high : 0,
      high,
      alarm: Math.abs(value) > high,
    };
  });
}

const scoreSeries = (model: Part, statistic: string) => seriesOf(model).find(
    (series) => series.get("of").text === "score" && series.get("statistic").text === statistic);

function withBand(
    points: Point[], top: number, both: boolean, colour: string, width: number): Element {
  return plot({
    width,
    height: 200,
    marginLeft: 50,
    marginRight: 12,
    x: {type: "utc", label: null, ticks: Math.max(2, Math.floor(width / 90))},
    y: {domain: [both ? -top : 0, top], label: null, grid: true, ticks: 5},
    marks: [
      Plot.areaY(
          points.filter((point) => Number.isFinite(point.high)),
          {x: "at", y1: "low", y2: "high", fill: "var(--quiet)", fillOpacity: 0.2}),
      Plot.ruleY([0], {stroke: "currentColor", strokeOpacity: 0.6}),
      Plot.lineY(points, {x: "at", y: "value", stroke: colour, strokeWidth: 2}),
      Plot.dot(points, {
        x: "at",
        y: "value",
        fill: (point: Point) => point.alarm ? "var(--bad)" : colour,
        r: (point: Point) => point.alarm ? 5 : 2,
        symbol: "circle",
        title: (point: Point) => `from ${point.at.toISOString().slice(0, 10)}: ${
            point.value.toFixed(4)}, alarm above ${point.high.toFixed(4)}`,
      }),
    ],
    color: {type: "identity"},
    r: {type: "identity"},
  });
}

/** One statistic of the scores, a chart for each model, all on one scale. */
function pictures(list: Part[], statistic: string, title: string, legend: Legend): Child {
  const drawn = list.flatMap((model) => {
    const series = scoreSeries(model, statistic);
    return series ? [{model, points: pointsOf(model, series)}] : [];
  });
  const top = Math.max(
      ...drawn.flatMap(({points}) => points.flatMap((point) => [Math.abs(point.value), point.high]))
          .filter(Number.isFinite));
  if (!Number.isFinite(top)) return null;
  const both = SIGNED.has(statistic);
  return [
    el("h3", {}, title),
    el("div", {class: "grid small"}, drawn.map(({model, points}) => {
      const alarms = points.filter((point) => point.alarm);
      const said = alarms.length === 0 ?
          "no alarm" :
          `alarm from ${alarms.map((p) => p.at.toISOString().slice(0, 10)).join(", ")}`;
      return chart(
          `${title} of ${nameOf(model)}, period by period: ${said}`,
          [el("b", {}, nameOf(model)), ` (${alarms.length} above the band)`],
          (width) => withBand(points, top * 1.06, both, legend.colour(nameOf(model)), width));
    })),
  ];
}

/** Models tested on the same rows have the same base rate: the first of each. */
function onePerRows(list: Part[]): Part[] {
  const seen = new Set<string>();
  return list.filter((model) => {
    const key = JSON.stringify(scoreSeries(model, "base_rate")?.get("value").value ?? null);
    return seen.has(key) ? false : Boolean(seen.add(key));
  });
}

interface Cell {
  at: string;
  of: string;
  share: number;
  alarm: boolean;
  says: string;
}

const columnSeries = (model: Part) =>
    seriesOf(model).filter((series) => series.get("of").text !== "score");

function cellsOf(model: Part): Cell[] {
  return columnSeries(model).flatMap((series) => {
    const of = `${series.get("of").text} ${spoken(STATISTICS, series.get("statistic").text)}`;
    return pointsOf(model, series)
        .filter((point) => Number.isFinite(point.high))
        .map((point) => ({
               at: point.at.toISOString().slice(0, 10),
               of,
               share: Math.min(1, point.value / point.high),
               alarm: point.alarm,
               says: `${of}, from ${point.at.toISOString().slice(0, 10)}: ${
                   point.value.toFixed(4)}, alarm above ${point.high.toFixed(4)}`,
             }));
  });
}

function columnMap(cells: Cell[], width: number): Element {
  const names = [...new Set(cells.map((cell) => cell.of))];
  const margin = Math.min(200, Math.round(width * 0.4));
  const most = Math.floor((margin - 12) / 6.6);
  const periods = new Set(cells.map((cell) => cell.at)).size;
  const every = Math.max(1, Math.ceil(18 * periods / (width - margin)));
  return plot({
    width,
    height: 60 + 18 * names.length,
    marginLeft: margin,
    marginRight: 8,
    marginBottom: 50,
    x: {
      type: "band",
      label: null,
      tickSize: 0,
      tickRotate: -60,
      tickFormat: (at: string, i: number) => i % every === 0 ? at.slice(5) : "",
    },
    y: {
      domain: names,
      label: null,
      tickSize: 0,
      tickFormat: (name: string) => name.length <= most ? name : `${name.slice(0, most - 1)}…`
    },
    marks: [
      Plot.cell(cells, {
        x: "at",
        y: "of",
        fill: (cell: Cell) => cell.alarm ? "var(--bad)" : "var(--series-1)",
        fillOpacity: (cell: Cell) => cell.alarm ? 1 : 0.08 + 0.5 * cell.share,
        inset: 0.5,
        title: "says",
      }),
      Plot.text(cells.filter((cell) => cell.alarm), {
        x: "at",
        y: "of",
        text: () => "!",
        fill: "var(--ground)",
        fontWeight: "bold",
      }),
    ],
    color: {type: "identity"},
    opacity: {type: "identity"},
  });
}

/** Drawn where columns were watched; a model of the same columns says whose picture is its. */
function columnMaps(list: Part[]): Child {
  const drawn =
      list.map((model) => ({model, cells: cellsOf(model)})).filter(({cells}) => cells.length > 0);
  if (drawn.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "The darker, the nearer to the limit; ! is an alarm. Columns follow the world: an alarm " +
           "here explains one of calibration, and is none by itself."),
    drawn.map(
        ({model, cells}) => chart(
            `Drift of the columns of ${nameOf(model)}: ${
                cells.filter((cell) => cell.alarm).map((cell) => cell.says).join("; ") ||
                "no alarm"}`,
            el("b", {}, nameOf(model)), (width) => columnMap(cells, width))),
  ];
}

const NUMBER: Column = {
  head: "",
  numeric: true
};

function seriesTable(model: Part, of: string, list: Part[]): Child {
  const columns: Column[] = [{head: "from"}];
  for (const series of list)
    columns.push(
        {
          ...NUMBER,
          head: [
            words(series.get("statistic"), spoken(STATISTICS, series.get("statistic").text)),
            series.get("usual").exists ? [" (usual line ", fig(series.get("usual")), ")"] : null
          ]
        },
        {...NUMBER, head: "p"}, {...NUMBER, head: "by chance"}, {...NUMBER, head: "alarm above"});
  const rows = periodsOf(model).map(
      (period, i): Child[] => [day(period.get("begin").text), ...list.flatMap((series) => {
        const format = SIGNED.has(series.get("statistic").text) ? signed(4) : fixed(4);
        const at = (key: string, write = fixed(4)) =>
            series.get(key).items[i] ? fig(series.get(key).get(i), write) : "–";
        return [at("value", format), at("p"), at("typical"), at("limit")];
      })]);
  return [
    el("h4", {}, of),
    el("p", {class: "quiet"},
       list.map(
           (series, i) =>
               [i > 0 ? "; " : "", words(series.get("of")), " ",
                spoken(STATISTICS, series.get("statistic").text), ": neighbouring days alike by ",
                fig(series.get("days_alike"), fixed(2)), ", drawn ",
                fig(series.get("run_days"), whole), " together"])),
    table(`${of} of ${nameOf(model)}`, columns, rows),
  ];
}

function periodTable(model: Part): Child {
  const alarms = alarmsOf(model);
  const columns: Column[] = [
    {head: "from"}, {head: "to"}, {head: "rows", numeric: true}, {head: "days", numeric: true},
    ...alarms.map((alarm) => ({head: spoken(ALARMS, alarm.get("name").text)}))
  ];
  const rows = periodsOf(model).map((period, i): Child[] => [
    when(period.get("begin"), day), when(period.get("end"), day), fig(period.get("rows"), whole),
    fig(period.get("days"), whole),
    ...alarms.map((alarm): Child => alarm.get("p").items[i] ? [
      words(alarm.get("stood").get(i), alarm.get("stood").get(i).flag ? "ALARM" : "quiet"),
      words(alarm.get("trigger").get(i), alarm.get("trigger").get(i).flag ? ", retrain" : ""),
      " p ", fig(alarm.get("p").get(i), fixed(4)), " ", words(alarm.get("furthest").get(i)),
    ] :
                                                              "–")
  ]);
  return table(`Alarms of ${nameOf(model)}`, columns, rows);
}

/** Columns whose drift moves the score, in the periods in which an alarm stood. */
function causes(model: Part): Child {
  const list = monitorOf(model).get("causes").items;
  if (list.length === 0) return null;
  const columns: Column[] = [
    {head: "from"}, {head: "column"}, {head: "part", numeric: true}, {head: "PSI", numeric: true},
    {head: "weight in the model", numeric: true}
  ];
  return [
    el("h4", {}, "What moved the score"),
    el("p", {class: "quiet"},
       "The root of a column's PSI beyond chance, times the mean size of its Shapley values; " +
           "parts are of all columns' together. A hint where to look, not a proof."),
    table(
        `What moved the score of ${nameOf(model)}`, columns,
        list.flatMap(
            (period) => period.get("columns").items.map(
                (one, i): Child[] =>
                    [i === 0 ? when(period.get("begin"), day) : "", words(one.get("column")),
                     fig(one.get("share"), percent), fig(one.get("psi"), fixed(4)),
                     fig(one.get("weight"), fixed(4))])))
  ];
}

function figures(model: Part): Child {
  const groups = new Map<string, Part[]>();
  for (const series of seriesOf(model)) {
    const of = series.get("of").text;
    groups.set(of, [...(groups.get(of) ?? []), series]);
  }
  const watch = monitorOf(model);
  return details(
      ["The figures of ", el("b", {}, nameOf(model))],
      el("p", {}, "Against ", fig(watch.get("reference_rows"), whole), " training rows of ",
         fig(watch.get("reference_days"), whole), " days; each alarm by chance in ",
         fig(watch.get("alpha"), percent), " of periods.",
         watch.get("reference").exists ?
             [" Of the training rows those of ", words(watch.get("reference")), "."] :
             null,
         watch.get("columns_as").exists ?
             [" What was said of its columns stands at ", words(watch.get("columns_as")), "."] :
             null,
         watch.get("not_watched").items.length > 0 ?
             [
               " Not watched: ",
               watch.get("not_watched").items.map((name, i) => [i > 0 ? ", " : "", words(name)]),
               "."
             ] :
             null),
      el("p", {}, "Alarms: ",
         alarmsOf(model).map(
             (alarm, i) =>
                 [i > 0 ? ", " : "",
                  words(alarm.get("name"), spoken(ALARMS, alarm.get("name").text)), " ",
                  fig(alarm.get("periods"), whole)]),
         ` of ${periodsOf(model).length} periods.`),
      periodTable(model), causes(model),
      [...groups].map(([of, list]) => seriesTable(model, of, list)));
}
