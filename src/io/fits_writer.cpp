#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "io/cfitsio.hpp"
#include "io/fits_file.hpp"

namespace gaxel::io {

namespace {

namespace fs = std::filesystem;

int bitpix_of(PixelType type) {
  switch (type) {
    case PixelType::kUint8:
      return BYTE_IMG;
    case PixelType::kFloat32:
      return FLOAT_IMG;
    case PixelType::kFloat64:
      return DOUBLE_IMG;
  }
  return DOUBLE_IMG;
}

/// Whether a card tells about the storage or the place of the pixels it came with, which is not that of a
/// copy.
bool belongs_to_storage(const std::string& card) {
  auto buffer = card_buffer(card);
  switch (fits_get_keyclass(buffer.data())) {
    case TYP_STRUC_KEY:
    case TYP_CMPRS_KEY:
    case TYP_SCAL_KEY:
    case TYP_NULL_KEY:
    case TYP_DIM_KEY:
    case TYP_RANG_KEY:
    case TYP_HDUID_KEY:
    case TYP_CKSUM_KEY:
      return true;
    default:
      return false;
  }
}

/// Whether a card's name has only the characters that FITS allows: no other card can be written.
bool has_legal_name(const std::string& card) {
  return std::ranges::all_of(card.substr(0, 8), [](unsigned char c) {
    return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == ' ' || c == '-' || c == '_';
  });
}

/// The fewest significant digits that read back as the same number.
int digits_needed(double value) {
  for (int digits = 15; digits < 17; ++digits) {
    if (std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr) == value) return digits;
  }
  return 17;
}

// FITS allows these characters alone.
std::string printable_ascii(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

void write_key(fitsfile* file, const HeaderKey& key, int* status) {
  const char* name = key.name.c_str();
  const char* comment = key.comment.c_str();
  if (const auto* text = std::get_if<std::string>(&key.value)) {
    fits_update_key_longstr(file, name, printable_ascii(*text).c_str(), comment, status);
  } else if (const auto* number = std::get_if<double>(&key.value)) {
    if (std::isfinite(*number)) {
      fits_update_key_dbl(file, name, *number, -digits_needed(*number), comment, status);
    } else {
      fits_update_key_null(file, name, comment, status);  // FITS has no notation for NaN in a header
    }
  } else if (const auto* integer = std::get_if<std::int64_t>(&key.value)) {
    fits_update_key_lng(file, name, *integer, comment, status);
  } else {
    fits_update_key_log(file, name, std::get<bool>(key.value) ? 1 : 0, comment, status);
  }
}

}  // namespace

class FitsWriter::Impl {
 public:
  explicit Impl(const std::string& path) : partial_(path) {
    const std::string absolute = fs::absolute(partial_.temporary()).string();
    if (absolute.size() >= FLEN_FILENAME) partial_.fail("the path is too long");
    // CFITSIO hides the system's reason for not creating a file.
    partial_.write({});
    fs::remove(absolute);
    const auto lock = lock_cfitsio();
    int status = 0;
    if (fits_create_diskfile(&file_, absolute.c_str(), &status) != 0) {
      file_ = nullptr;
      partial_.fail(cfitsio_reason(status));
    }
  }
  ~Impl() {
    const auto lock = lock_cfitsio();
    int status = 0;
    if (file_ != nullptr) fits_close_file(file_, &status);
    fits_clear_errmsg();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void add(ConstImageView pixels, int bitpix, const std::string& extname, const std::vector<HeaderKey>& keys,
           const HeaderCards& header) {
    const auto lock = lock_cfitsio();
    if (file_ == nullptr) partial_.fail("nothing can be added any more");
    int status = 0;
    std::array<long, 2> axes{pixels.nx(), pixels.ny()};
    const bool empty = pixels.size() == 0;
    fits_create_img(file_, bitpix, empty ? 0 : 2, axes.data(), &status);
    write_header(extname, keys, header, &status);
    if (!empty) {
      // CFITSIO's interface is not const, but it only reads.
      fits_write_img(file_, TDOUBLE, 1, static_cast<LONGLONG>(pixels.size()),
                     const_cast<double*>(pixels.data()), &status);
    }
    fits_flush_buffer(file_, 0, &status);
    check(status);
  }

  void add_table(const std::string& extname, const std::vector<TableColumn>& columns) {
    const auto lock = lock_cfitsio();
    if (file_ == nullptr) partial_.fail("nothing can be added any more");
    std::vector<std::string> names;
    std::vector<std::string> forms;
    for (const TableColumn& column : columns) {
      names.push_back(column.name);
      forms.push_back(form_of(column));
    }
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> list;
      for (std::string& text : texts) list.push_back(text.data());
      return list;
    };
    std::vector<char*> name_list = pointers(names);
    std::vector<char*> form_list = pointers(forms);
    int status = 0;
    fits_create_tbl(file_, BINARY_TBL, 0, static_cast<int>(columns.size()), name_list.data(),
                    form_list.data(), nullptr, extname.c_str(), &status);
    for (std::size_t i = 0; i < columns.size(); ++i)
      write_column(static_cast<int>(i) + 1, columns[i], &status);
    fits_flush_buffer(file_, 0, &status);
    check(status);
  }

