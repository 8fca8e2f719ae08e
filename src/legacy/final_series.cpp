#include "legacy/final_series.hpp"

#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "io/convention.hpp"

namespace gaxel::legacy {

namespace {

/// The half turns of an angle that bring it next to another.
double next_to(double degrees, double other) {
  return degrees - 180.0 * std::round((degrees - other) / 180.0);
}

class SeriesMaker {
 public:
  SeriesMaker(const MappedGalfit& mapped, const io::Task& task, const FitResult& result)
      : mapped_(mapped), task_(task), result_(result), n_(result.wavelengths.size()), functions_(n_, n_) {
    for (int band = 0; band < n_; ++band) {
      const std::vector<double> row = result.wavelengths.functions_in(band, Basis::kChebyshev, n_);
      functions_.row(band) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), n_);
    }
    through_ = functions_.fullPivLu().inverse();
  }

  FinalSeries make(std::size_t component, std::vector<FinalNumber> in_bands) const {
    FinalSeries series{std::move(in_bands), {}};
    const FinalNumber& first = series.in_bands.front();
    series.coefficients.assign(static_cast<std::size_t>(n_), FinalNumber{first.row, first.index, first.key});
    for (FinalNumber& coefficient : series.coefficients) {
      coefficient.fixed = true;
      coefficient.tied = first.tied;
    }
    const int place = parameter_of(component, first.key);
    if (place < 0) return through_values(series);
    const SceneComponent& owner = result_.scene.components[component];
    const Parameter& parameter = owner.parameters[static_cast<std::size_t>(place)];
    if (parameter.basis == Basis::kConstant && !parameter.tie) {
      series.coefficients[0] = first;
      for (FinalNumber& number : series.in_bands) number.value = first.value;
      return series;
    }
    if (parameter.basis == Basis::kChebyshev)
      return of_series(component, static_cast<std::size_t>(place), series);
    if (owner.kind->parameters[static_cast<std::size_t>(place)].role == Role::kTheta) {
      for (FinalNumber& number : series.in_bands) number.value = next_to(number.value, first.value);
    }
    through_values(series);
    for (FinalNumber& coefficient : series.coefficients) {
      coefficient.fixed = !parameter.free && !parameter.tie;
      coefficient.flag = first.flag;
    }
    if (parameter.free) add_errors(component, static_cast<std::size_t>(place), series);
    return series;
  }

 private:
  int parameter_of(std::size_t component, const std::string& key) const {
    const SceneComponent& owner = result_.scene.components[component];
    for (std::size_t p = 0; p < owner.parameters.size() && !key.empty(); ++p) {
      if (io::file_key(owner.kind->parameters[p], owner.flux_is_magnitude) == key) return static_cast<int>(p);
    }
    return -1;
  }

  FinalSeries& through_values(FinalSeries& series) const {
    Eigen::VectorXd values(n_);
    for (int band = 0; band < n_; ++band)
      values[band] = series.in_bands[static_cast<std::size_t>(band)].value;
    const Eigen::VectorXd found = through_ * values;
    const bool constant = values.maxCoeff() == values.minCoeff();
    for (int i = 0; i < n_; ++i)
      series.coefficients[static_cast<std::size_t>(i)].value =
          constant ? (i == 0 ? values[0] : 0.0) : found[i];
    return series;
  }

