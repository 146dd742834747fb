// What is said of models beyond their metrics: how scores were calibrated, what comes of acting on
// them, where models are worse than elsewhere, labels that look wrong, groups, and the model card.
import {type Part} from "../document";
import {type Child, details, el, estimate, fig, table, words} from "../dom";
import {fixed, type Format, metricName, plain, signed, whole} from "../figures";
import {nameOf} from "../reading";

/** A p-value: three decimals, or how small it is. */
const chance: Format = (v) => (v >= 0.001 ? fixed(3) : plain)(v);


const having = (run: Part, field: string) =>
    run.get("models").items.filter((model) => model.get(field).exists);

// ---- calibrators --------------------------------------------------------------------------------

function trials(calibrator: Part): Child {
  return table(
      "Calibrators tried",
      [
        {head: "calibrator"},
        {head: "log-loss out of fold", numeric: true},
        {head: "against"},
        {head: "gain", numeric: true},
        {head: "standard error", numeric: true},
        {head: ""},
      ],
      calibrator.get("trials").items.map((trial): Child[] => {
        if (trial.get("refused").exists)
          return [words(trial.get("kind")), "–", "", "", "", words(trial.get("refused"))];
        return [
          words(trial.get("kind")), fig(trial.get("log_loss"), fixed(5)),
          trial.get("against").exists ? words(trial.get("against")) : "",
          trial.get("gain").exists ? fig(trial.get("gain"), signed(5)) : "",
          trial.get("standard_error").exists ? fig(trial.get("standard_error"), fixed(5)) : "",
          words(trial.get("taken"), trial.get("taken").flag ? "taken" : "not taken")
        ];
      }));
}

function spiegelhalter(test: Part): Child {
  return ["z ", fig(test.get("z"), fixed(2)), ", p ", fig(test.get("p"), chance)];
}

function calibrated(model: Part): Child {
  const calibrator = model.get("calibrator");
  const head = [
    el("b", {}, nameOf(model)),
    " (asked: ",
    words(calibrator.get("asked")),
    "): ",
  ];
  if (calibrator.get("why_not").exists)
    return el("p", {}, head, "not calibrated: ", words(calibrator.get("why_not")));
  const tests = calibrator.get("spiegelhalter");
  const rows = calibrator.get("metrics").members.map(
      ([name, metric]): Child[] =>
          [metricName(name), estimate(metric.get("raw"), fixed(4)),
           estimate(metric.get("calibrated"), fixed(4)),
           estimate(metric.get("difference"), signed(4))]);
  rows.push([
    "Spiegelhalter's test", spiegelhalter(tests.get("raw")), spiegelhalter(tests.get("calibrated")),
    ""
  ]);
  return [
    el("p", {}, head, el("b", {}, words(calibrator.get("chosen"))), " (",
       words(calibrator.get("why")), "; ", fig(calibrator.get("rows"), whole),
       " training rows scored in ", words(calibrator.get("folds")), ")."),
    table(
        `Calibration of ${nameOf(model)}`,
        [
          {head: "on the test rows"}, {head: "raw", numeric: true},
          {head: "calibrated", numeric: true}, {head: "calibrated less raw", numeric: true}
        ],
        rows),
    details(
        [el("b", {}, nameOf(model)), ": what was tried"],
        el("p", {}, el("code", {}, words(calibrator.get("formula")))), trials(calibrator)),
  ];
}

export function calibrators(run: Part): Child {
  const list = having(run, "calibrator");
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "Scores go through a calibrator that was chosen on training rows, each scored by a model " +
           "that had not seen it; the test rows then say what it was worth. A small p of " +
           "Spiegelhalter's test says that probabilities are not what comes true."),
    list.map(calibrated),
  ];
}

// ---- decisions ----------------------------------------------------------------------------------

const FIGURES: Record<string, string> = {
  flagged: "share flagged",
  precision: "precision",
  recall: "recall",
  f1: "F1",
  cost: "cost a row",
  cost_with_none_flagged: "cost a row with none flagged",
  cost_with_all_flagged: "cost a row with all flagged",
  most_in_a_day: "flagged on the busiest day",
  days_over_capacity: "days over the capacity",
};

function confusion(counts: Part): Child[][] {
  const cell = (name: string) => fig(counts.get(name), whole);
  return [
    ["flagged", cell("true_positive"), cell("false_positive")],
    ["not flagged", cell("false_negative"), cell("true_negative")],
  ];
}

const CONFUSION = [{head: ""}, {head: "label 1", numeric: true}, {head: "label 0", numeric: true}];

