#include "legacy/scene_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <span>

#include "gaxel/error.hpp"
#include "gaxel/fit.hpp"
#include "io/band_keys.hpp"
#include "io/band_pixels.hpp"
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

/// One band's image, without the scene's components.
SceneSource read_band(const io::TomlFile& file, std::optional<std::size_t> band,
                      std::vector<std::string>& names, io::TaskImage& facts) {
  SceneSource source;
  source.file = &file;
  source.folder = std::filesystem::path(file.path).parent_path().string();
  source.band = band;
  const io::TomlTable tables = source.tables();
  if (band) io::read_band_keys(tables, names, facts);
  source.band_name = facts.band;
  source.wavelength = facts.wavelength;
  const std::optional<io::TomlTable> image = tables.table("image");
  if (!image) tables.fail("image", "missing", "an [image] table with the name of a FITS file");
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
  source.header_exptime = io::header_number(input.header, "EXPTIME");
  source.frame.placement = {source.region.x1, source.region.y1};
  source.frame.photometry = io::read_photometry(*image, {input.header, input.primary}, source.notes);
  facts.header = input.header;
  facts.stated_pixel_scale = io::stated_pixel_scale(*image);
  source.pixel_scale = io::pixel_scale_arcsec(facts);
  facts.placement = source.frame.placement;
  facts.photometry = source.frame.photometry;
  facts.shape = source.region.shape();
  return source;
}

/// Whether regions of two bands show the same sky in the same pixels.
bool has_same_pixels(const io::TaskImage& first, const io::TaskImage& other) {
  constexpr double kNear = 1e-4;  // pixels, over the whole region
  const PixelMap& map = other.pixels;
  const double nx = first.shape.nx;
  const double ny = first.shape.ny;
  return first.shape == other.shape && std::abs(map.x(0.0, 0.0)) < kNear &&
         std::abs(map.y(0.0, 0.0)) < kNear && std::abs(map.x(nx, ny) - nx) < kNear &&
         std::abs(map.y(nx, ny) - ny) < kNear;
}

void map_pixels(const io::TomlTable& root, std::vector<io::TaskImage>& images) {
  for (std::size_t b = 1; b < images.size(); ++b) {
    root.relate("band", [&] { images[b].pixels = io::pixel_map(images.front(), images[b]); });
    if (!has_same_pixels(images.front(), images[b])) {
      root.fail("band",
                fmt::format("\"{}\" has not the pixels of \"{}\", as other programs' bands have",
                            images[b].band, images.front().band),
                "regions of one size, no shift but by whole pixels that the regions make up for");
    }
  }
}

}  // namespace

std::string SceneSource::path_of(const std::string& name) const {
  io::FitsName parsed = io::parse_fits_name(name);
  parsed.path = (std::filesystem::path(folder) / parsed.path).lexically_normal().string();
  return parsed.text();
}

std::vector<SceneSource> read_sources(const io::TomlFile& file) {
  const io::TomlTable root(file, file.root, "");
  const std::size_t n_bands = root.tables("band").size();
  std::vector<SceneSource> sources;
  std::vector<std::string> names;
  std::vector<io::TaskImage> images(std::max<std::size_t>(n_bands, 1));
  for (std::size_t b = 0; b < images.size(); ++b)
    sources.push_back(read_band(file, n_bands == 0 ? std::nullopt : std::optional(b), names, images[b]));
  map_pixels(root, images);

  SceneSource& first = sources.front();
  std::vector<std::string> psfs;
  for (const io::PsfTables& psf : io::psf_tables(first.tables())) psfs.push_back(psf.name);
  const io::HeaderCards* header = images[0].header.empty() ? nullptr : &images[0].header;
  io::SceneFrame frame{first.frame, first.region.shape(), header, psfs, false, first.folder, {}};
  std::vector<BandFrame> frames;
  for (std::size_t b = 0; b < images.size(); ++b) {
    frame.bands.push_back({images[b].band, images[b].wavelength, sources[b].frame});
    frames.push_back(io::frame_of(images[b]));
  }
  const Scene scene = io::read_scene(root, frame, first.notes);
  validate(scene, wavelengths_of(frames), file.path);
  const auto in_bands = components_in_bands(scene, frames, file.path);
  for (std::size_t b = 0; b < sources.size(); ++b) {
    sources[b].scene = scene;
    for (std::size_t c = 0; c < scene.components.size(); ++c) {
      for (std::size_t p = 0; p < in_bands[b][c].values.size(); ++p) {
        Parameter& parameter = sources[b].scene.components[c].parameters[p];
        // Starts stay as they are said, also where a limit moves what the fit begins with.
        const bool light = sources.size() > 1 && is_light(scene.components[c].kind->parameters[p].role);
        if (parameter.basis != Basis::kConstant || parameter.tie || light)
          parameter.value = in_bands[b][c].values[p];
      }
    }
  }
  return sources;
}

SceneSource read_source(const io::TomlFile& file) {
  std::vector<SceneSource> sources = read_sources(file);
  if (sources.size() > 1)
    sources.front().root().fail("band", "Imfit has no bands", "a scene of one band, or --to galfitm");
  return std::move(sources.front());
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
