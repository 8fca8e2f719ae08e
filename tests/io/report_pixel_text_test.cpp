#include "io/report/pixel_text.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace gaxel::io::report {
namespace {

constexpr Rgb kInk = {1, 2, 3};

// Which pixels the text sets, on a picture that has room for it and a margin of one character all around.
std::set<std::vector<int>> dots(std::string_view text, int scale) {
  const int margin = 10 * scale;
  Picture picture(text_width(text, scale) + 2 * margin, kGlyphHeight * scale + 2 * margin);
  draw_text(picture, margin, margin, text, scale, kInk);
  std::set<std::vector<int>> found;
  for (int row = 0; row < picture.height(); ++row) {
    for (int col = 0; col < picture.width(); ++col) {
      if (picture.at(row, col) == kInk) found.insert({row - margin, col - margin});
    }
  }
  return found;
}

TEST(PixelText, EveryCharacterOfRulesAndNumbersIsItsOwn) {
  const std::string characters = "abcdefghijklmnopqrstuvwxyz0123456789-.:/|=?";
  std::set<std::set<std::vector<int>>> shapes;
  for (const char character : characters) shapes.insert(dots(std::string(1, character), 1));
  EXPECT_EQ(shapes.size(), characters.size());
  EXPECT_TRUE(dots(" ", 1).empty());
}

TEST(PixelText, StaysWithinItsWidthAndHeight) {
  for (const std::string text : {"gl7", "tree:3.7e-06  max 1.6e-07", "|error| / flux", "?"}) {
    for (const auto& dot : dots(text, 2)) {
      EXPECT_GE(dot[0], 0);
      EXPECT_LT(dot[0], 2 * kGlyphHeight);
      EXPECT_GE(dot[1], 0);
      EXPECT_LT(dot[1], text_width(text, 2));
    }
  }
  EXPECT_EQ(text_width("", 2), 0);
}

TEST(PixelText, ScaledDotsAreSquares) {
  const auto small = dots("k15", 1);
  const auto large = dots("k15", 3);
  EXPECT_EQ(large.size(), 9 * small.size());
  for (const auto& dot : large) EXPECT_TRUE(small.contains({dot[0] / 3, dot[1] / 3}));
}

TEST(PixelText, WhatLiesOutsideIsLeftOut) {
  Picture picture(4, 4);
  for (const auto& [row, col] : {std::pair(-5, -3), std::pair(2, 2), std::pair(100, 0), std::pair(0, -100)}) {
    draw_text(picture, row, col, "m8", 2);
  }
  Picture inside(40, 40);
  draw_text(inside, 12, 12, "m8", 2);
  Picture shifted(4, 4);
  draw_text(shifted, -2, -1, "m8", 2);
  for (int row = 0; row < 4; ++row) {
    for (int col = 0; col < 4; ++col) EXPECT_EQ(shifted.at(row, col), inside.at(row + 14, col + 13));
  }
}

}  // namespace
}  // namespace gaxel::io::report
