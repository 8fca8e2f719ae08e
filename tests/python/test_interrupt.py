"""Signals in the middle of a render or a fit: what Python's handlers raise ends it, in whatever threads it works."""

import contextlib
import signal
import threading

import gaxel
import numpy as np
import pytest

# Work of many seconds, were it not left.
SHAPE = (3000, 3000)
GALAXIES = [
    gaxel.Sersic(x=30.0 * i, y=1500.0, flux=1000.0, re=200.0, n=3.7 + 0.01 * i, q=0.5, theta=0.1 * i)
    for i in range(100)
]
NUKERS = [
    gaxel.Nuker(x=30.0 * i, y=1500.0, ib=5.0, rb=200.0, alpha=2.0, beta=1.4, gamma=0.3, q=0.5, theta=0.1 * i)
    for i in range(100)
]


class Alarm(Exception):
    pass


@contextlib.contextmanager
def alarm(seconds):
    def raise_alarm(number, frame):
        raise Alarm

    before = signal.signal(signal.SIGALRM, raise_alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("light", "psf"),
    [(GALAXIES, gaxel.GaussianPsf(fwhm=3.0)), (NUKERS, None), (NUKERS, gaxel.GaussianPsf(fwhm=3.0))],
    ids=["sersic psf", "nuker", "nuker psf"],
)
def test_a_render_is_left_in_the_middle(light, psf, threads):
    out = np.full(SHAPE, np.nan)
    with pytest.raises(Alarm), alarm(0.3):
        gaxel.render(light, SHAPE, psf, rtol=1e-10, atol=1e-13, out=out, threads=threads)
    # Every pixel of the whole image is lit.
    assert not np.all(out > 0.0)


@pytest.mark.parametrize("work", ["jacobian", "vjp", "prepare", "cells"])
def test_all_work_is_left(work):
    small = GALAXIES[:40]
    calls = {
        "jacobian": lambda: gaxel.render_with_jacobian(small, (700, 700), rtol=1e-12, atol=1e-15),
        "vjp": lambda: gaxel.vjp(small, np.ones((2500, 2500)), rtol=1e-12, atol=1e-15),
        "prepare": lambda: gaxel.prepare(NUKERS, (4000, 4000), rtol=1e-12, atol=1e-15),
        "cells": lambda: [gaxel.cells(GALAXIES, (4000, 4000), rtol=1e-12, atol=1e-15) for _ in range(1000)],
    }
    with pytest.raises(Alarm), alarm(0.1):
        calls[work]()


def test_a_fit_is_left_within_its_first_image():
    galaxy = gaxel.Sersic(x=700.0, y=700.0, flux=1e6, re=100.0, n=4.0, q=0.5, theta=0.3)
    image = gaxel.render(galaxy, (1400, 1400), threads=2)
    start = galaxy.replace(re=70.0, n=2.0) if hasattr(galaxy, "replace") else galaxy
    told = []
    with pytest.raises(Alarm), alarm(0.1):
        gaxel.fit(image, [start], sigma=1.0, noise_share=0.0, rtol=1e-10, atol=1e-13, progress=told.append)
    assert len(told) <= 1


def test_a_handler_that_does_not_raise_changes_nothing():
    handled = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: handled.append(number))
    expected = gaxel.render(NUKERS[:20], (400, 400), rtol=1e-10, atol=1e-13)
    signal.setitimer(signal.ITIMER_REAL, 0.005, 0.02)
    try:
        image = gaxel.render(NUKERS[:20], (400, 400), rtol=1e-10, atol=1e-13)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert handled and np.array_equal(image, expected)


def test_renders_of_other_threads_go_on():
    results = []

    def render():
        results.append(gaxel.render(GALAXIES[:20], (600, 600), rtol=1e-10, atol=1e-13, threads=1))

    worker = threading.Thread(target=render)
    with pytest.raises(Alarm), alarm(0.1):
        worker.start()
        gaxel.render(NUKERS, SHAPE, rtol=1e-10, atol=1e-13)
    worker.join()
    assert np.array_equal(results[0], gaxel.render(GALAXIES[:20], (600, 600), rtol=1e-10, atol=1e-13))
