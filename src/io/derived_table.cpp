#include "io/derived_table.hpp"

#include <array>

#include "io/header_facts.hpp"

namespace gaxel::io {
namespace {

const std::array kColumns{
    EcsvColumn{"component", "string", "name of the component; total: all but skies"},
    EcsvColumn{"type", "string", "kind of the component"},
    EcsvColumn{
        "quantity", "string",
        "flux, mag: total; r_half: half-light radius along the major axis, r_half_circ: of the circle of "
        "the same area; mu_e, mean_mu_e, mu_0: surface brightness on the half-light isophote, mean inside "
        "it, in the centre (i_e, mean_i_e, i_0 in counts); fraction: of the flux of all components; "
        "colour: magnitude in one band minus that in another"},
    EcsvColumn{"band", "string", "band, or the two of a colour; empty: there is only one"},
    EcsvColumn{"value", "float64", "of the light before the PSF"},
    EcsvColumn{"error", "float64",
               "1 sigma from the covariance of all free parameters; nan where nothing free, or something "
               "degenerate, is in it"},
    EcsvColumn{"unit", "string", "unit of value and error, 1 for pure numbers"},
    EcsvColumn{"error_sandwich", "float64", "1 sigma by the residuals as they are"},
    EcsvColumn{"error_correlated", "float64",
               "1 sigma by the variance and correlation of the background's noise"}};

std::vector<DerivedFrame> derived_frames(const Task& task) {
  std::vector<DerivedFrame> frames;
  const std::vector<BandFrame> plain = frames_of(task);
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    DerivedFrame& own = frames.emplace_back();
    own.frame = plain[b];
    const Photometry& photometry = images[b]->photometry;
    if (photometry.zeropoint) own.zeropoint = photometry.magnitude(1.0);
    own.pixel_scale_arcsec = pixel_scale_arcsec(images[b]->header);
  }
  return frames;
}

}  // namespace

std::vector<DerivedRow> derived_table(const Task& task, const FitResult& result) {
  const std::vector<const TaskImage*> images = images_of(task);
  std::vector<DerivedRow> rows;
  for (const DerivedValue& value : derived_values(result, derived_frames(task))) {
    DerivedRow& row = rows.emplace_back();
    row.component = "total";
    if (value.component) {
      const SceneComponent& component = result.scene.components[*value.component];
      row.component = component.name;
      row.type = component.kind->name;
    }
    row.quantity = value.key;
    row.band = images[value.band]->band;
    if (value.minus) row.band += "-" + images[*value.minus]->band;
    row.value = value.value;
    row.error = value.error;
    row.unit = value.unit;
    row.sandwich = value.sandwich;
    row.correlated = value.correlated;
  }
  return rows;
}

std::string derived_ecsv(std::span<const DerivedRow> rows, const TableMeta& meta) {
  std::vector<EcsvRow> cells;
  for (const DerivedRow& row : rows) {
    cells.push_back({row.component, row.type, row.quantity, row.band, row.value, row.error,
                     unit_cell(row.unit), row.sandwich, row.correlated});
  }
  return ecsv_document(kColumns, cells, meta);
}

}  // namespace gaxel::io
