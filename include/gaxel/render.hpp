// Components and a PSF to pixels, with derivatives and a certificate of the error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"
#include "gaxel/psf.hpp"

namespace gaxel {

class SpectrumPool;

/// The promise of every pixel: |error| <= atol * total |flux| + rtol * |pixel| + floor. Sky counts for
/// neither.
struct Tolerance {
  double rtol = 1e-6;
  double atol = 1e-9;
  double floor = 0.0;  ///< counts: what does not matter in any pixel, a small part of its noise, say
};

/// What a render can vouch for. Bounds hold for the image before noise, in the image's units.
struct Certificate {
  double total_flux = 0.0;  ///< summed |flux| of what is no sky: what the tolerance refers to with atol
  double max_bound = 0.0;   ///< largest bound of a pixel's error
  double sum_bound = 0.0;   ///< sum of the bounds of all pixels' errors
  std::int64_t n_over = 0;  ///< pixels whose bound exceeds the tolerance
  /// More than double precision or more cells than allowed would be needed; or a profile with an edge was
  /// drawn in boxes before the PSF, because its transform is not known to the tolerance.
  bool limit_hit = false;
  /// Some of the bounds are estimates that have proved conservative, and no proofs: those of the light of
  /// components of Family::kSurface, and of what is drawn before a PSF.
  bool estimated = false;
  std::int64_t n_evaluations = 0;  ///< of radial laws at the nodes of tiles and cells; cusps are not counted
  double evaluations_per_pixel = 0.0;
  std::vector<std::int64_t>
      tiles_per_size;  ///< entry k: tiles of many pixels whose longer side is 2^k pixels
  std::vector<std::int64_t>
      cells_per_level;  ///< level 0: whole pixels; level k: sides 2^-k of them; the last: cusps
  Image bound;          ///< bound of each pixel's error
};

struct RenderOptions {
  Tolerance tolerance;
  bool certificate = false;  ///< costs about as much again as the render
  int threads = 1;           ///< 0: as many as the machine has
};

/// The cells that each component is integrated on, and their rules. Immutable and cheap to copy; may be used
/// from any number of threads. An empty plan stands for one that is made and forgotten.
class RenderPlan {
 public:
  /// How many components may have cells: all but images, point sources and sky. Those that are convolved by
  /// their transforms have none.
  int n_profiles() const;
  /// How many components' cells were found anew by the prepare() that returned this plan; those of the others
  /// were taken over.
  int n_made() const;

  class Impl;

 private:
  friend class Renderer;
  std::shared_ptr<const Impl> impl_;
};

/// What the light of a component is integrated on.
enum class CellKind {
  kTile,   ///< many pixels that share a polynomial
  kPixel,  ///< a pixel with a Gauss-Legendre rule
  kPart,   ///< a part of a pixel with one
  kCusp    ///< a pixel done in closed form
};

/// A rectangle of pixels, or of a pixel, and its nodes: those of a tile are spread over all of it, also over
/// what lay beyond the grid and was cut off here.
struct Cell {
  CellKind kind;
  int level;     ///< the longer side is 2^level pixels; of parts 2^level is that of the shorter
  double x_min;  ///< data pixels
  double x_max;
  double y_min;
  double y_max;
  int nodes_x;  ///< 0 in closed form
  int nodes_y;

  int n_nodes() const { return nodes_x * nodes_y; }
};

/// The cells of one component: they fill the grid and do not overlap. Pixels are those of the grid, which a
/// PSF widens and divides.
struct CellMap {
  Grid grid;
  std::vector<Cell> cells;
};

/// Whether a valid component has second derivatives to its parameters: Sersic profiles and those of a fixed
/// index, point sources, skies, and sums of these.
bool has_second_derivatives(const Component& component);

/// Renders images of one shape through one PSF, whatever Component::psf says. Immutable after construction:
/// one renderer may be used from many threads at once. Equal input gives equal bits.
class Renderer {
 public:
  /// Throws InputError for an empty shape, rtol not in (0, 1), atol not in [0, 1), floor < 0, or a negative
  /// number of threads.
  Renderer(Shape shape, const std::optional<Psf>& psf = std::nullopt, RenderOptions options = {});
  ~Renderer();
  Renderer(Renderer&&) noexcept;
  Renderer& operator=(Renderer&&) noexcept;

  Shape shape() const;
  const RenderOptions& options() const;

  /// A plan for the components, with some margin, so that it holds for others that are near. What of
  /// `previous` holds for them is taken over, which is checked by its error bounds at a fraction of the price
  /// of a new plan. `previous` may be another renderer's. The same plan gives the same bits, whatever the
  /// number of threads.
  RenderPlan prepare(std::span<const Component> components, const RenderPlan& previous = {}) const;

