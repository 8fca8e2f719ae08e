// Convolution of light with a PSF in Fourier space, without wrap-around into the image.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/parallel.hpp"
#include "gaxel/image.hpp"
#include "gaxel/psf.hpp"
#include "psf/fft.hpp"
#include "psf/fourier_light.hpp"
#include "psf/psf_model.hpp"

namespace gaxel {

/// What the pixels of a model's image are.
enum class Sampling {
  kIntegrated,  ///< integrals of the light over each pixel: its response is divided out again
  kPoint        ///< the light at each pixel's centre, flux per pixel; light that is band-limited to pi
};

struct ConvolverOptions {
  Reach reach = {};  ///< light from at least so far counts: convolvers that share it share spectra
  double negligible_transfer = 1e-13;  ///< transfer functions below this count as zero
  double negligible_light = 2.5e-10;   ///< light may be left out that is fainter than this part of a source's
                                       ///< flux in every pixel: it sets how far analytic PSFs reach

  friend bool operator==(const ConvolverOptions&, const ConvolverOptions&) = default;
};

/// One PSF made ready for images of one shape. Immutable after construction: one convolver may be used from
/// many threads at once, each with its own Spectrum. Equal input gives equal bits.
///
/// The image is D(x) = sum over frequencies of T(k) L(k) exp(i k . x) at the pixels' centres x, with L the
/// light's transform and T the PSF's transfer function (gaxel/psf.hpp), on a grid of pixels that is wide
/// enough for light not to come round into the region. Frequencies beyond pi are folded onto those below. Of
/// light that is given as an image only the frequencies up to pi are known and used.
///
/// The members named _adjoint run backwards. Given the cotangent of the image, the derivative of some number
/// (a likelihood, say) with respect to every pixel, they return that number's derivatives with respect to the
/// light: convolve_adjoint(), then add_adjoint() for light known by its transform, then transform_adjoint().
/// They are exact transposes: inner products of image and cotangent, and of light and result, differ by
/// rounding only.
class Convolver {
 public:
  /// The Fourier transform of the convolved image, or of the cotangent, on the padded grid.
  class Spectrum {
   public:
    void clear() { buffer_.clear(); }
    void add(const Spectrum& other);  ///< of the same size

   private:
    friend class Convolver;
    explicit Spectrum(FftBuffer buffer) : buffer_(std::move(buffer)) {}
    FftBuffer buffer_;
  };

  /// The transfer function over padded().size(), on the frequencies up to `last` times 2 pi / n along each
  /// axis: rows from -last_y to last_y, columns from 0 to last_x, of which the first `used[row]` are not
  /// negligible.
  struct Response {
    int last_x = 0;
    int last_y = 0;
    std::vector<double> kx;
    std::vector<double> ky;
    ComplexTable values;
    std::vector<std::size_t> used;
  };

  /// Throws InputError for an empty region, or when more than 2^31 pixels or 2^26 frequencies were needed.
  Convolver(const Psf& psf, Shape region, ConvolverOptions options = {});

  Shape region() const { return region_; }
  /// Where light is to be rendered if it is given as an image: the region widened by the reach of the PSF, so
  /// that light outside the region counts. Step 1.
  const Grid& model_grid() const { return model_grid_; }
  /// Size of the Fourier transforms. Light known by its transform comes round with this period.
  Shape padded() const { return padded_; }
  /// Largest frequency along x and y at which light counts, radians per data pixel.
  double highest_frequency() const { return highest_; }
  /// The frequencies along x, from 0 in steps of 2 pi / padded().nx, at which light known by its transform is
  /// asked for: all of a row or its first few.
  std::span<const double> frequencies_x() const { return response_.kx; }
  /// What add() multiplies light with.
  const Response& response() const { return response_; }
  /// What transform() multiplies Sampling::kPoint with: the same up to pi, as a half spectrum of padded().
  const ComplexTable& point_response() const { return image_response_.values; }
  /// Whether light at (x, y) can reach the region.
  bool reaches(double x, double y) const;
  /// Bound of the PSF's value beyond its reach: times the light's flux, that of what is left out.
  double outside() const { return outside_; }
  /// 2-norm of the image of one pixel of a model with unit light in it.
  double response_norm(Sampling sampling) const {
    return image_response_.norms[static_cast<std::size_t>(sampling)];
  }
  /// Sum of the absolute values of that image: what an error in every pixel of the model is multiplied by at
  /// most.
  double amplification(Sampling sampling) const {
    return static_cast<double>(padded_.size()) * absolute_response(sampling).spectrum_row(0)[0];
  }

