// Models of one question by what they are worth, and whether any is worth more than knowing
// nothing.
import type {Part} from "../document";
import {type Child, el, estimate, fig, table, words} from "../dom";
import {digits, metricName, whole} from "../figures";

const VERDICTS: Record<string, string> = {
  yes: "yes",
  no: "no",
  suspected: "not to be trusted",
  "no baseline": "not known",
};

/** What the run says of the questions these models answer, the first thing to read. */
export function headlines(run: Part, models: Part[]): Child[] {
  const names = new Set(models.map((model) => model.get("name").text));
  return run.get("leaderboards")
      .items.filter((b) => b.get("models").items.some((row) => names.has(row.get("model").text)))
      .map((b) => el("p", {class: "headline"}, "Does a model help? ", words(b.get("says"))));
}

function standing(board: Part, row: Part): Child {
  const suspected =
      words(row.get("suspected"), row.get("suspected").flag ? "suspected of a leak" : "");
  const tied = row.get("tied_with_best").flag;
  const wins = row.get("model").text === board.get("winner").text;
  const chosen = row.get("model").text === board.get("chosen").text;
  return [
    suspected, " ",
    words(
        row.get("tied_with_best"),
        wins       ? "wins" :
            chosen ? "chosen, and not confirmed" :
            tied   ? "tied with the best" :
                     "behind")
  ];
}

function one(board: Part): Child {
  const folded = board.get("chosen_by").text === "training rows";
  const metric = metricName(board.get("metric").text);
  const rows = board.get("models").items.map(
      (row): Child[] =>
          [words(row.get("model")), words(row.get("algorithm")),
           estimate(row.get("value"), digits(4)), estimate(row.get("behind_best"), digits(3)),
           estimate(row.get("chosen_by"), digits(4)),
           estimate(row.get("chosen_behind_best"), digits(3)), standing(board, row)]);
  return [
    el("p", {class: "lead"}, words(board.get("label")), ": ", fig(board.get("test_rows"), whole),
       " test rows, by ", words(board.get("metric"), metric),
       ", of which less is better. A model helps: ",
       words(board.get("helps"), VERDICTS[board.get("helps").text] ?? board.get("helps").text),
       ". Winner: ", words(board.get("winner")), ", baseline: ", words(board.get("baseline")),
       ", gain ", estimate(board.get("gain"), digits(4)), "."),
    table(
        `Leaderboard of ${board.get("label").text}`,
        [
          {head: "model"}, {head: "algorithm"}, {head: metric, numeric: true},
          {head: "behind the best", numeric: true},
          {head: folded ? "out of fold" : "chosen by", numeric: true},
          {head: "behind the best there", numeric: true}, {head: ""}
        ],
        rows),
    el("p", {}, words(board.get("chosen")), " is chosen by ", fig(board.get("chosen_rows"), whole),
       " ", words(board.get("chosen_by")), " (", words(board.get("chosen_how")), "): ",
       "of the models that cannot be told apart from the best the baseline, else the first one " +
           "of lode.yaml that is better than it. ",
       folded ? "The test rows had no part in it. What they do not show to be better than the " +
               "baseline does not win." :
                "It was chosen by the rows that judge it, so its own figure flatters it a little."),
  ];
}

export function leaderboards(run: Part): Child {
  const boards = run.get("leaderboards").items;
  return boards.length === 0 ? null : boards.map(one);
}
