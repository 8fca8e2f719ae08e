"""A small sample of what validate/fits.py measures: honest errors, and fits that converge from poor starts."""

import numpy as np
import pytest
from simulated_galaxies import deviations, fit, poor_start, simulate


def test_errors_hold_the_truth_as_often_as_they_should():
    found = [
        deviations(fit(one, one.truth), one.truth)
        for one in (simulate(seed, (50.0, 400.0)) for seed in range(60))
    ]
    for key in found[0]:
        inside = sum(abs(one[key]) < 1.0 for one in found)
        assert 27 <= inside <= 54, key  # 41 of 60; a fair share lies outside of this once in 3000 times
        assert abs(np.mean([one[key] for one in found])) < 0.5, key


@pytest.mark.parametrize("seed", range(20))
def test_poor_starts_reach_the_best_fit(seed):
    one = simulate(1000 + seed, (20.0, 200.0))
    best = fit(one, one.truth)
    poor = fit(one, poor_start(one.truth, seed))
    assert poor.success and poor.chi2 == pytest.approx(best.chi2, abs=1e-3)