function decided(model: Part): Child {
  const decision = model.get("decision");
  const head = [el("b", {}, nameOf(model)), ": ", words(decision.get("rule"))];
  if (decision.get("why_not").exists)
    return el("p", {}, head, ". No threshold: ", words(decision.get("why_not")));
  return [
    el("p", {}, head, ". Flagged from a score of ", el("b", {}, fig(decision.get("threshold"))),
       " on, found on ", fig(decision.get("rows"), whole), " training rows scored out of fold",
       decision.get("note").exists ? ["; ", words(decision.get("note"))] : null, "."),
    table(
        `Decisions of ${nameOf(model)}`,
        [
          {head: ""}, {head: "promised", numeric: true},
          {head: "came on the test rows", numeric: true}
        ],
        decision.get("figures").members.map(
            ([name, figure]): Child[] =>
                [FIGURES[name] ?? name.replaceAll("_", " "), fig(figure.get("promised"), plain),
                 estimate(figure.get("came"), plain)])),
    details(
        [el("b", {}, nameOf(model)), ": rows by decision and label"],
        el("p", {class: "quiet"}, "Of the test rows:"),
        table(`Test rows of ${nameOf(model)}`, CONFUSION, confusion(decision.get("came"))),
        el("p", {class: "quiet"}, "Of the training rows the threshold was found on:"),
        table(`Training rows of ${nameOf(model)}`, CONFUSION, confusion(decision.get("promised")))),
  ];
}

/** Of models without a threshold: what precision and recall are taken for by everybody. */
function atHalf(list: Part[]): Child {
  if (list.length === 0) return null;
  const names = ["flagged", "precision", "recall", "f1"];
  return [
    el("h3", {}, "From a probability of .5 on, since no threshold is declared"),
    table(
        "Test rows flagged from .5 on",
        [
          {head: "model"}, ...names.map((name) => ({head: FIGURES[name] ?? name, numeric: true})),
          {head: "flagged: label 1", numeric: true}, {head: "label 0", numeric: true},
          {head: "not flagged: label 1", numeric: true}, {head: "label 0", numeric: true}
        ],
        list.map(
            (model):
                Child[] => {
                  const half = model.get("at_half");
                  const count = (name: string) => fig(half.at("came", name), whole);
                  return [
                    el("b", {}, nameOf(model)),
                    ...names.map((name) => estimate(half.at("figures", name), plain)),
                    count("true_positive"), count("false_positive"), count("false_negative"),
                    count("true_negative")
                  ];
                })),
  ];
}

export function decisions(run: Part): Child {
  const list = having(run, "decision");
  const half = having(run, "at_half");
  if (list.length === 0) return half.length === 0 ? null : atHalf(half);
  return [
    el("p", {class: "lead"},
       "From which score on a row is acted on, found on training rows that the model had not " +
           "seen, and judged on the test rows: what was promised, and what came."),
    list.map(decided),
    atHalf(half),
  ];
}

// ---- slices -------------------------------------------------------------------------------------

function slicesOf(model: Part): Child {
  const slices = model.get("slices");
  if (slices.get("why_not").exists)
    return el("p", {}, el("b", {}, nameOf(model)), ": not looked: ", words(slices.get("why_not")));
  const rows = slices.get("worst").items.map(
      (one): Child[] => [
          [words(one.get("column")), ": ", words(one.get("slice"))],
          el("span", {class: `said ${one.get("worse").flag ? "bad" : "open"}`},
             words(one.get("worse"), one.get("worse").flag ? "worse" : "cannot be told apart")),
          fig(one.get("rows"), whole), fig(one.get("log_loss"), fixed(4)),
          fig(one.get("elsewhere"), fixed(4)), estimate(one.get("difference"), signed(4)),
          fig(one.get("predicted"), fixed(3)), fig(one.get("observed"), fixed(3)),
          fig(one.get("p"), chance)]);
  return details(
      [
        el("b", {}, nameOf(model)), ": ", fig(slices.get("worse"), whole), " of ",
        fig(slices.get("looked"), whole), " slices are shown to be worse"
      ],
      el("p", {class: "quiet"}, "Over ", fig(slices.get("rows"), whole),
         " test rows; the chance of even one false slice is held at ",
         fig(slices.get("alpha"), plain), ". ", fig(slices.get("too_few"), whole),
         " more slices have too few rows."),
      table(
          `Slices of ${nameOf(model)}`,
          [
            {head: "slice"}, {head: ""}, {head: "rows", numeric: true},
            {head: "log-loss", numeric: true}, {head: "elsewhere", numeric: true},
            {head: "difference", numeric: true}, {head: "predicted", numeric: true},
            {head: "came true", numeric: true}, {head: "p, corrected", numeric: true}
          ],
          rows),
      slices.get("few").items.length === 0 ? null : [
        el("p", {class: "quiet"}, "Too few rows to tell, those with most:"),
        table(
            `Slices of ${nameOf(model)} with too few rows`,
            [{head: "slice"}, {head: "rows", numeric: true}],
            slices.get("few").items.map(
                (one): Child[] => [
                    [words(one.get("column")), ": ", words(one.get("slice"))],
                    fig(one.get("rows"), whole)]))
      ]);
}

