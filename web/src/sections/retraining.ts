// A walk forward: what was live in each period, how it and the others did, and what the gate said.
import {chart, dotsWithIntervals, type Legend, Plot, plot} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, estimate, fig, table, when, words} from "../dom";

import {day, fixed, metricName, signed, whole} from "../figures";
import {againstLive, higherIsBetter} from "../reading";

interface Point {
  at: Date;
  name: string;
  value: number;
  less: number;
}

/** One point a period and candidate; `less` is its metric less that of what was live. */
function pointsOf(walk: Part): Point[] {
  return walk.get("periods").items.flatMap((period) => {
    const live = period.at("metric", period.get("live").text).number;
    return period.get("metric")
        .members.filter(([, value]) => Number.isFinite(value.number))
        .map(([name, value]) => ({
               at: new Date(period.get("begin").text),
               name,
               value: value.number,
               less: value.number - live
             }));
  });
}

interface Stretch {
  name: string;
  from: Date;
  to: Date;
}

/** What was live, stretch after stretch. */
function stretchesOf(walk: Part): Stretch[] {
  const list: Stretch[] = [];
  for (const period of walk.get("periods").items) {
    const name = period.get("live").text;
    const last = list.at(-1);
    const to = new Date(period.get("end").text);
    if (last?.name === name)
      last.to = to;
    else
      list.push({name, from: new Date(period.get("begin").text), to});
  }
  return list;
}

function lines(
    points: Point[], of: "value"|"less", legend: Legend, label: string, promoted: Date[],
    width: number): Element {
  return plot({
    width,
    height: Math.min(320, Math.max(220, width * 0.45)),
    marginLeft: 58,
    marginRight: 12,
    x: {label: null, type: "utc"},
    y: {label, grid: true, labelArrow: "none", ...(of === "less" ? {nice: true} : {}), ticks: 6},
    color: {type: "identity"},
    marks: [
      of === "less" ? Plot.ruleY([0], {stroke: "currentColor", strokeOpacity: 0.6}) : null,
      Plot.ruleX(promoted, {stroke: "currentColor", strokeDasharray: "3 3", strokeOpacity: 0.8}),
      legend.names.map((name) => Plot.lineY(points.filter((p) => p.name === name), {
        x: "at",
        y: of,
        stroke: legend.colour(name),
        strokeWidth: 2,
        strokeDasharray: legend.dash(name)
      })),
      Plot.dot(points, {
        x: "at",
        y: of,
        r: 2.5,
        fill: (p: Point) => legend.colour(p.name),
        title: (p: Point) => `${p.name}, from ${p.at.toISOString().slice(0, 10)}: ${
            of === "value" ? p.value.toFixed(5) : `${p.less > 0 ? "+" : ""}${p.less.toFixed(5)}`}`
      }),
    ],
  });
}

function liveStrip(stretches: Stretch[], legend: Legend, width: number): Element {
  return plot({
    width,
    height: 74,
    marginLeft: 58,
    marginRight: 12,
    marginTop: 6,
    x: {label: null, type: "utc"},
    y: {axis: null},
    color: {type: "identity"},
    marks: [
      Plot.rect(stretches, {
        x1: "from",
        x2: "to",
        y1: 0,
        y2: 1,
        insetLeft: 1,
        insetRight: 1,
        fill: (s: Stretch) => legend.colour(s.name)
      }),
      Plot.text(stretches.filter((s) => room(s, stretches, width) > s.name.length * 7 + 8), {
        x: (s: Stretch) => new Date((s.from.getTime() + s.to.getTime()) / 2),
        y: 0.5,
        text: "name",
        fill: "var(--ground)",
        fontWeight: "600"
      }),
    ],
  });
}

function room(one: Stretch, all: Stretch[], width: number): number {
  const begin = all[0]?.from.getTime() ?? 0;
  const end = all.at(-1)?.to.getTime() ?? 1;
  return (width - 70) * (one.to.getTime() - one.from.getTime()) / Math.max(1, end - begin);
}

function promotedAt(walk: Part): Date[] {
  return walk.get("periods")
      .items.filter((period) => period.get("looks").items.some((look) => look.get("promoted").flag))
      .map((period) => new Date(period.get("end").text));
}

function pictures(walk: Part, legend: Legend): Child {
  const metric = metricName(walk.get("metric").text);
  const points = pointsOf(walk);
  const stretches = stretchesOf(walk);
  const promoted = promotedAt(walk);
  const way = higherIsBetter(walk.get("metric").text) ? "more is better" : "less is better";
  return [
    chart(
        "What was live: " +
            stretches.map((s) => `${s.name} from ${s.from.toISOString().slice(0, 10)}`).join(", "),
        el("b", {}, "What was live"), (width) => liveStrip(stretches, legend, width)),
    legend.element(),
    el("div", {class: "grid"},
       chart(
           `${metric} of every candidate, period by period; the table below has the figures`,
           [el("b", {}, metric), ` of each period (${way}); broken lines are promotions`],
           (width) => lines(points, "value", legend, metric, promoted, width)),
       chart(
           `${metric} less that of what was live, period by period`,
           [el("b", {}, `${metric} less what was live had`), ` (${way}); 0 is what was live`],
           (width) => lines(points, "less", legend, "difference", promoted, width))),
  ];
}

