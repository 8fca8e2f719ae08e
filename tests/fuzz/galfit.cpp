// GALFIT's and GALFITM's input files, with small images beside them.
#include "fuzz/conversions.hpp"
#include "legacy/galfit_document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaxel;
  static const fuzz::SceneFolder folder;
  const std::string text = fuzz::text_of(data, size);
  fuzz::accepts([&] {
    const auto document = legacy::parse_galfit(legacy::TextDocument::parse(text, "feedme"));
    fuzz::require(document.text.text() == text);
  });
  fuzz::convert_and_load(folder.write("feedme", text), {});
  return 0;
}
