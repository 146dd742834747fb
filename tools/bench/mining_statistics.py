"""What paired differences over folds say. No packages, so that its test runs anywhere."""

import math

# Of Student's t, 97.5 %, by degrees of freedom (tables; scipy.stats.t.ppf(0.975, n) agrees).
T_975 = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 5: 2.5706, 6: 2.4469, 7: 2.3646, 8: 2.3060,
         9: 2.2622, 14: 2.1448, 19: 2.0930, 29: 2.0452}


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def corrected_interval(differences: list[float], test_share: float) -> tuple[float, float]:
    """95 % for the mean of paired differences over folds that share their rows: the corrected
    resampled t of Nadeau and Bengio (2003, Inference for the generalization error), whose variance
    is (1/n + test rows / training rows) of that of the differences instead of 1/n of it. Infinite
    for one fold."""
    n = len(differences)
    if n < 2:
        return -math.inf, math.inf
    middle = mean(differences)
    variance = math.fsum((d - middle) ** 2 for d in differences) / (n - 1)
    width = T_975[n - 1] * math.sqrt(variance * (1 / n + test_share / (1 - test_share)))
    return middle - width, middle + width


def judgement(low: float, high: float, less_is_better: bool) -> str:
    """Of lode's figure less its peer's."""
    if low <= 0 <= high:
        return "not told apart"
    return "better" if (high < 0) == less_is_better else "worse"
