// Which rows a model was fitted on and which it was judged on, and what another split would have
// shown.
import {type Part} from "../document";
import {type Child, details, el, estimate, fig, table, when, words} from "../dom";
import {differenceFormat, digits, metricFormat, metricName, minute, whole} from "../figures";
import {metricsOf} from "../reading";

/** Which rows a model was made of and judged on. */
export function splits(run: Part): Child {
  const list = run.get("models").items;
  if (list.length === 0) return null;
  const span = (model: Part, side: string) => {
    const part = model.at("split", side);
    if (!part.exists) return "–";
    return [
      el("div", {}, when(part.get("first"), minute)),
      el("div", {}, when(part.get("last"), minute)),
      el("div", {class: "quiet"}, "of ", words(part.get("declared"))),
    ];
  };
  const rows = list.map(
      (model): Child[] =>
          [words(model.get("name")), fig(model.get("train_rows"), whole), span(model, "train"),
           fig(model.get("test_rows"), whole), span(model, "test"),
           fig(model.get("test_mean"), digits(4)), fig(model.get("blocks"), whole),
           words(model.get("block_unit")), fig(model.get("embargoed"), whole),
           fig(model.get("purged"), whole), fig(model.get("shared_group"), whole),
           fig(model.get("unseen"), whole)]);
  return [
    el("p", {class: "lead"},
       "Every model is fitted on rows that are not in its test; split by time, on rows before " +
           "it. Left out of training: embargoed rows, too near to the test; purged ones, whose " +
           "label came after it began; and rows that share a group with it."),
    table(
        "Rows of each model",
        [
          {head: "model"}, {head: "training rows", numeric: true}, {head: "from and to (UTC)"},
          {head: "test rows", numeric: true}, {head: "from and to (UTC)"},
          {head: "their mean target", numeric: true}, {head: "drawn", numeric: true}, {head: "by"},
          {head: "embargoed", numeric: true}, {head: "purged", numeric: true},
          {head: "shared group", numeric: true}, {head: "unseen levels", numeric: true}
        ],
        rows),
    randomSplits(list),
    onTraining(list),
    encoded(list),
  ];
}

function onTraining(list: Part[]): Child {
  const metrics = metricsOf(list, "train");
  if (metrics.length === 0) return null;
  return details(
      "The same metrics on the training rows, which models have seen",
      table(
          "Models on training rows",
          [
            {head: "model"}, ...metrics.map((metric) => ({head: metricName(metric), numeric: true}))
          ],
          list.map(
              (model): Child[] =>
                  [model.get("name").text,
                   ...metrics.map(
                       (metric) => model.at("metrics", "train", metric).exists ?
                           estimate(model.at("metrics", "train", metric), metricFormat(metric)) :
                           "–")])));
}

function encoded(list: Part[]): Child {
  const rows = list.flatMap(
      (model) => model.get("encoded").members.flatMap(
          ([split, columns]) => columns.members.map(
              ([column, counts]): Child[] =>
                  [model.get("name").text, split, column, fig(counts.get("missing"), whole),
                   fig(counts.get("unseen"), whole)])));
  if (rows.length === 0) return null;
  return details(
      "Missing values and unseen levels, column by column",
      table(
          "What encoders met",
          [
            {head: "model"}, {head: "rows"}, {head: "column"}, {head: "missing", numeric: true},
            {head: "unseen level", numeric: true}
          ],
          rows));
}

/** What the same model would have shown on a random split of the same rows: the inflation. */
function randomSplits(list: Part[]): Child {
  const judged = list.filter((model) => model.get("random_split").exists);
  if (judged.length === 0) return null;
  const metrics = [...new Set(judged.flatMap((model) => model.at("random_split", "metrics").keys))];
  const columns = [
    {head: "model"}, {head: "rows", numeric: true}, {head: "metric"},
    {head: "split at random", numeric: true}, {head: "as judged", numeric: true},
    {head: "random less judged", numeric: true}, {head: "standard error", numeric: true}
  ];
  const ofModel = (model: Part) =>
      metrics.filter((metric) => model.at("random_split", "metrics", metric).exists);
  const rows = judged.flatMap((model) => ofModel(model).map((metric, i): Child[] => {
    const part = model.at("random_split", "metrics", metric);
    const first = i === 0;
    const format = metricFormat(metric);
    return [
      model.get("name").text, first ? fig(model.at("random_split", "rows"), whole) : "",
      metricName(metric), estimate(part.get("random"), format),
      format(model.at("metrics", "test", metric, "value").number),
      fig(part.get("inflation"), differenceFormat(metric)), fig(part.get("standard_error"), format)
    ];
  }));
  return [
    el("h3", {}, "What a random split would have shown"),
    el("p", {class: "quiet"},
       "Rows next to each other are alike: dealt out at random, the test is like the training " +
           "and flatters the model."),
    table("Models by a random split", columns, rows),
  ];
}
