#include "io/block_fits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "gaxel/render.hpp"
#include "io/cfitsio.hpp"
#include "io/provenance.hpp"
#include "profile/with_truncations.hpp"

namespace gaxel::io {
namespace {

constexpr std::array<std::string_view, 6> kReserved = {"DATA", "MODEL", "RESIDUAL", "SIGMA", "MASK", "BOUND"};

bool is_word(const std::string& keyword, std::string_view stem) {
  if (!keyword.starts_with(stem) || keyword.size() <= stem.size()) return false;
  const char axis = keyword[stem.size()];
  return (axis == '1' || axis == '2') && keyword.size() <= stem.size() + 2;
}

std::vector<HeaderKey> fit_keys(const Task& task, const FitResult& result, std::string_view version) {
  std::vector<HeaderKey> keys = {
      {"CREATOR", fmt::format("gaxel {}", version), "program that made this file"},
      {"GAXELVER", std::string(version), "version of gaxel"},
      {"SCENE", task.scene_file, "scene file"},
      {"IMAGE", task.image_file, "image that was fitted"},
      {"LIKELIHD", std::string(to_text(result.likelihood)), "how the noise is distributed"},
      {"STATIST", result.statistic, "what the fit made least, penalties included"},
      {"CHI2", result.chi2, "sum of ((data - model) / sigma)^2"},
      {"PENALTY", result.penalty, "what priors and smoothness add to STATIST"},
      {"DOF", result.dof, "pixels used - free parameters"},
      {"NPIX", result.n_pixels, "pixels used"},
      {"NFREE", std::int64_t{result.scene.n_free()}, "free parameters"},
      {"NITER", std::int64_t{result.iterations}, "iterations"},
      {"AIC", result.aic, "chi2 + 2 free parameters"},
      {"BIC", result.bic, "chi2 + free parameters ln(pixels used)"},
      {"NSTARTS", std::int64_t{result.starts}, "starting points searched from"},
      {"NAGREED", std::int64_t{result.agreed}, "of these, that came to this chi2"},
      {"STOPPED", std::string(to_text(result.stop_reason)), "why the fit ended"},
      {"RTOL", task.options.tolerance.rtol, "relative tolerance of the pixels"},
      {"ATOL", task.options.tolerance.atol, "tolerance as a fraction of the flux"}};
  for (const HeaderKey& key : provenance_keys(task)) keys.push_back(key);
  return keys;
}

Image difference(const Image& data, const Image& model) {
  Image result(data.shape());
  for (std::size_t i = 0; i < result.size(); ++i) result.data()[i] = data.data()[i] - model.data()[i];
  return result;
}

Image mask_image(const Observation& observation) {
  Image mask(observation.data.shape());
  for (std::size_t i = 0; i < mask.size(); ++i) mask.data()[i] = observation.used[i] ? 0.0 : 1.0;
  return mask;
}

}  // namespace

std::vector<Image> component_images(Shape shape, const FitOptions& fit_options,
                                    std::span<const Component> components, const std::vector<Psf>& psfs) {
  const RenderOptions options{fit_options.tolerance, false, fit_options.threads};
  const MultiPsfRenderer renderer(shape, psfs, options);
  std::vector<Image> images;
  for (std::size_t i = 0; i < components.size(); ++i) {
    images.emplace_back(shape);
    renderer.render(with_truncations(components, i), images.back().view());
  }
  return images;
}

std::vector<std::string> extension_names(const Scene& scene) {
  std::set<std::string> taken(kReserved.begin(), kReserved.end());
  std::vector<std::string> names;
  for (const SceneComponent& component : scene.components) {
    std::string base = component.name;
    for (char& c : base)
      c = c < ' ' || c > '~' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::string name = base;
    for (int number = 2; !taken.insert(name).second; ++number) name = fmt::format("{}_{}", base, number);
    names.push_back(name);
  }
  return names;
}

std::vector<HeaderKey> region_keys(const HeaderCards& header, const Placement& placement, Shape shape) {
  std::vector<HeaderKey> keys;
  for (const std::string& card : header) {
    const std::string keyword = card_keyword(card);
    const bool reference = is_word(keyword, "CRPIX");
    if (!reference && !is_word(keyword, "LTV")) continue;
    const std::optional<double> value = header_number(header, keyword);
    if (!value) continue;
    const char axis = keyword[reference ? 5 : 3];
    const int first = axis == '1' ? placement.first_x : placement.first_y;
    keys.push_back({keyword, *value - (first - 1), "shifted to this region"});
  }
  keys.push_back({"REGION",
                  fmt::format("[{}:{},{}:{}]", placement.first_x, placement.first_x + shape.nx - 1,
                              placement.first_y, placement.first_y + shape.ny - 1),
                  "pixels of the original image, 1-based"});
  return keys;
}

namespace {

/// What the header of a band's images says.
std::vector<HeaderKey> band_keys(const TaskImage& image, const BandFit& fit, bool several) {
  std::vector<HeaderKey> keys = region_keys(image.header, image.placement, image.shape);
  if (!several) return keys;
  keys.push_back({"BAND", image.band, "name of the band"});
  keys.push_back({"WAVELEN", image.wavelength, "its wavelength, in the scene's unit"});
  keys.push_back({"CHI2", fit.chi2, "of this band's pixels"});
  keys.push_back({"NPIX", fit.n_pixels, "pixels used"});
  return keys;
}

}  // namespace

PartialFile write_block(const std::string& path, const Task& task, const FitResult& result,
                        std::span<const std::vector<Image>> components, std::string_view version) {
  FitsWriter writer(path);
  writer.add_empty(fit_keys(task, result, version));
  const std::vector<std::string> names = extension_names(result.scene);
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    const TaskImage& own = *images[b];
    const Image& model = result.bands[b].model;
    const std::vector<HeaderKey> keys = band_keys(own, result.bands[b], images.size() > 1);
    const std::string suffix = images.size() > 1 ? "_" + own.band : "";
    const auto add = [&](const Image& image, const std::string& name, PixelType type = PixelType::kFloat64) {
      writer.add_image(image.view(), name + suffix, keys, own.header, type);
    };
    add(own.observation.data, "DATA");
    add(model, "MODEL");
    add(difference(own.observation.data, model), "RESIDUAL");
    for (std::size_t i = 0; i < components[b].size(); ++i) add(components[b][i], names[i]);
    add(own.observation.sigma, "SIGMA");
    add(mask_image(own.observation), "MASK", PixelType::kUint8);
  }
  return writer.finish();
}