  /// The fit's own coefficients: scenes differ from GALFIT by a factor and a constant.
  FinalSeries& of_series(std::size_t component, std::size_t place, FinalSeries& series) const {
    const SceneComponent& owner = result_.scene.components[component];
    const Parameter& parameter = owner.parameters[place];
    const Role role = owner.kind->parameters[place].role;
    const FinalNumber& first = series.in_bands.front();
    const MappedBand& band = mapped_.bands.front();
    const MappedValue& mapped = *std::ranges::find_if(
        band.objects[component].values,
        [&](const MappedValue& v) { return v.row == first.row && v.index == first.index; });
    double constant = 0.0;
    double slope = 1.0;
    if (mapped.conversion != Conversion::kMagnitude) {
      const io::FileFrame frame{task_.placement, task_.photometry};
      const auto galfit = [&](double inner) {
        const double offset = role == Role::kX ? band.x_offset : role == Role::kY ? band.y_offset : 0;
        return to_galfit(mapped.conversion, mapped.factor, io::to_file(role, false, inner, frame) - offset,
                         band.frame);
      };
      constant = galfit(0.0);
      slope = galfit(1.0) - constant;
    }
    for (std::size_t i = 0; i < parameter.coefficients.size(); ++i) {
      FinalNumber& own = series.coefficients[i];
      own.value = slope * parameter.coefficients[i] + (i == 0 ? constant : 0.0);
      own.fixed = parameter.free_coefficients[i] == 0;
    }
    for (const FreeValue& free : result_.free_values) {
      if (free.component != component || free.parameter != place) continue;
      series.coefficients[free.coefficient].error = std::abs(slope) * free.error;
      series.coefficients[free.coefficient].flag = free.flag;
    }
    for (int b = 0; b < n_; ++b) {
      double sum = 0.0;
      for (int i = 0; i < n_; ++i)
        sum += functions_(b, i) * series.coefficients[static_cast<std::size_t>(i)].value;
      series.in_bands[static_cast<std::size_t>(b)].value = sum;
    }
    return series;
  }

  /// Errors of the coefficients of the polynomial through values that are free in each band.
  void add_errors(std::size_t component, std::size_t place, FinalSeries& series) const {
    const std::size_t n_free = result_.free_values.size();
    std::vector<std::size_t> where(static_cast<std::size_t>(n_), n_free);
    for (std::size_t i = 0; i < n_free; ++i) {
      const FreeValue& free = result_.free_values[i];
      if (free.component == component && free.parameter == place) where[free.coefficient] = i;
    }
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(n_, n_);
    const auto scale = [&](std::size_t band) {
      return series.in_bands[band].error / result_.free_values[where[band]].error;
    };
    for (std::size_t a = 0; a < where.size(); ++a) {
      for (std::size_t b = 0; b < where.size(); ++b) {
        if (where[a] == n_free || where[b] == n_free) continue;
        // A falling conversion, as that to magnitudes, falls in all bands.
        covariance(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) =
            result_.covariance[where[a] * n_free + where[b]] * scale(a) * scale(b);
      }
    }
    const Eigen::VectorXd errors = (through_ * covariance * through_.transpose()).diagonal().cwiseSqrt();
    for (int i = 0; i < n_; ++i) series.coefficients[static_cast<std::size_t>(i)].error = errors[i];
  }

  const MappedGalfit& mapped_;
  const io::Task& task_;
  const FitResult& result_;
  int n_;
  Eigen::MatrixXd functions_;  // (band, coefficient)
  Eigen::MatrixXd through_;    // its inverse
};

}  // namespace

std::vector<FinalSeriesObject> final_series(const MappedGalfit& mapped, const io::Task& task,
                                            const FitResult& result,
                                            const std::vector<std::vector<FinalObject>>& in_bands) {
  const SeriesMaker maker(mapped, task, result);
  std::vector<FinalSeriesObject> finals;
  for (std::size_t i = 0; i < in_bands.front().size(); ++i) {
    FinalSeriesObject final{in_bands.front()[i].object, {}};
    for (std::size_t k = 0; k < in_bands.front()[i].numbers.size(); ++k) {
      std::vector<FinalNumber> numbers;
      for (const std::vector<FinalObject>& band : in_bands) numbers.push_back(band[i].numbers[k]);
      final.numbers.push_back(maker.make(i, std::move(numbers)));
    }
    finals.push_back(std::move(final));
  }
  return finals;
}

}  // namespace gaxel::legacy