function overall(walk: Part, legend: Legend): Child {
  const metric = walk.get("metric").text;
  const candidates = walk.get("candidates").items;
  const judged = candidates.filter(
      (candidate) => Number.isFinite(candidate.at("more_than_live", "value").number));
  const dots = judged.map((candidate) => {
    const part = candidate.get("more_than_live");
    return {
      name: `${candidate.get("name").text} always`,
      value: part.get("value").number,
      low: part.get("low").number,
      high: part.get("high").number,
      colour: legend.colour(candidate.get("name").text)
    };
  });
  const way = higherIsBetter(metric) ? "left of 0 is worse than what was live" :
                                       "right of 0 is worse than what was live";
  return [
    chart(
        `${
            metricName(
                metric)} of each candidate had it been live always, less what was live had: ` +
            dots.map((d) => `${d.name} ${d.value.toFixed(5)}`).join(", "),
        [el("b", {}, "Had it been live always"), ` (${way})`],
        (width) =>
            dotsWithIntervals(dots, `${metricName(metric)} less what was live had`, "line", width)),
    table(
        "Candidates",
        [
          {head: "had it been"}, {head: metricName(metric), numeric: true},
          {head: "less what was live had", numeric: true}, {head: ""},
          {head: "rows it scored", numeric: true}
        ],
        [
          [
            el("b", {}, "what the gate made live"), estimate(walk.get("live_metric"), fixed(5)), "",
            "", ""
          ],
          ...candidates.map(
              (candidate): Child[] => [
                  [words(candidate.get("name")), " always"],
                  estimate(candidate.get("always_live"), fixed(5)),
                  estimate(candidate.get("more_than_live"), signed(5)),
                  judged.includes(candidate) ? againstLive(candidate, metric) : "never made",
                  fig(candidate.get("rows"), whole)])
        ]),
  ];
}

function periods(walk: Part): Child {
  const names = walk.get("candidates").items.map((candidate) => candidate.get("name").text);
  return table(
      "Periods",
      [
        {head: "from"}, {head: "to"}, {head: "rows", numeric: true}, {head: "live"},
        ...names.map((name) => ({head: name, numeric: true})), {head: "made when it began"},
        {head: "alarms of what was live"}, {head: "the gate at its end"}
      ],
      walk.get("periods").items.map(
          (period): Child[] =>
              [when(period.get("begin"), day), when(period.get("end"), day),
               fig(period.get("rows"), whole), words(period.get("live")),
               ...names.map(
                   (name) => name === period.get("live").text ?
                       el("b", {}, fig(period.at("metric", name), fixed(4))) :
                       fig(period.at("metric", name), fixed(4))),
               makings(period), alarms(period),
               period.get("looks").items.map(
                   (look,
                    i) => [i > 0 ? ", " : "", `${look.get("challenger").text} `, badge(look)])]));
}

/** What each trigger said when a period began. */
function triggers(walk: Part): Child {
  const columns = [
    {head: "period"}, {head: "trigger"}, {head: "fired"}, {head: "figure", numeric: true},
    {head: "from", numeric: true}, {head: "why", wide: true}
  ];
  const rows = walk.get("periods").items.flatMap(
      (period) => period.get("triggers")
                      .items.map(
                          (trigger): Child[] =>
                              [day(period.get("begin").text), words(trigger.get("name")),
                               words(trigger.get("fired")), fig(trigger.get("value")),
                               fig(trigger.get("limit")), words(trigger.get("why"))]));
  return details("What each trigger said in each period", table("Triggers", columns, rows));
}

/** Challengers that were made when a period began, and those that could not be, with the reason. */
function makings(period: Part): Child {
  const made = period.get("made").items.map((name) => words(name));
  const not =
      period.get("not_made")
          .items.map(
              (one) => [words(one.get("challenger")), " could not be: ", words(one.get("why"))]);
  if (made.length + not.length === 0) return "–";
  return [...made, ...not].map((one, i) => [i > 0 ? ", " : "", one]);
}

/** Alarms that stood at the end of a period, and how far above its limit what raised them was. */
function alarms(period: Part): Child {
  const list = period.get("alarms").items;
  if (list.length === 0) return "–";
  return list.map(
      (alarm, i) =>
          [i > 0 ? "; " : "", words(alarm.get("name"), alarm.get("name").text.replaceAll("_", " ")),
           ": ", words(alarm.get("furthest")), " ", fig(alarm.get("value"), signed(4)), " (above ",
           fig(alarm.get("limit"), fixed(4)), ", p ", fig(alarm.get("p"), fixed(4)), ")"]);
}