export function slices(run: Part): Child {
  const list = having(run, "slices");
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "Where is a model worse than elsewhere, by more than luck? Rows that are as likely as " +
           "not to be 1 have a higher log-loss by nature; where what was predicted leaves what " +
           "came true, the model is wrong."),
    list.map(slicesOf),
  ];
}

// ---- labels -------------------------------------------------------------------------------------

function labelsOf(model: Part): Child {
  const labels = model.get("label_issues");
  if (labels.get("why_not").exists)
    return el("p", {}, el("b", {}, nameOf(model)), ": not looked: ", words(labels.get("why_not")));
  return details(
      [
        el("b", {}, nameOf(model)), ": ", fig(labels.get("found"), whole), " of ",
        fig(labels.get("rows"), whole), " training rows"
      ],
      el("p", {class: "quiet"}, "Estimated to be wrong: ", fig(labels.get("wrong_0"), fixed(1)),
         " rows of label 0, ", fig(labels.get("wrong_1"), fixed(1)), " of label 1. The first:"),
      table(
          `Labels that look wrong to ${nameOf(model)}`,
          [
            {head: "row", numeric: true}, {head: "label", numeric: true},
            {head: "probability of that label", numeric: true}
          ],
          labels.get("first").items.map(
              (one): Child[] =>
                  [fig(one.get("seq"), String), fig(one.get("label"), String),
                   fig(one.get("probability"), fixed(4))])));
}

export function labelIssues(run: Part): Child {
  const list = having(run, "label_issues");
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "Training rows whose label a model that had not seen them finds unlikely. A wrong label " +
           "looks so, and so does bad luck: it is a list of what to look at."),
    list.map(labelsOf),
  ];
}

// ---- groups -------------------------------------------------------------------------------------

const RATES: [string, string][] = [
  ["base_rate", "base rate"], ["selection_rate", "flagged"],
  ["true_positive_rate", "true positives"], ["false_positive_rate", "false positives"],
  ["precision", "precision"], ["calibration_gap", "calibration gap"]
];

function rate(group: Part, name: string): Child {
  const figure = group.get(name);
  if (!figure.exists) return "too few";
  const other = figure.get("ratio").exists ? figure.get("ratio") : figure.get("more");
  return [
    estimate(figure.get("is"), fixed(3)),
    other.exists ? el("div", {class: "quiet"}, figure.get("ratio").exists ? "ratio " : "more ",
                      estimate(other, figure.get("ratio").exists ? fixed(2) : signed(3))) :
                   null
  ];
}

function groupsOf(model: Part): Child {
  const fairness = model.get("fairness");
  if (fairness.get("why_not").exists)
    return el(
        "p", {}, el("b", {}, nameOf(model)), ": not compared: ", words(fairness.get("why_not")));
  return [
    el("p", {}, el("b", {}, nameOf(model)), ", flagged from ", fig(fairness.get("threshold")),
       " on (",
       words(
           fairness.get("declared"),
           fairness.get("declared").flag ? "its threshold" : "no threshold is declared"),
       "):"),
    fairness.get("columns").items.map(
        (column) =>
            [table(
                 `Groups of ${nameOf(model)} by ${column.get("column").text}`,
                 [
                   {head: words(column.get("column"))}, {head: "rows", numeric: true},
                   {head: "of label 1", numeric: true},
                   ...RATES.map(([, head]) => ({head, numeric: true}))
                 ],
                 column.get("groups").items.map(
                     (group): Child[] => [
                         [
                           words(group.get("group")), " ",
                           words(group.get("too_few"), group.get("too_few").flag ? "(too few)" : "")
                         ],
                         fig(group.get("rows"), whole), fig(group.get("positive"), whole),
                         ...RATES.map(([name]) => rate(group, name))])),
             el("p", {class: "quiet"}, fig(column.get("other_rows"), whole), " rows of ",
                fig(column.get("other_values"), whole), " rarer values are not shown."),
  ]),
  ];
}

export function groups(run: Part): Child {
  const list = having(run, "fairness");
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "How decisions and their errors are spread over groups of the test rows. Ratios are to " +
           "the largest group, which stands first. A gap is no verdict: whether it is unjust, " +
           "figures do not say."),
    list.map(groupsOf),
  ];
}

// ---- model cards --------------------------------------------------------------------------------

export function cards(run: Part): Child {
  const list = having(run, "card");
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "What is known of each model, under the headings of Mitchell et al. (2019). What only its " +
           "owner can say is left to fill in; lode model card writes it as Markdown."),
    list.map(
        (model) => details(
            el("b", {}, nameOf(model)),
            model.get("card").items.map(
                (section) =>
                    [el("h4", {}, words(section.get("heading"))),
                     el("ul", {},
                        section.get("lines").items.map(
                            (line) =>
                                el("li", {},
                                   words(
                                       line.get("blank"),
                                       line.get("blank").flag ? "To fill in: " : ""),
                                   words(line.get("text")))))]))),
  ];
}
