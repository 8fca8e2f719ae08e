// From the numbers that a fit searches to the components of every band, and the derivatives of these.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fit/coordinates.hpp"
#include "fit/series.hpp"
#include "scene/tie_function.hpp"

namespace gaxel {

class ParameterMap {
  template <class Items>
  static auto& at(Items& items, int i) {
    return items[static_cast<std::size_t>(i)];
  }

 public:
  /// `scene` is valid and has all its values. Throws InputError (source `where`) for maps of pixels that a
  /// component cannot follow.
  ParameterMap(Scene scene, std::span<const BandFrame> bands, const std::string& where);

  int n_bands() const { return static_cast<int>(bands_.size()); }
  int size() const { return static_cast<int>(parameters_.size()); }
  /// In the scene's order.
  const std::vector<FreeParameter>& parameters() const { return parameters_; }
  /// Those last moved to; at first the scene's.
  const Eigen::VectorXd& values() const { return values_; }

  /// Gives a band's components the numbers of PSFs that these have.
  void see_through(int band, std::span<const Component> components);
  /// Moves all bands to these values of the parameters.
  void move_to(const Eigen::VectorXd& values);
  /// In a band, for the renderer.
  const std::vector<Component>& components(int band) const { return at(bands_, band).components; }
  /// Which of their parameters depend on any that is free: as render_with_jacobian takes it.
  std::span<const std::uint8_t> wanted(int band) const { return at(bands_, band).wanted; }
  /// The wanted ones by the free ones, (n wanted, size()).
  Eigen::MatrixXd derivatives(int band) const;

  /// The scene at the values last moved to.
  Scene scene() const;
  /// Of what the scene holds for the free parameters, in its order: the nodes' coefficients, by the nodes.
  Eigen::MatrixXd coefficients_by_nodes() const;
  /// Whether what is searched is a difference or ratio to another parameter.
  bool is_limited(int parameter) const;

  /// Residuals of the parameters' priors, (n), and their derivatives, (n, size()).
  Eigen::VectorXd prior_residual() const;
  Eigen::MatrixXd prior_jacobian() const;

 private:
  struct Slot {  // a parameter of a component
    std::size_t component;
    std::size_t index;
    int first = -1;   // of its nodes among the free parameters; -1: it is fixed or tied
    int series = -1;  // position in series_; -1: as before
    int tie = -1;     // position in ties_
  };
  /// A tie, or a limit: there the last term is the target itself, in whose place the free difference or ratio
  /// stands until the value is made from it.
  struct TieSlot {
    TieFunction function;
    std::vector<std::size_t> terms;  // slots
    std::size_t target;
  };
  /// A row for each slot. Kept by rows, it also has some where there are no free parameters, and no memory.
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  struct InBand {
    BandFrame frame;
    std::vector<Component> components;
    std::vector<std::uint8_t> wanted;
    Eigen::VectorXd reference;  // values of the slots, in the pixels of the first band
    Rows chain;                 // and their derivatives
    Rows own_chain;             // those of the components' values, in the band's own pixels
  };
  struct PriorRow {
    std::size_t slot;
    Prior prior;
    int band;
  };

  const Parameter& parameter(const Slot& slot) const;
  const ParameterSpec& spec(const Slot& slot) const;
  bool is_magnitude(const Slot& slot) const;
  /// The values of all slots in all bands, (slots, bands), as if there were no limits; empty without any.
  Eigen::MatrixXd unlimited_values(std::span<const BandFrame> bands, const std::string& where) const;
  void add_slots(const Eigen::MatrixXd& unlimited, const std::string& where);
  void add_free(Slot& slot, const Parameter& own, FreeParameter free);
  /// Narrows the range of a node to what the limits of fixed parameters to it leave. `unlimited`: their
  /// values.
  void keep_limits_of_fixed(const Slot& slot, FreeParameter& node, const Eigen::MatrixXd& unlimited,
                            const std::string& where) const;
  void order_ties();
  void check_maps(const std::string& where) const;
  void find_wanted();
  void find_linear();
  void add_priors();
  Eigen::VectorXd start() const;
  void evaluate(int band, const Eigen::VectorXd& values);
  void take_to_pixels(int band);

  Scene scene_;
  Wavelengths wavelengths_;
  std::vector<Slot> slots_;
  std::vector<Series> series_;
  std::vector<TieSlot> ties_;  // each after those that it depends on
  std::vector<FreeParameter> parameters_;
  std::vector<InBand> bands_;
  std::vector<PriorRow> priors_;
  Eigen::VectorXd values_;
};

}  // namespace gaxel