function badge(look: Part): HTMLElement {
  if (look.get("promoted").flag) return el("span", {class: "said good"}, "promoted");
  const verdict = look.get("verdict").text;
  // Of several that may be promoted the gate takes one.
  const shown: Record<string, string> = {keep: "kept out", promote: "good enough, not taken"};
  return el(
      "span", {class: `said ${verdict === "keep" ? "bad" : "open"}`}, shown[verdict] ?? verdict);
}

/** Every look of the gate with its reason; its checks behind it. */
function looks(walk: Part): Child {
  const list = walk.get("periods").items.flatMap(
      (period) => period.get("looks").items.map((look) => ({period, look})));
  if (list.length === 0) return el("p", {}, "The gate has looked at nobody.");
  const columns = [
    {head: "at"}, {head: "challenger"}, {head: "the gate"}, {head: "why", wide: true},
    {head: "rows", numeric: true}, {head: "days", numeric: true},
    {head: "chance of error", numeric: true}, {head: "labels needed", numeric: true}
  ];
  const more = (v: number) => v < 0 ? "cannot be told" : whole(v);
  const rows = list.map(
      ({period, look}): Child[] =>
          [day(period.get("end").text), words(look.get("challenger")), [badge(look), marks(look)],
           words(look.get("why")), fig(look.get("rows"), whole), fig(look.get("blocks"), whole),
           fig(look.get("alpha")), fig(look.get("more_labels"), more)]);
  return [
    table("Looks of the gate", columns, rows),
    details(
        "What each look was made of: the checks, their limits and bounds",
        list.map(({period, look}) => checks(period, look))),
  ];
}

/** The JSON's own words behind a badge. */
function marks(look: Part): HTMLElement {
  return el("span", {hidden: ""}, words(look.get("verdict")), words(look.get("promoted")));
}

function checks(period: Part, look: Part): Child {
  const list = look.get("checks").items;
  const title = `${day(period.get("end").text)}, ${look.get("challenger").text}`;
  if (list.length === 0) return notJudged(look, title);
  const columns = [
    {head: "check"}, {head: "says"}, {head: "gain", numeric: true}, {head: "low", numeric: true},
    {head: "high", numeric: true}, {head: "bound", numeric: true}, {head: "in words", wide: true}
  ];
  return [
    el("h4", {}, title, " ", badge(look)),
    table(
        `Checks of ${title}`, columns,
        list.map(
            (check): Child[] =>
                [words(check.get("name")), words(check.get("says")),
                 fig(check.get("gain"), signed(5)), fig(check.get("low"), signed(5)),
                 fig(check.get("high"), signed(5)), fig(check.get("bound"), signed(5)),
                 words(check.get("sentence"))])),
    notJudged(look, title),
  ];
}

/** Slices a look is silent about. */
function notJudged(look: Part, title: string): Child {
  const list = look.get("not_judged").items;
  if (list.length === 0) return null;
  return table(
      `Slices not judged in ${title}`,
      [
        {head: "slice that could not be judged"}, {head: "rows", numeric: true},
        {head: "days", numeric: true}, {head: "needs", numeric: true}, {head: "why", wide: true}
      ],
      list.map(
          (slice): Child[] =>
              [words(slice.get("slice")), fig(slice.get("rows"), whole),
               fig(slice.get("blocks"), whole), fig(slice.get("needs"), whole),
               words(slice.get("why"))]));
}

export function retraining(walk: Part, legend: Legend): Child {
  const version = walk.get("version");
  return [
    el("p", {class: "lead"}, "The first champion is made like ", words(walk.get("champion")),
       " and called frozen. At the end of each period a gate compares by ",
       words(walk.get("metric"), metricName(walk.get("metric").text)),
       " and says whether a challenger takes over; nothing is " +
           "judged on rows it has seen."),
    pictures(walk, legend),
    overall(walk, legend),
    el("p", {}, "Live after the last period: ", el("b", {}, words(walk.get("live"))), ". ",
       version.number > 0 ?
           [
             "Kept as version ", fig(version, whole), ", content ",
             el("code", {}, words(walk.get("content"))), "."
           ] :
           [
             el("span", {hidden: ""}, fig(version), words(walk.get("content"))),
             "Nothing was kept under the walk's name: the first champion stands under its own."
           ]),
    el("h3", {}, "Period by period"),
    el("p", {}, "Challengers were trained ", fig(walk.get("trained"), whole),
       " times; every one in every period would have been ",
       fig(walk.get("trained_every_period"), whole), "."),
    periods(walk),
    triggers(walk),
    el("h3", {}, "What the gate said, and why"),
    looks(walk),
  ];
}
