// Scores that the project declares: by which version, how many rows have one, what this run scored
// of them and why, and where they are given out.
import {type Part} from "../document";
import {type Child, details, el, fig, pairs, table, words} from "../dom";
import {bytes, fixed, seconds, whole} from "../figures";

export function declaredScores(run: Part): Child {
  const list = run.get("scores").items;
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "Rows that every run scores. A row is left alone while its score cannot have changed; " +
           "what stands is equal to scoring all of them."),
    table(
        "Scores",
        [
          {head: "scores"}, {head: "by"}, {head: "rows"}, {head: "have one", numeric: true},
          {head: "scored now", numeric: true}, {head: "flagged", numeric: true},
          {head: "s", numeric: true}, {head: "given out in", wide: true}
        ],
        list.map(ofScores)),
    list.filter((scores) => !scores.get("waits").exists).map(more),
  ];
}

function ofScores(scores: Part): Child[] {
  if (scores.get("waits").exists)
    return [
      words(scores.get("name")), words(scores.get("model")), "none yet", "", "", "", "",
      words(scores.get("waits"))
    ];
  const rows = scores.get("rows");
  const files = scores.get("outputs").items;
  const threshold = scores.get("threshold");
  return [
    words(scores.get("name")),
    [words(scores.get("model")), " version ", fig(scores.get("version"), String)],
    [words(scores.get("selection")), " of ", words(scores.get("from"))],
    fig(rows.get("standing"), whole),
    fig(rows.get("scored"), whole),
    threshold.exists ? fig(rows.get("flagged"), whole) : words(rows.get("flagged"), "–"),
    fig(scores.get("seconds"), seconds),
    files.length === 0 ? "the project alone" :
                         files.map((file, i) => [i === 0 ? "" : ", ", words(file)]),
  ];
}

function more(scores: Part): Child {
  const rows = scores.get("rows");
  const threshold = scores.get("threshold");
  const why = scores.get("why_all");
  const count = (name: string) => fig(rows.get(name), whole);
  return details(
      `${scores.get("name").text}: what was scored, and what it took`, pairs([
        ["all of them", why.exists ? words(why) : "no: what changed alone"],
        ["new", count("new")],
        ["with another version", count("corrected")],
        ["whose views read otherwise", count("reread")],
        ["without a score any more", count("gone")],
        ["durable before a job was killed", count("resumed")],
        ["looked at: with a label", count("labelled")],
        ["looked at: left out by where", count("left_out")],
        ["looked at: before since", count("before_since")],
        [
          "flagged from a score of",
          threshold.exists ?
              threshold.value === null ? words(threshold, "none is") : fig(threshold, fixed(6)) :
              "–"
        ],
        [
          "records read",
          [fig(scores.get("records_read"), whole), " of ", fig(scores.get("records_held"), whole)]
        ],
        ["values over their limit", fig(scores.get("over_limit"), whole)],
        ["entries of the past, gone from their log", fig(scores.get("entries_compacted"), whole)],
        ["read", fig(scores.get("bytes_read"), bytes)],
        ["written", fig(scores.get("bytes_written"), bytes)],
        ["seconds of the processor", fig(scores.get("cpu_seconds"), seconds)],
        ["algorithm", words(scores.get("algorithm"))],
        ["model's content", words(scores.get("content"))],
      ]),
      columns(scores), refused(scores));
}

function columns(scores: Part): Child {
  const list = scores.get("columns").items;
  if (list.length === 0) return null;
  return table(
      "Values that are missing, or were not seen in training",
      [{head: "column"}, {head: "missing", numeric: true}, {head: "unseen", numeric: true}],
      list.map(
          (one): Child[] =>
              [words(one.get("name")), fig(one.get("missing"), whole),
               fig(one.get("unseen"), whole)]));
}

function refused(scores: Part): Child {
  const list = scores.get("refused").items;
  if (list.length === 0) return null;
  return table(
      "Rows refused, and why",
      [
        {head: "source"}, {head: "cause"}, {head: "column"}, {head: "rows", numeric: true},
        {head: "the first", wide: true}
      ],
      list.map(
          (one): Child[] =>
              [words(one.get("source")), words(one.get("cause")), words(one.get("field")),
               fig(one.get("rows"), whole), words(one.get("first"))]));
}
