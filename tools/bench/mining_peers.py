"""What lode is held against, each with its defaults, and the metrics all are judged by."""

import io
import warnings

import lightgbm
import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, mean_absolute_error, roc_auc_score
from sklearn.metrics import root_mean_squared_error
from sklearn.pipeline import make_pipeline

from mining_sets import DataSet

VERSIONS = {"scikit-learn": sklearn.__version__, "LightGBM": lightgbm.__version__}
LESS_IS_BETTER = {"log_loss": True, "auc": False, "brier": True, "rmse": True, "mae": True}


def table_of(data: DataSet, header: str, rows: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Inputs and targets. Categories are pandas' own type, by which both boosters know them."""
    if data.text:
        names = header.split(data.separator)
        cut = [row.split(data.separator, len(names) - 1) for row in rows]
        frame = pd.DataFrame(cut, columns=names)
    else:
        frame = pd.read_csv(io.StringIO("\n".join([header, *rows])), skipinitialspace=True,
                            na_values=list(data.missing), keep_default_na=False,
                            sep=data.separator)
    target = frame[data.target]
    y = target.to_numpy(float) if data.number else (target == data.yes).to_numpy(int)
    if data.text:
        return frame[[data.text]], y
    x = frame[[*data.numbers, *data.categories]].copy()
    for name in data.categories:
        x[name] = x[name].astype("category")
    return x, y


def peers_of(data: DataSet, seed: int) -> dict:
    """By name: an estimator with its defaults; the seed is all it is told."""
    if data.text:
        return {"TF-IDF and LogisticRegression": make_pipeline(TfidfVectorizer(),
                                                               LogisticRegression())}
    if data.number:
        return {"HistGradientBoosting": HistGradientBoostingRegressor(random_state=seed),
                "LightGBM": lightgbm.LGBMRegressor(random_state=seed, verbose=-1)}
    return {"HistGradientBoosting": HistGradientBoostingClassifier(random_state=seed),
            "LightGBM": lightgbm.LGBMClassifier(random_state=seed, verbose=-1)}


def scores_of(peer, data: DataSet, x: pd.DataFrame, y: np.ndarray, train, test) -> np.ndarray:
    if data.text:
        x = x[data.text]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        peer.fit(x.iloc[train], y[train])
        return peer.predict(x.iloc[test]) if data.number else peer.predict_proba(x.iloc[test])[:, 1]


def figures(data: DataSet, y: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    if data.number:
        return {"rmse": float(root_mean_squared_error(y, scores)),
                "mae": float(mean_absolute_error(y, scores))}
    # As lode clips: scikit-learn does at 2.2e-16, which a forest of few trees can tell.
    clipped = np.clip(scores, 1e-15, 1 - 1e-15)
    return {"log_loss": float(log_loss(y, clipped)), "auc": float(roc_auc_score(y, scores)),
            "brier": float(brier_score_loss(y, scores))}