  Spectrum make_spectrum() const { return Spectrum(FftBuffer(padded_)); }  ///< zero
  /// For transform() or convolve_adjoint() to overwrite.
  Spectrum make_undefined_spectrum() const { return Spectrum(FftBuffer::undefined(padded_)); }

  /// Overwrites `spectrum` with the transform of `model` (model_grid().shape), convolved.
  void transform(ConstImageView model, Spectrum& spectrum, Sampling sampling) const;

  /// Adds light.n_images() images, convolved, to as many spectra. The bits do not depend on `threads` (0: as
  /// many as the machine has).
  void add(std::span<Spectrum* const> spectra, const FourierLight& light, int threads = 1) const;

  /// Overwrites `image` (the region's shape) with the convolved light. Uses up `spectrum`: clear() or
  /// transform() it before it is used again.
  void convolve(Spectrum& spectrum, ImageView image) const;

  /// Overwrites `image` (the region's shape) with what a bound on the error of a model's image, `bound`
  /// (model_grid().shape), becomes: convolved with the absolute values of the response. Never negative.
  void convolve_bound(ConstImageView bound, Sampling sampling, ImageView image) const;

  /// The transpose of convolve(): overwrites `spectrum` with the transform of the `cotangent` (the region's
  /// shape).
  void convolve_adjoint(ConstImageView cotangent, Spectrum& spectrum) const;

  /// The transpose of add(), for a `spectrum` from convolve_adjoint(): overwrites `products` (n_images())
  /// with the inner products of the cotangent and each of the convolved images.
  void add_adjoint(const Spectrum& spectrum, const FourierLight& light, std::span<double> products,
                   int threads = 1) const;

  /// For a `spectrum` from convolve_adjoint(), calls use(row, ky, kx, weights) once for every row of
  /// frequencies that counts: the inner product of the cotangent and the convolved image of light L is the
  /// sum of the real parts of weights * L over all of them.
  template <class Use>
  void for_each_weight(const Spectrum& spectrum, int threads, const Use& use) const {
    parallel_for(static_cast<int>(response_.ky.size()), threads, [&](int i) {
      const auto row = static_cast<std::size_t>(i);
      const std::size_t used = response_.used[row];
      if (used == 0) return;
      ComplexTable weights(1, used);
      weigh_row(i - response_.last_y, spectrum, weights.row(0));
      use(row, response_.ky[row], std::span(response_.kx).first(used), std::as_const(weights).row(0));
    });
  }

  /// What light beyond a grid's highest frequency does to an image at most if it is drawn on the grid with
  /// cells 1/m wide and splines of `order` (DrawnGrid), divided by the largest such light's |L|.
  double aliasing(int m, int order) const;

  /// The transpose of transform(): overwrites `model` (model_grid().shape) with the derivatives with respect
  /// to each of its pixels, for a `spectrum` from convolve_adjoint(). Uses up `spectrum`.
  void transform_adjoint(Spectrum& spectrum, ImageView model, Sampling sampling) const;

 private:
  // The transfer function up to pi, as a half spectrum, and what makes it that of integrals.
  struct ImageResponse {
    ComplexTable values;
    std::vector<double> pixel_x;  ///< 1 / sinc(kx / 2)
    std::vector<double> pixel_y;
    std::array<double, 2> norms{};  ///< of each Sampling
  };

  // Transform of the absolute values of the response on the pixels.
  struct AbsoluteResponse {
    std::once_flag made;
    std::unique_ptr<const FftBuffer> transform;
  };

  void make_response(const PsfModel& psf, double negligible);
  void make_image_response(const PsfModel& psf);
  void multiply(FftBuffer& buffer, Sampling sampling, bool conjugate) const;
  RowRange rows_of_model() const;  ///< on the padded grid
  void place(ConstImageView model, FftBuffer& buffer) const;
  void take(FftBuffer& buffer, ImageView model) const;
  void add_row(int frequency_y, std::span<Spectrum* const> spectra, const FourierLight& light,
               ComplexTable& scratch) const;
  void weigh_row(int frequency_y, const Spectrum& spectrum, ComplexRow weights) const;
  const FftBuffer& absolute_response(Sampling sampling) const;

  Shape region_;
  Grid model_grid_;
  Shape padded_;
  double highest_ = 0.0;
  double outside_ = 0.0;
  std::shared_ptr<const Fft2d> fft_;
  Response response_;
  ImageResponse image_response_;
  std::unique_ptr<std::array<AbsoluteResponse, 2>> absolute_;  ///< of each Sampling
};

}  // namespace gaxel
