#include "io/report/svg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace gaxel::io::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EscapeMarkup, ReplacesWhatXmlReserves) {
  EXPECT_EQ(escape_markup("a<b> & \"c\" 'd'"), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
  EXPECT_EQ(escape_markup("5 σ"), "5 σ");
  EXPECT_EQ(escape_markup(std::string("a\0\x1b[31mb\n", 9)), "a[31mb\n");
}

TEST(SvgCanvas, WritesWhatIsDrawn) {
  SvgCanvas canvas(400.0, 300.5, "a <label>");
  canvas.line({1.0, 2.0}, {3.25, -0.001}, "stroke=\"#000\"");
  canvas.text({5.0, 6.0}, "<script>", "class=\"tick\"");
  canvas.polyline(std::array{Point{0.0, 1.0}, Point{2.0, 3.5}}, "stroke=\"red\"");
  const std::string text = canvas.str();
  EXPECT_THAT(text, HasSubstr("viewBox=\"0 0 400 300.5\""));
  EXPECT_THAT(text, HasSubstr("aria-label=\"a &lt;label&gt;\""));
  EXPECT_THAT(text, HasSubstr("<line x1=\"1\" y1=\"2\" x2=\"3.25\" y2=\"0\" stroke=\"#000\"/>"));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  EXPECT_THAT(text, HasSubstr("points=\"0,1 2,3.5 \""));
  EXPECT_TRUE(text.ends_with("</svg>\n"));
}

TEST(SvgCanvas, ManyRectanglesAreOneElement) {
  SvgCanvas canvas(10.0, 10.0, "");
  canvas.rectangles(std::array{Rectangle{{1.0, 2.5}, 3.0, 4.0}, Rectangle{{0.0, 0.0}, 0.25, 1.0}},
                    "fill=\"red\"");
  EXPECT_THAT(canvas.str(), HasSubstr("<path d=\"M1 2.5h3v4h-3zM0 0h0.25v1h-0.25z\" fill=\"red\"/>"));
}

TEST(SvgCanvas, ADocumentHasASizeAndAStyleOfItsOwn) {
  SvgCanvas canvas(400.0, 300.5, "a <label>");
  canvas.line({1.0, 2.0}, {3.0, 4.0}, "stroke=\"#000\"");
  const std::string text = canvas.document("text { fill: red; }\n");
  EXPECT_TRUE(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg "));
  EXPECT_THAT(text, HasSubstr("width=\"400\" height=\"300.5\" viewBox=\"0 0 400 300.5\""));
  EXPECT_THAT(text, HasSubstr("aria-label=\"a &lt;label&gt;\""));
  EXPECT_THAT(text, HasSubstr("<style>\ntext { fill: red; }\n</style>"));
  EXPECT_THAT(text, HasSubstr("<line "));
  EXPECT_TRUE(text.ends_with("</svg>\n"));
}

TEST(SvgCanvas, PicturesAreSharpOnlyWhenEnlarged) {
  SvgCanvas canvas(100.0, 100.0, "");
  canvas.picture({0.0, 0.0}, 50.0, 50.0, Picture(10, 10));
  EXPECT_THAT(canvas.str(), HasSubstr("image-rendering:pixelated"));
  EXPECT_THAT(canvas.str(), HasSubstr("href=\"data:image/png;base64,iVBOR"));
  SvgCanvas small(100.0, 100.0, "");
  small.picture({0.0, 0.0}, 50.0, 50.0, Picture(70, 70));
  EXPECT_THAT(small.str(), Not(HasSubstr("pixelated")));
}

}  // namespace
}  // namespace gaxel::io::report
