"""What a fit found, in other forms: a table, plots, a page of a notebook. What each needs is imported when it is called."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gaxel._fit_result import FitResult


class ResultViews:
    """The methods of FitResult that show it; nothing here is part of a fit."""

    __slots__ = ()

    def table(self: "FitResult") -> Any:
        """The components of each band as an astropy.table.QTable.

        Returns
        -------
        astropy.table.QTable
            A row for each component in each band: "band", "component" and "kind"; each parameter, in its unit (pix, rad,
            that of the data or ct, mag; fluxes in images of surface brightnesses in their unit times pix, as MJy pix / sr) and after it its standard deviation, "re_err" after "re"; NaN where a component
            has no such parameter, or the fit left it alone, or its error is not known; "zeropoint" where there are magnitudes. Where the bands have a wcs also "sky", a SkyCoord; "pa", the position
            angle of theta from north to east; and "pixel_scale", which times "re" is an angle. The table's meta holds
            chi2, dof, n_pixels, iterations and stop_reason, and of bands that have one the unit of the image, by their name. gaxel.components_from_table reads it back.

        Raises
        ------
        ImportError
            astropy is not installed.
        InputError
            Units of the bands cannot be converted into each other.
        """
        from gaxel._table import table_of

        return table_of(self)

    def plot(self: "FitResult", *, cmap: str = "gray_r", clip: float = 5.0) -> Any:
        """Data, model and residual of each band, side by side.

        Parameters
        ----------
        cmap : str
            matplotlib's name of the colours of data and model, which share one arcsinh stretch.
        clip : float
            Residuals are drawn in units of sigma from -clip to clip. Pixels that were not used are hatched out in grey.

        Returns
        -------
        matplotlib.figure.Figure
            Not registered with pyplot: notebooks show it, and savefig writes it.
        """
        from gaxel._plots import plot_images

        return plot_images(self, cmap, clip)

    def plot_profile(
        self: "FitResult",
        component: str | None = None,
        *,
        band: str | int = 0,
        pixel_scale: float | None = None,
    ) -> Any:
        """Light along the radius: means of data, model and each component over elliptical annuli.

        Parameters
        ----------
        component : str, optional
            Whose centre, axis ratio and direction the annuli have. Default: the brightest that has them.
        band : str or int
            Name or number of the band.
        pixel_scale : float, optional
            Arcsec per pixel: the axis is then in arcsec.

        Returns
        -------
        matplotlib.figure.Figure
            Above, counts per pixel over the semi-major axis, with the standard error of each mean; below, data less model
            in these errors.
        """
        from gaxel._plots import plot_profile

        return plot_profile(self, component, band, pixel_scale)

    def plot_wavelength(self: "FitResult", *parameters: str) -> Any:
        """Parameters over wavelength: each band's value and error, and the curve where it is a series.

        Parameters
        ----------
        *parameters : str
            "component.parameter", or patterns ("*.re"). Default: all that differ from band to band.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from gaxel._plots import plot_wavelength

        return plot_wavelength(self, parameters)

    def plot_cells(
        self: "FitResult",
        component: str | None = None,
        *,
        band: str | int = 0,
        rtol: float = 1e-6,
        atol: float = 1e-9,
    ) -> Any:
        """The cells that a component of the best model is integrated on, as gaxel.cells finds them, each size in its colour.

        Parameters
        ----------
        component : str, optional
            Its name. Default: the first that is integrated.
        band : str or int
            Name or number of the band.
        rtol, atol : float
            As in gaxel.render.

        Returns
        -------
        matplotlib.figure.Figure
            All of them, and enlarged those about the smallest.
        """
        from gaxel._plots import plot_cells

        return plot_cells(self, component, band, rtol, atol)

    def _repr_html_(self: "FitResult") -> str:
        from gaxel._html import result_html

        return result_html(self)
