// Models of one question by what they are worth, and whether any is worth more than knowing
// nothing.
import type {Part} from "../document";
import {type Child, el, estimate, fig, table, words} from "../dom";
import {metricName, significant, whole} from "../figures";

const VERDICTS: Record<string, string> = {
  yes: "yes",
  no: "no",
  suspected: "not to be trusted",
  "no baseline": "not known",
};

/** What the run says of each question, the first thing to read. */
export function headlines(run: Part): Child[] {
  return run.get("leaderboards")
      .items.map(
          (board) => el("p", {class: "headline"}, "Does a model help? ", words(board.get("says"))));
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
           estimate(row.get("value"), significant(4)),
           estimate(row.get("behind_best"), significant(3)), standing(board, row)]);
  return [
    el("p", {class: "lead"}, words(board.get("label")), ": ", fig(board.get("test_rows"), whole),
       " test rows, by ", words(board.get("metric"), metric),
       ", of which less is better. A model helps: ",
       words(board.get("helps"), VERDICTS[board.get("helps").text] ?? board.get("helps").text),
       ". Winner: ", words(board.get("winner")), ", baseline: ", words(board.get("baseline")),
       ", gain ", estimate(board.get("gain"), significant(4)), "."),
    table(
        `Leaderboard of ${board.get("label").text}`,
        [
          {head: "model"}, {head: "algorithm"}, {head: metric, numeric: true},
          {head: "behind the best", numeric: true}, {head: ""}
        ],
        rows),
    el("p", {},
       "Of the models that cannot be told apart from the best, the one declared first wins. ",
       "The winner was picked by these same rows, so its own figure flatters it a little."),
  ];
}

export function leaderboards(run: Part): Child {
  const boards = run.get("leaderboards").items;
  return boards.length === 0 ? null : boards.map(one);
}
