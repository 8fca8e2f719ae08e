#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <vector>

#include "base/nearest_name.hpp"
#include "gaxel/error.hpp"
#include "io/cfitsio.hpp"
#include "io/fits_bytes.hpp"
#include "io/fits_file.hpp"
#include "io/fits_tiles.hpp"

namespace gaxel::io {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && name_distance(a, b) == 0;
}

std::string axes_text(const HduInfo& hdu) {
  return fmt::format("{}", fmt::join(hdu.axes, " x "));
}

std::string describe(const HduInfo& hdu) {
  std::string text = fmt::format("[{}]", hdu.number);
  if (!hdu.extname.empty()) text += fmt::format(" {},{}", hdu.extname, hdu.extver);
  if (!hdu.is_image) return text + " table";
  return text + (hdu.axes.empty() ? " no pixels" : " image " + axes_text(hdu));
}

}  // namespace

class FitsReader::Impl {
 public:
  explicit Impl(std::string file_path) : path(std::move(file_path)), bytes_(path) {
    const auto lock = lock_cfitsio();
    bytes_.check_header(0);
    file_ = bytes_.open();
    try {
      list_units();
    } catch (...) {
      close();
      throw;
    }
  }
  ~Impl() {
    const auto lock = lock_cfitsio();
    close();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// Goes to a unit; the caller holds the lock.
  fitsfile* at(const HduInfo& hdu) const {
    check(go_to(hdu.number));
    return file_;
  }

  void check(int status) const {
    if (status == 0) return;
    const bool ended = status == END_OF_FILE || status == READ_ERROR;
    refuse(path,
           (ended ? "the file is truncated or damaged: " : "the file is damaged: ") + cfitsio_reason(status));
  }

  /// Throws when the file ends before what belongs to `hdu` does.
  void check_length(const HduInfo& hdu) const {
    int status = 0;
    LONGLONG head = 0;
    LONGLONG data = 0;
    LONGLONG end = 0;
    fits_get_hduaddrll(at(hdu), &head, &data, &end, &status);
    check(status);
    const bool is_table = hdu.compressed || !hdu.is_image;
    long double bytes = is_table ? table_bytes() : std::abs(hdu.bitpix) / 8;
    if (!is_table)
      for (const std::int64_t axis : hdu.axes) bytes *= static_cast<long double>(axis);
    const auto present = static_cast<long double>(bytes_.size()) - static_cast<long double>(data);
    if (bytes > present) {
      refuse(path, fmt::format("the file is truncated: unit [{}] has {:.0f} of {:.0f} bytes of {}",
                               hdu.number, static_cast<double>(std::max(present, 0.0L)),
                               static_cast<double>(bytes), is_table ? "its table" : "pixels"));
    }
  }

  /// Throws when compressed pixels of the section cannot be unpacked.
  void check_tiles(const HduInfo& hdu, const Section& section) const {
    if (!hdu.compressed) return;
    const std::string problem =
        tile_problem(at(hdu), section, kMaxPixels, bytes_.size(), known_tiles_[hdu.number]);
    if (!problem.empty()) refuse(path, fmt::format("unit [{}] cannot be unpacked: {}", hdu.number, problem));
  }

  const std::string path;
  std::vector<HduInfo> hdus;
  std::string unreadable;

 private:
  /// Of the table at which the file stands: its rows and what lies behind them.
  long double table_bytes() const {
    std::array<LONGLONG, 3> values{};
    const std::array<const char*, 3> keywords{"NAXIS1", "NAXIS2", "PCOUNT"};
    int status = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      fits_read_key(file_, TLONGLONG, keywords[i], &values[i], nullptr, &status);
    check(status);
    return static_cast<long double>(values[0]) * static_cast<long double>(values[1]) +
           static_cast<long double>(values[2]);
  }

  /// Returns CFITSIO's status.
  int go_to(int number) const {
    int status = 0;
    int current = 0;
    if (fits_get_hdu_num(file_, &current) == number + 1) return 0;
    // CFITSIO 4.2 takes an image that is dithered for one that is not quantized where that before was not.
    const float level = file_->Fptr->quantize_level;
    file_->Fptr->quantize_level = 0.0F;
    if (fits_movabs_hdu(file_, number + 1, nullptr, &status) != 0) file_->Fptr->quantize_level = level;
    return status;
  }

  void close() {
    int status = 0;
    if (file_ != nullptr) fits_close_file(file_, &status);
    file_ = nullptr;
    fits_clear_errmsg();
  }

  void list_units() {
    hdus.push_back(unit(0));
    int status = 0;
    for (int number = 1; status == 0; ++number) {
      LONGLONG head = 0;
      LONGLONG data = 0;
      LONGLONG end = 0;
      fits_get_hduaddrll(file_, &head, &data, &end, &status);
      check(status);
      const bool is_unit = bytes_.check_header(end);
      status = go_to(number);
      if (status == 0) {
        hdus.push_back(unit(number));
      } else if (is_unit) {
        unreadable = fmt::format("[{}] and what follows cannot be read: {}", number, cfitsio_reason(status));
      }
    }
    fits_clear_errmsg();
  }

  HduInfo unit(int number) {
    HduInfo info;
    info.number = number;
    check(go_to(number));
    int status = 0;
    int type = ANY_HDU;
    fits_get_hdu_type(file_, &type, &status);
    check(status);
    std::array<char, FLEN_VALUE> text{};
    if (fits_read_key(file_, TSTRING, "EXTNAME", text.data(), nullptr, &status) == 0)
      info.extname = text.data();
    status = 0;
    int version = 1;
    if (fits_read_key(file_, TINT, "EXTVER", &version, nullptr, &status) == 0) info.extver = version;
    status = 0;
    fits_clear_errmsg();
    info.is_image = type == IMAGE_HDU;
    if (info.is_image) read_axes(info);
    return info;
  }

  void read_axes(HduInfo& info) {
    int status = 0;
    int n_axes = 0;
    info.compressed = fits_is_compressed_image(file_, &status) != 0;
    fits_get_img_type(file_, &info.bitpix, &status);
    fits_get_img_dim(file_, &n_axes, &status);
    check(status);
    std::vector<LONGLONG> axes(static_cast<std::size_t>(std::max(n_axes, 0)));
    if (n_axes > 0) fits_get_img_sizell(file_, n_axes, axes.data(), &status);
    check(status);
    info.axes.assign(axes.begin(), axes.end());
  }

  FitsBytes bytes_;
  mutable std::map<int, std::vector<bool>> known_tiles_;  // of units; CFITSIO's lock guards it
  fitsfile* file_ = nullptr;
};

FitsReader::FitsReader(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
FitsReader::~FitsReader() = default;
FitsReader::FitsReader(FitsReader&&) noexcept = default;
FitsReader& FitsReader::operator=(FitsReader&&) noexcept = default;

const std::string& FitsReader::path() const {
  return impl_->path;
}
const std::vector<HduInfo>& FitsReader::hdus() const {
  return impl_->hdus;
}

const std::string& FitsReader::unreadable() const {
  return impl_->unreadable;
}

const HduInfo& FitsReader::find(const FitsName& name) const {
  const bool any = !name.hdu && name.extname.empty();
  for (const HduInfo& hdu : impl_->hdus) {
    if (any && hdu.has_pixels()) return hdu;
    if (name.hdu && *name.hdu == hdu.number) return hdu;
    if (!name.extname.empty() && same_name(name.extname, hdu.extname) &&
        (!name.extver || *name.extver == hdu.extver)) {
      return hdu;
    }
  }
  std::vector<std::string> units;
  for (const HduInfo& hdu : impl_->hdus) units.push_back(describe(hdu));
  if (!unreadable().empty()) units.push_back(unreadable());
  const std::string list = fmt::format("the file holds: {}", fmt::join(units, "; "));
  if (any) refuse(path(), "the file holds no image", list);
  refuse(path(), "the file has no such extension", list, "extension", name.extension_text());
}

Shape FitsReader::shape(const HduInfo& hdu) const {
  const std::string allowed = "an image of two axes; further axes of length 1 do not matter";
  if (!hdu.is_image) refuse(path(), fmt::format("unit [{}] is a table, not an image", hdu.number), allowed);
  const auto& axes = hdu.axes;
  const std::string n_axes = std::to_string(axes.size());
  if (axes.size() < 2) {
    refuse(path(), axes.empty() ? fmt::format("unit [{}] has no pixels", hdu.number) : "an image of one axis",
           allowed, "NAXIS", n_axes);
  }
  if (std::any_of(axes.begin() + 2, axes.end(), [](std::int64_t axis) { return axis != 1; })) {
    refuse(path(), fmt::format("the image has {} axes ({})", axes.size(), axes_text(hdu)), allowed, "NAXIS",
           n_axes);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (axes[i] < 1 || axes[i] > std::numeric_limits<int>::max()) {
      refuse(path(), "an image cannot have this size",
             fmt::format("1 to {}", std::numeric_limits<int>::max()), fmt::format("NAXIS{}", i + 1),
             std::to_string(axes[i]));
    }
  }
  return {static_cast<int>(axes[1]), static_cast<int>(axes[0])};
}

HeaderCards FitsReader::header(const HduInfo& hdu) const {
  const auto lock = lock_cfitsio();
  fitsfile* file = impl_->at(hdu);
  int status = 0;
  int count = 0;
  fits_get_hdrspace(file, &count, nullptr, &status);
  impl_->check(status);
  HeaderCards cards;
  for (int i = 1; i <= count; ++i) {
    std::array<char, FLEN_CARD> card{};
    fits_read_record(file, i, card.data(), &status);
    impl_->check(status);
    const int kind = fits_get_keyclass(card.data());
    // The table that stores a compressed image is not the image's own description.
    if (hdu.compressed && (kind == TYP_STRUC_KEY || kind == TYP_CMPRS_KEY)) continue;
    std::string text = card.data();
    text.resize(80, ' ');
    cards.push_back(std::move(text));
  }
  return cards;
}

Image FitsReader::read(const HduInfo& hdu, const Section& section) const {
  const Shape full = shape(hdu);
  const std::string value = fmt::format("[{}:{},{}:{}]", section.x1, section.x2, section.y1, section.y2);
  if (section.shape().empty() || !section.inside(whole(full))) {
    refuse(path(), "the section is not inside the image", fmt::format("[1:{},1:{}]", full.nx, full.ny),
           "section", value);
  }
  const auto pixels = static_cast<std::int64_t>(section.shape().size());
  if (pixels > kMaxPixels) {
    refuse(path(), fmt::format("{} pixels are too many", pixels),
           fmt::format("at most {}: read a section of the image", kMaxPixels), "section", value);
  }
  const auto lock = lock_cfitsio();
  impl_->check_length(hdu);
  impl_->check_tiles(hdu, section);
  fitsfile* file = impl_->at(hdu);
  std::vector<long> first(hdu.axes.size(), 1);
  std::vector<long> last(hdu.axes.size(), 1);
  std::vector<long> step(hdu.axes.size(), 1);
  double blank = std::numeric_limits<double>::quiet_NaN();
  int status = 0;
  // The farthest pixel first: a truncated file shows before memory is taken for all.
  last[0] = first[0] = section.x2;
  last[1] = first[1] = section.y2;
  double probe = 0.0;
  int any_blank = 0;  // CFITSIO writes here without asking whether it may
  fits_read_subset(file, TDOUBLE, first.data(), last.data(), step.data(), &blank, &probe, &any_blank,
                   &status);
  impl_->check(status);
  first[0] = section.x1;
  first[1] = section.y1;
  Image image(section.shape());
  fits_read_subset(file, TDOUBLE, first.data(), last.data(), step.data(), &blank, image.data(), &any_blank,
                   &status);
  impl_->check(status);
  return image;
}

std::vector<double> FitsReader::read_first_row(const HduInfo& hdu, const std::string& column) const {
  if (hdu.is_image) refuse(path(), fmt::format("unit [{}] is an image, not a table", hdu.number));
  const auto lock = lock_cfitsio();
  impl_->check_length(hdu);
  fitsfile* file = impl_->at(hdu);
  int status = 0;
  int number = 0;
  std::string name = column;  // CFITSIO's functions take it as mutable
  if (fits_get_colnum(file, CASEINSEN, name.data(), &number, &status) != 0) {
    fits_clear_errmsg();
    refuse(path(), fmt::format("the table [{}] has no such column", hdu.number), "", "column", column);
  }
  LONGLONG n_rows = 0;
  int type = 0;
  LONGLONG repeat = 0;
  LONGLONG width = 0;
  fits_get_num_rowsll(file, &n_rows, &status);
  fits_get_coltypell(file, number, &type, &repeat, &width, &status);
  impl_->check(status);
  const bool numbers = type == TBYTE || type == TSHORT || type == TINT || type == TLONG ||
                       type == TLONGLONG || type == TFLOAT || type == TDOUBLE;
  if (n_rows < 1 || !numbers || repeat < 1 || repeat > kMaxPixels) {
    refuse(path(), fmt::format("the table [{}] has {} rows with {} values each", hdu.number, n_rows, repeat),
           fmt::format("a row or more of 1 to {} numbers", kMaxPixels), "column", column);
  }
  double blank = std::numeric_limits<double>::quiet_NaN();
  int any_blank = 0;
  // The last number first: a truncated file shows before memory is taken for all.
  double probe = 0.0;
  fits_read_col(file, TDOUBLE, number, 1, repeat, 1, &blank, &probe, &any_blank, &status);
  impl_->check(status);
  std::vector<double> values(static_cast<std::size_t>(repeat));
  fits_read_col(file, TDOUBLE, number, 1, 1, repeat, &blank, values.data(), &any_blank, &status);
  impl_->check(status);
  return values;
}

FitsImage read_fits_image(const FitsName& name) {
  const FitsReader reader(name.path);
  FitsImage image;
  image.hdu = reader.find(name);
  image.full_shape = reader.shape(image.hdu);
  image.section = name.section.value_or(whole(image.full_shape));
  image.header = reader.header(image.hdu);
  image.pixels = reader.read(image.hdu, image.section);
  return image;
}

}  // namespace gaxel::io
