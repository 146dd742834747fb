// Options that were searched or chosen: what each trial cost and scored, what was taken, and what
// it bought on the test rows; and what a limit on time left out.
import {type Part} from "../document";
import {type Child, details, el, estimate, fig, table, words} from "../dom";
import {differenceFormat, fixed, metricFormat, metricName, whole} from "../figures";

/** What there was no time for. */
export function givenUp(run: Part): Child {
  const limit = run.get("time_limit");
  const list = run.get("given_up").items;
  if (!limit.exists) return null;
  return [
    el("p", {class: "lead"}, "The run was to take ", fig(limit, fixed(1)), " s",
       list.length === 0 ? ", and left nothing out for it." : ". Left out for it:"),
    list.length === 0 ? null : el("ul", {}, list.map((what) => el("li", {}, words(what)))),
  ];
}

export function tuning(run: Part): Child {
  const list = run.get("models").items.filter((model) => model.get("tuning").exists);
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "Options were tried on folds of the training rows; the test rows had no say. Declared " +
           "ones are kept unless others are better beyond what the luckiest trial would show by " +
           "chance, and of what cannot be told apart the simplest is taken."),
    list.map(ofModel),
  ];
}

function ofModel(model: Part): Child {
  const part = model.get("tuning");
  const metric = part.get("metric");
  const says: Child = [
    el("h3", {}, model.get("name").text),
    el("p", {}, words(metric, metricName(metric.text)), ": ", words(part.get("says"))),
  ];
  if (part.get("why_not").exists)
    return [says, el("p", {class: "quiet"}, words(part.get("why_not")))];
  const limit = part.get("limit_seconds");
  return [
    says,
    el("p", {class: "quiet"}, fig(part.get("rows"), whole), " rows scored in ",
       fig(part.get("folds"), whole), " folds (", words(part.get("how")), "); at most ",
       fig(part.get("most_trials"), whole), " trials; ", fig(part.get("seconds"), fixed(1)),
       " s of ", limit.number > 0 ? [fig(limit, fixed(1)), " s"] : words(limit, "no limit of time"),
       words(part.get("limit_of_the_run"), part.get("limit_of_the_run").flag ? ", the run's" : ""),
       "; ended by ", words(part.get("ended_by")), "; trial ", fig(part.get("chosen"), whole),
       " taken, ", estimate(part.get("gain"), differenceFormat(metric.text)),
       " lower than the first on the rows it was chosen by."),
    onTest(part),
    trials(part, metric.text),
  ];
}

function onTest(part: Part): Child {
  const list = part.get("test").items;
  if (list.length === 0) return null;
  return table(
      "What the options bought on the test rows",
      [
        {head: "on the test rows"}, {head: "as declared", numeric: true},
        {head: "chosen less declared", numeric: true}
      ],
      list.map(
          (one): Child[] =>
              [words(one.get("metric"), metricName(one.get("metric").text)),
               estimate(one.get("declared"), metricFormat(one.get("metric").text)),
               estimate(one.get("difference"), differenceFormat(one.get("metric").text))]));
}

function trials(part: Part, metric: string): Child {
  const list = part.get("trials").items;
  const options = list[0]?.get("options").keys ?? [];
  const rows = list.map(
      (trial, i): Child[] =>
          [String(i + 1), ...options.map((name) => words(trial.at("options", name))),
           trial.get("loss").value === null ? words(trial.get("loss"), "–") :
                                              fig(trial.get("loss"), metricFormat(metric)),
           fig(trial.get("folds"), whole), fig(trial.get("seconds"), fixed(2)), [
             words(trial.get("state")),
             trial.get("why").exists ? [": ", words(trial.get("why"))] : null
           ]]);
  return details(
      [String(list.length), " trials"],
      table(
          "Trials",
          [
            {head: "trial", numeric: true}, ...options.map((name) => ({head: name, numeric: true})),
            {head: metricName(metric), numeric: true}, {head: "folds", numeric: true},
            {head: "seconds", numeric: true}, {head: "", wide: true}
          ],
          rows));
}