  /// The cells on which render() without a plan integrates components[which]. Throws InputError for invalid
  /// components, or when `which` is none that is integrated.
  CellMap cells(std::span<const Component> components, std::size_t which) const;

  /// Writes the sum of the components to `image` (shape()). `plan`: empty, or from prepare() for these
  /// components. Throws InputError for invalid components, or a plan for another number of profiles, shape or
  /// reach of the PSF.
  Certificate render(std::span<const Component> components, ImageView image,
                     const RenderPlan& plan = {}) const;

  /// As render, and writes to `jacobian` (n, ny, nx) the derivative of the image with respect to each of the
  /// n parameters marked in `wanted`, which has one entry for every parameter of every component, in order
  /// (as many as the sum of the kinds' parameters). Constants (fittable == false) must not be marked.
  Certificate render_with_jacobian(std::span<const Component> components,
                                   std::span<const std::uint8_t> wanted, ImageView image, double* jacobian,
                                   const RenderPlan& plan = {}) const;

  /// The vector-Jacobian product: writes to `gradient` (n) the sum over the pixels of `cotangent` (shape())
  /// times each of those derivatives, without making an image of any: the expansion of tiles and the
  /// convolution run backwards.
  void vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
           ConstImageView cotangent, double* gradient, const RenderPlan& plan = {}) const;

  /// Writes to `image` (shape()) the second derivative of the image along two directions, each with a step
  /// for every wanted parameter: sum over i, j of first[i] second[j] d2 image / dp_i dp_j, on the cells of
  /// the image. Throws InputError as vjp, for directions of another length, and when a wanted parameter
  /// belongs to a component that has_second_derivatives() says no of.
  void second_derivative(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                         std::span<const double> first, std::span<const double> second, ImageView image,
                         const RenderPlan& plan = {}) const;

  /// Its transpose, a Hessian times a vector: writes to `gradient` (n), for each wanted parameter i, the sum
  /// over the pixels of `cotangent` times sum over j of direction[j] d2 image / dp_i dp_j, without making an
  /// image of any derivative. Throws as second_derivative.
  void second_vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                  std::span<const double> direction, ConstImageView cotangent, double* gradient,
                  const RenderPlan& plan = {}) const;

 private:
  friend class MultiPsfRenderer;
  class Impl;

  Certificate render_shared(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                            ImageView image, double* jacobian, const RenderPlan& plan,
                            SpectrumPool* shared) const;

  std::unique_ptr<Impl> impl_;
};

/// The plans of a MultiPsfRenderer, one for each PSF.
class MultiPsfPlan {
 public:
  int n_profiles() const;
  int n_made() const;

 private:
  friend class MultiPsfRenderer;
  std::vector<int> psfs;  ///< of the components it was made for
  std::vector<RenderPlan> plans;
};

/// Renders images of one shape through several PSFs, each component through the one that Component::psf
/// numbers, or none. Everything else is as in Renderer. Sky is never convolved.
class MultiPsfRenderer {
 public:
  /// Without PSFs nothing is convolved, and the number 0 stands for none, too. Throws InputError as Renderer.
  MultiPsfRenderer(Shape shape, const std::vector<Psf>& psfs, RenderOptions options = {});

  Shape shape() const { return shape_; }
  const RenderOptions& options() const { return options_; }

  /// All members throw InputError for a component whose PSF there is not.
  MultiPsfPlan prepare(std::span<const Component> components, const MultiPsfPlan& previous = {}) const;
  CellMap cells(std::span<const Component> components, std::size_t which) const;
  Certificate render(std::span<const Component> components, ImageView image,
                     const MultiPsfPlan& plan = {}) const;
  Certificate render_with_jacobian(std::span<const Component> components,
                                   std::span<const std::uint8_t> wanted, ImageView image, double* jacobian,
                                   const MultiPsfPlan& plan = {}) const;
  void vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
           ConstImageView cotangent, double* gradient, const MultiPsfPlan& plan = {}) const;
  void second_derivative(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                         std::span<const double> first, std::span<const double> second, ImageView image,
                         const MultiPsfPlan& plan = {}) const;
  void second_vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                  std::span<const double> direction, ConstImageView cotangent, double* gradient,
                  const MultiPsfPlan& plan = {}) const;

 private:
  struct Group;
  std::vector<Group> groups_of(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                               const MultiPsfPlan& plan) const;
  Certificate render_groups(const std::vector<Group>& groups, ImageView image, double* jacobian,
                            const MultiPsfPlan& plan) const;
  std::size_t renderer_of(const Component& component) const;
  std::optional<std::size_t> common_renderer(std::span<const Component> components) const;

  Shape shape_;
  RenderOptions options_;
  std::vector<Renderer> renderers_;  ///< one for each PSF, and the last without
};

}  // namespace gaxel
