#include "io/report/svg.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gaxel::io::report {
namespace {

// A twentieth of a CSS pixel is finer than any screen or printer shows.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string list(std::span<const Point> points) {
  std::string text;
  for (const Point& point : points) text += fmt::format("{},{} ", number(point.x), number(point.y));
  return text;
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default: {
        const auto code = static_cast<unsigned char>(c);
        if (code >= 0x20 || c == '\n' || c == '\t') escaped += c;
      }
    }
  }
  return escaped;
}

SvgCanvas::SvgCanvas(double width, double height, std::string_view label)
    : width_(width), height_(height), label_(escape_markup(label)) {}

void SvgCanvas::line(Point from, Point to, std::string_view attributes) {
  body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", number(from.x), number(from.y),
                       number(to.x), number(to.y), attributes);
}

void SvgCanvas::lines(std::span<const std::array<Point, 2>> list, std::string_view attributes) {
  body_ += "<path d=\"";
  for (const auto& [from, to] : list)
    body_ += fmt::format("M{} {}L{} {}", number(from.x), number(from.y), number(to.x), number(to.y));
  body_ += fmt::format("\" {}/>\n", attributes);
}

void SvgCanvas::rectangle(Point corner, double width, double height, std::string_view attributes) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n", number(corner.x),
                       number(corner.y), number(width), number(height), attributes);
}

void SvgCanvas::rectangles(std::span<const Rectangle> list, std::string_view attributes) {
  body_ += "<path d=\"";
  for (const auto& [corner, width, height] : list) {
    body_ += fmt::format("M{} {}h{}v{}h{}z", number(corner.x), number(corner.y), number(width),
                         number(height), number(-width));
  }
  body_ += fmt::format("\" {}/>\n", attributes);
}

void SvgCanvas::circle(Point centre, double radius, std::string_view attributes) {
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>\n", number(centre.x), number(centre.y),
                       number(radius), attributes);
}

void SvgCanvas::ellipse(Point centre, double a, double b, double angle_deg, std::string_view attributes) {
  body_ +=
      fmt::format("<ellipse rx=\"{}\" ry=\"{}\" transform=\"translate({} {}) rotate({})\" {}/>\n", number(a),
                  number(b), number(centre.x), number(centre.y), number(angle_deg), attributes);
}

void SvgCanvas::polyline(std::span<const Point> points, std::string_view attributes) {
  body_ += fmt::format("<polyline points=\"{}\" fill=\"none\" {}/>\n", list(points), attributes);
}

void SvgCanvas::polygon(std::span<const Point> points, std::string_view attributes) {
  body_ += fmt::format("<polygon points=\"{}\" {}/>\n", list(points), attributes);
}

void SvgCanvas::text(Point at, std::string_view text, std::string_view attributes) {
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" {}>{}</text>\n", number(at.x), number(at.y), attributes,
                       escape_markup(text));
}

void SvgCanvas::picture(Point corner, double width, double height, const Picture& picture) {
  body_ += fmt::format(
      "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" "
      "style=\"image-rendering:{}\" href=\"{}\"/>\n",
      number(corner.x), number(corner.y), number(width), number(height),
      picture.width() <= width ? "pixelated" : "auto", png_data_uri(picture));
}

void SvgCanvas::begin_clip(std::string_view id, Point corner, double width, double height) {
  body_ += fmt::format(
      "<clipPath id=\"{0}\"><rect x=\"{1}\" y=\"{2}\" width=\"{3}\" height=\"{4}\"/></clipPath>"
      "<g clip-path=\"url(#{0})\">\n",
      id, number(corner.x), number(corner.y), number(width), number(height));
}

void SvgCanvas::end_clip() {
  body_ += "</g>\n";
}

std::string SvgCanvas::str() const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n"
      "{}</svg>\n",
      number(width_), number(height_), label_, body_);
}

std::string SvgCanvas::document(std::string_view style) const {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "role=\"img\" aria-label=\"{2}\">\n<style>\n{3}</style>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{4}</svg>\n",
      number(width_), number(height_), label_, style, body_);
}

}  // namespace gaxel::io::report