void write_model(const std::string& path, const Task& task, std::span<const RenderedBand> bands,
                 std::string_view version) {
  FitsWriter writer(path);
  const std::vector<std::string> names = extension_names(task.scene);
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    const TaskImage& own = *images[b];
    const std::string suffix = images.size() > 1 ? "_" + own.band : "";
    const std::vector<HeaderKey> keys = region_keys(own.header, own.placement, own.shape);
    std::vector<HeaderKey> first = keys;
    first.push_back({"CREATOR", fmt::format("gaxel {}", version), "program that made this file"});
    first.push_back({"SCENE", task.scene_file, "scene file"});
    first.push_back({"RTOL", task.options.tolerance.rtol, "relative tolerance of the pixels"});
    first.push_back({"ATOL", task.options.tolerance.atol, "tolerance as a fraction of the flux"});
    writer.add_image(bands[b].model.view(), "MODEL" + suffix, first, own.header);
    for (std::size_t i = 0; i < bands[b].components.size(); ++i)
      writer.add_image(bands[b].components[i].view(), names[i] + suffix, keys, own.header);
    const Image& bound = bands[b].certificate.bound;
    if (!bound.empty()) writer.add_image(bound.view(), "BOUND" + suffix, keys, own.header);
  }
  writer.commit();
}

}  // namespace gaxel::io
