#include "legacy/scene_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <span>

#include "gaxel/error.hpp"
#include "gaxel/fit.hpp"
#include "io/header_facts.hpp"
#include "io/image_input.hpp"
#include "io/photometry.hpp"
#include "io/psf_input.hpp"
#include "io/scene_file.hpp"
#include "profile/brightness.hpp"

namespace gaxel::legacy {

namespace {

/// The region as the scene gives it, for an image that is not at hand.
std::optional<io::Section> stated_region(const io::TomlTable& image) {
  constexpr int kMost = 1'000'000'000;
  const auto ends = image.integers("region", 4, -kMost, kMost);
  if (!ends) return std::nullopt;
  return io::Section{(*ends)[0], (*ends)[1], (*ends)[2], (*ends)[3]};
}

/// Gives tied parameters, which stay tied, their values.
void fill_ties(SceneSource& source) {
  const io::Photometry& photometry = source.frame.photometry;
  const double zeropoint = photometry.zeropoint ? photometry.magnitude(1.0) : 0.0;
  const BandFrame band{0.0, zeropoint};
  const auto values = components_in_bands(source.scene, std::span(&band, 1), source.file->path).front();
  for (std::size_t c = 0; c < values.size(); ++c) {
    for (std::size_t p = 0; p < values[c].values.size(); ++p) {
      Parameter& parameter = source.scene.components[c].parameters[p];
      if (parameter.tie) parameter.value = values[c].values[p];
    }
  }
}

}  // namespace

std::string SceneSource::path_of(const std::string& name) const {
  io::FitsName parsed = io::parse_fits_name(name);
  parsed.path = (std::filesystem::path(folder) / parsed.path).lexically_normal().string();
  return parsed.text();
}

SceneSource read_source(const io::TomlFile& file) {
  SceneSource source;
  source.file = &file;
  source.folder = std::filesystem::path(file.path).parent_path().string();
  const io::TomlTable root = source.root();
  if (root.has("band"))
    root.fail("band", "a scene of several bands is not written for other programs yet",
              "a scene of one band");
  const std::optional<io::TomlTable> image = root.table("image");
  if (!image) root.fail("image", "missing", "an [image] table with the name of a FITS file");
  if (const auto name = image->text("file")) source.image = source.path_of(*name);
  io::ImageInput input;
  try {
    input = io::read_image_input(*image, source.folder, false, source.notes);
    source.region = input.region.section;
    source.region_known = true;
  } catch (const InputError& error) {
    const std::optional<io::Section> stated = stated_region(*image);
    if (source.image.empty() || std::filesystem::exists(io::parse_fits_name(source.image).path)) throw;
    source.notes.push_back(fmt::format("{}: {}", source.image, error.problem().what));
    if (stated) source.region = *stated;
    source.region_known = stated.has_value();
  }
  source.pixel_scale = io::pixel_scale_arcsec(input.header);
  source.header_exptime = io::header_number(input.header, "EXPTIME");
  source.frame.placement = {source.region.x1, source.region.y1};
  source.frame.photometry = io::read_photometry(*image, {input.header, input.primary}, source.notes);
  std::vector<std::string> psfs;
  for (const io::PsfTables& psf : io::psf_tables(root)) psfs.push_back(psf.name);
  const io::HeaderCards* header = input.header.empty() ? nullptr : &input.header;
  source.scene =
      io::read_scene(root, {source.frame, source.region.shape(), header, psfs, false}, source.notes);
  validate(source.scene, file.path);
  fill_ties(source);
  return source;
}

std::optional<double> file_number(const SceneSource& source, const SceneComponent& component,
                                  std::string_view key) {
  for (std::size_t p = 0; p < component.parameters.size(); ++p) {
    const ParameterSpec& spec = component.kind->parameters[p];
    if (io::file_key(spec, component.flux_is_magnitude) == key)
      return io::to_file(spec.role, component.flux_is_magnitude, component.parameters[p].value, source.frame);
  }
  return std::nullopt;
}

std::optional<double> brightness(const SceneComponent& component, bool in_centre) {
  const ComponentKind& base = component.kind->base();
  const int flux = component.kind->index_of(Role::kFlux);
  const bool possible = in_centre ? base.has_central_brightness : base.has_scale_brightness;
  if (!possible || flux < 0 || base.family != Family::kElliptical) return std::nullopt;
  double area = 1.0;  // of the shape over that of the ellipse
  for (const std::string_view option : component.kind->options) {
    if (option != "c0") return std::nullopt;
    const auto c0 = static_cast<std::size_t>(component.kind->index_of("c0"));
    const double c = component.parameters[c0].value + 2.0;
    area = 4.0 * std::pow(std::tgamma(1.0 + 1.0 / c), 2) / (std::numbers::pi * std::tgamma(1.0 + 2.0 / c));
  }
  const ComponentKind& bright =
      component_kind(fmt::format("{}+{}", base.name, in_centre ? "central" : "scale"));
  Component of_one{&bright, std::vector<double>(bright.parameters.size(), 1.0)};
  for (std::size_t p = 0; p < bright.parameters.size(); ++p) {
    const int from = component.kind->index_of(bright.parameters[p].name);
    if (from >= 0) of_one.values[p] = component.parameters[static_cast<std::size_t>(from)].value;
  }
  const double norm = component.parameters[static_cast<std::size_t>(flux)].value;
  return norm / (flux_per_brightness(of_one).value * area);
}

}  // namespace gaxel::legacy
