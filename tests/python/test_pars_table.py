"""Tables of parameters for gaxel.model."""

import gaxel
import numpy as np
import pytest
from astropy import units
from astropy.table import MaskedColumn, QTable, Table
from gaxel import model


def test_a_table_of_parameters():
    table = Table(
        {"mag": np.array([20, 21], np.int16), "q": np.array([0.5, 1.0], ">f4"), "theta": [90.0, 180.0]}
    )
    table["mag"].unit, table["theta"].unit = "mag", "deg"
    pars = model.pars_table_to_pytree(table)
    assert list(pars) == ["mag", "q", "theta"]
    for name, values in {"mag": [20, 21], "q": [0.5, 1], "theta": [np.pi / 2, np.pi]}.items():
        assert pars[name].dtype == np.dtype(np.float64) and pars[name].dtype.isnative
        np.testing.assert_allclose(pars[name], values, rtol=1e-15)
    pars["q"][0] = 7.0
    assert table["q"][0] == 0.5


def test_other_tables_of_parameters():
    rows = np.array([(1.5, 2), (2.5, 3)], dtype=[("x", "f4"), ("n", "i8")])
    quantities = QTable({"x": [1.5, 2.5] * units.pix, "n": [2, 3] * units.dimensionless_unscaled})
    masked = Table({"x": MaskedColumn([1.5, 2.5], mask=[False, False]), "n": [2, 3]})
    for table in (rows, quantities, masked, {"x": [1.5, 2.5], "n": (2, 3)}):
        pars = model.pars_table_to_pytree(table)
        assert list(pars) == ["x", "n"]
        np.testing.assert_array_equal(pars["x"], [1.5, 2.5])
        np.testing.assert_array_equal(pars["n"], [2.0, 3.0])
    angle = QTable({"theta": [0.5, 1.0] * units.rad})
    np.testing.assert_array_equal(model.pars_table_to_pytree(angle)["theta"], [0.5, 1.0])
    shared = model.pars_table_to_pytree({"x": [1.0, 2.0], "q": 0.5})
    assert shared["q"].shape == () and shared["q"] == 0.5


def masked_table():
    return Table({"x": MaskedColumn([1.0, 2.0, 3.0], mask=[False, False, True])})


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (Table({"mag": [1.0, 2.0], "log_n": [0.1, np.nan]}), ["column log_n, row 1", "nan", "not finite"]),
        (Table({"mag": [np.inf, 2.0]}), ["column mag, row 0", "inf"]),
        (masked_table(), ["column x, row 2", "masked"]),
        (Table({"mag": [1.0], "name": ["NGC"]}), ["column name", "real numbers"]),
        (Table({"x": [1j]}), ["column x", "complex"]),
        (QTable({"x": [1.0] * units.arcsec}), ["column x", "arcsec", "pixels"]),
        ({"x": [1.0, 2.0], "y": [1.0]}, ["column y", "1 rows", "2, as x"]),
        ({"x": [[1.0], [1.0, 2.0]]}, ["column x", "not numbers"]),
        ({"x": np.nan}, ["column x", "nan"]),
        ({}, ["table", "no columns"]),
        (Table(), ["table", "no columns"]),
        ([1.0], ["table", "list", "no columns"]),
        (np.zeros(3), ["table", "no columns"]),
    ],
)
def test_bad_tables_are_refused(table, words):
    with pytest.raises(gaxel.InputError) as error:
        model.pars_table_to_pytree(table)
    for word in ["pars_table_to_pytree", *words]:
        assert word in str(error.value)
