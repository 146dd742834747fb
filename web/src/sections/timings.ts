// Where the time went.
import {bars, chart} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, fig, pairs, table, when, words} from "../dom";
import {bytes, digits, minute, plain, seconds, whole} from "../figures";

/** Stations as bars, the longest first; those that took nothing to speak of as one. */
function longest(stations: Part[]): {name: string; value: number; kind: string}[] {
  const list = stations
                   .map((station) => ({
                          name: station.get("name").text,
                          value: station.get("seconds").number,
                          kind: station.get("kind").text
                        }))
                   .sort((a, b) => b.value - a.value);
  const most = 18;
  if (list.length <= most) return list;
  const rest = list.slice(most);
  return [
    ...list.slice(0, most), {
      name: `${rest.length} shorter ones`,
      value: rest.reduce((sum, one) => sum + one.value, 0),
      kind: "own"
    }
  ];
}

export function timings(run: Part): Child {
  const stations = run.get("stations").items;
  if (stations.length === 0) return null;
  const list = longest(stations);
  const colour = (kind: string) => kind === "training" ? "var(--series-2)" : "var(--series-1)";
  const rows = stations.map(
      (station): Child[] =>
          [words(station.get("name")), words(station.get("kind")), fig(station.get("units"), whole),
           words(station.get("unit")), fig(station.get("seconds"), seconds),
           fig(station.get("cpu_seconds"), seconds), fig(station.get("bytes_read"), bytes),
           fig(station.get("bytes_written"), bytes), fig(station.get("memory"), bytes),
           when(station.get("started"), minute), fig(station.get("span"), String),
           fig(station.get("parent"), String)]);
  const cost = run.get("cost");
  return [
    run.get("retried").items.map((attempt) => el("p", {}, words(attempt))),
    pairs([
      ["seconds in all", fig(run.get("seconds"), seconds)],
      ...(cost.exists ?
              [["cost",
                [fig(cost, digits(3)), " ", words(run.get("currency"))]] as [string, Child]] :
              []),
      ["lode's own stations", fig(run.get("own_seconds"), seconds)],
      ["training", fig(run.get("training_seconds"), seconds)],
      [
        "memory accounted for",
        [fig(run.get("memory_held"), bytes), " of ", fig(run.get("memory_limit"), bytes)]
      ],
      ["memory of the process", fig(run.get("resident_peak"), bytes)],
    ]),
    el("div", {class: "legend"}, el("span", {class: "own"}, "lode's own work"),
       el("span", {class: "training"}, "training")),
    chart(
        "Seconds by station: " + list.map((s) => `${s.name} ${s.value.toFixed(2)}`).join(", "),
        null, (width) => bars(list, "seconds", colour, seconds, width)),
    details(
        `All ${stations.length} stations`,
        table(
            "Stations",
            [
              {head: "station"}, {head: "kind"}, {head: "units", numeric: true}, {head: "unit"},
              {head: "seconds", numeric: true}, {head: "processor", numeric: true},
              {head: "read", numeric: true}, {head: "written", numeric: true},
              {head: "memory", numeric: true}, {head: "began (UTC)"}, {head: "span", numeric: true},
              {head: "part of", numeric: true}
            ],
            rows)),
    counters(run.get("counters").items),
    steps(run.get("steps").items),
  ];
}

/** What the run made, and what was up to date and stands as an earlier one made it. */
function steps(list: Part[]): Child {
  if (list.length === 0) return null;
  const kept = list.filter((step) => step.get("state").text !== "made").length;
  return details(
      kept === 0 ? `All ${list.length} steps were made` :
                   `${kept} of ${list.length} steps were up to date`,
      table(
          "Steps", [{head: "step"}, {head: "name"}, {head: "state"}, {head: "why"}],
          list.map(
              (step): Child[] =>
                  [words(step.get("kind")), words(step.get("name")), words(step.get("state")),
                   words(step.get("why"))])));
}

function counters(list: Part[]): Child {
  if (list.length === 0) return null;
  return details(
      `All ${list.length} counters`,
      table(
          "Counters", [{head: "counter"}, {head: "of"}, {head: "value", numeric: true}],
          list.map(
              (counter): Child[] =>
                  [words(counter.get("name")), words(counter.get("labels")),
                   fig(counter.get("value"), plain)])));
}
