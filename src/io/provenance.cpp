#include "io/provenance.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <utility>

namespace gaxel::io {
namespace {

/// In one line, whatever a file's name holds.
std::string in_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }, '?');
  return text;
}

}  // namespace

std::string sha256_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!file || !context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return "";
  std::vector<char> block(1U << 20U);
  while (file) {
    file.read(block.data(), std::ssize(block));
    EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(file.gcount()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (!file.eof() || EVP_DigestFinal_ex(context.get(), digest.data(), &length) != 1) return "";
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

Provenance provenance_of(const Task& task, std::string version, std::string command) {
  Provenance provenance{
      std::move(version), std::move(command), {{task.scene_file, sha256_of(task.scene_file)}}};
  for (const std::string& path : task.input_files) {
    const bool known = std::ranges::any_of(provenance.inputs, [&](const Provenance::Input& input) {
      return input.path == path;  // bands often share a file
    });
    if (!known) provenance.inputs.push_back({path, sha256_of(path)});
  }
  return provenance;
}

std::vector<std::string> provenance_lines(const Task& task) {
  if (!task.provenance) return {};
  std::vector<std::string> lines{fmt::format("gaxel {}", task.provenance->version),
                                 "command: " + in_line(task.provenance->command)};
  for (const Provenance::Input& input : task.provenance->inputs)
    lines.push_back(fmt::format("sha256 {} {}", input.sha256, in_line(input.path)));
  return lines;
}

std::vector<HeaderKey> provenance_keys(const Task& task) {
  if (!task.provenance) return {};
  std::vector<HeaderKey> keys{{"COMMAND", task.provenance->command, "as it was typed"}};
  for (std::size_t i = 0; i < task.provenance->inputs.size(); ++i) {
    const Provenance::Input& input = task.provenance->inputs[i];
    keys.push_back({fmt::format("INFILE{}", i + 1), input.path, "read"});
    keys.push_back({fmt::format("INSHA{}", i + 1), input.sha256, ""});
  }
  return keys;
}

}  // namespace gaxel::io