  PartialFile finish() {
    const auto lock = lock_cfitsio();
    int status = 0;
    if (file_ == nullptr) partial_.fail("written twice");
    fits_close_file(file_, &status);
    file_ = nullptr;
    check(status);
    partial_.sync();
    return std::move(partial_);
  }

 private:
  void check(int status) const {
    if (status == 0) return;
    const int system_error = errno;
    std::string reason = cfitsio_reason(status);
    if (status == WRITE_ERROR && system_error != 0)
      reason = fmt::format("{}; {}", std::strerror(system_error), reason);
    partial_.fail(reason);
  }

  static std::string form_of(const TableColumn& column) {
    if (std::holds_alternative<std::vector<double>>(column.values)) return "1E";
    if (std::holds_alternative<std::vector<int>>(column.values)) return "1J";
    std::size_t longest = 1;
    for (const std::string& text : std::get<std::vector<std::string>>(column.values))
      longest = std::max(longest, text.size());
    return fmt::format("{}A", longest);
  }

  void write_column(int number, const TableColumn& column, int* status) {
    // CFITSIO's interface is not const, but it only reads.
    const auto write = [&](int type, const auto& values, void* first) {
      fits_write_col(file_, type, number, 1, 1, static_cast<LONGLONG>(values.size()), first, status);
    };
    if (const auto* numbers = std::get_if<std::vector<double>>(&column.values)) {
      write(TDOUBLE, *numbers, const_cast<double*>(numbers->data()));
    } else if (const auto* whole = std::get_if<std::vector<int>>(&column.values)) {
      write(TINT, *whole, const_cast<int*>(whole->data()));
    } else {
      const auto& texts = std::get<std::vector<std::string>>(column.values);
      std::vector<char*> list;
      for (const std::string& text : texts) list.push_back(const_cast<char*>(text.c_str()));
      write(TSTRING, texts, list.data());
    }
  }

  void write_header(const std::string& extname, const std::vector<HeaderKey>& keys, const HeaderCards& header,
                    int* status) {
    for (std::string card : header) {
      if (belongs_to_storage(card) || !has_legal_name(card)) continue;
      card = printable_ascii(card);
      fits_write_record(file_, card.c_str(), status);
    }
    if (!extname.empty()) write_key(file_, {"EXTNAME", extname, "name of this image"}, status);
    for (const HeaderKey& key : keys) write_key(file_, key, status);
  }

  PartialFile partial_;
  fitsfile* file_ = nullptr;
};

FitsWriter::FitsWriter(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
FitsWriter::~FitsWriter() = default;

void FitsWriter::add_image(ConstImageView pixels, const std::string& extname,
                           const std::vector<HeaderKey>& keys, const HeaderCards& header, PixelType type) {
  impl_->add(pixels, bitpix_of(type), extname, keys, header);
}

void FitsWriter::add_empty(const std::vector<HeaderKey>& keys, const HeaderCards& header) {
  impl_->add({}, BYTE_IMG, "", keys, header);
}

void FitsWriter::add_table(const std::string& extname, const std::vector<TableColumn>& columns) {
  impl_->add_table(extname, columns);
}

PartialFile FitsWriter::finish() {
  return impl_->finish();
}

void FitsWriter::commit() {
  finish().commit();
}

}  // namespace gaxel::io
