"""A sample of the table that `./dev validate` makes of convolved pixels (docs/validation/convolution.md)."""

import pytest
from convolution_sweep import KINDS, sweep

# Images are small beside their PSFs to make a small test.
pytestmark = pytest.mark.filterwarnings("ignore::gaxel.PsfWarning")


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_and_certificates_of_random_galaxies(kind):
    result = sweep(kind, 5, seed=77)
    assert result.pixels == 20
    assert result.over_tolerance == 0
    assert result.optimistic == 0
