// Constraint files of GALFIT and GALFITM, for files of one band and of several.
#include "fuzz/conversions.hpp"
#include "legacy/galfit_constraints.hpp"

namespace {

using namespace gaxel;

/// A folder with `feedme`, whose constraints are in the file that the examples name.
struct Example {
  explicit Example(const std::string& name)
      : feedme(folder.write("feedme",
                            legacy::TextDocument::read(fuzz::test_file("legacy/data/" + name)).text())),
        document(legacy::parse_galfit(legacy::TextDocument::read(feedme))) {}

  void read(const std::string& text) const {
    fuzz::accepts([&] {
      const auto constraints =
          legacy::parse_constraints(legacy::TextDocument::parse(text, "limits"), document);
      fuzz::require(constraints.text.text() == text);
    });
    folder.write(document.word("G"), text);
    fuzz::convert_and_load(feedme, {});
  }

  fuzz::SceneFolder folder;
  std::string feedme;
  legacy::GalfitDocument document;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Example one_band("bulge_disc.feedme");
  static const Example bands("multiband_cheb.feedme");
  const std::string text = fuzz::text_of(data, size);
  one_band.read(text);
  bands.read(text);
  return 0;
}
