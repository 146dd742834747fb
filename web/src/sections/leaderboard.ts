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
  return [
    suspected, " ",
    words(
        row.get("tied_with_best"),
        wins     ? "wins" :
            tied ? "tied with the best" :
                   "behind")
  ];
}

function one(board: Part): Child {
  const metric = metricName(board.get("metric").text);
  const rows = board.get("models").items.map(
      (row): Child[] =>
          [words(row.get("model")), words(row.get("algorithm")),
           estimate(row.get("value"), digits(4)), estimate(row.get("behind_best"), digits(3)),
           standing(board, row)]);
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
          {head: "behind the best", numeric: true}, {head: ""}
        ],
        rows),
    el("p", {},
       "Of the models that cannot be told apart from the best the baseline wins, else the first " +
           "one of lode.yaml that is better than it. ",
       "The winner was picked by these same rows, so its own figure flatters it a little."),
  ];
}

export function leaderboards(run: Part): Child {
  const boards = run.get("leaderboards").items;
  return boards.length === 0 ? null : boards.map(one);
}
