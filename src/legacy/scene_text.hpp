// Scenes as TOML, made from files of other programs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gaxel::legacy {

/// An end of a range that is none, up to its sign: GALFIT's ranges have two ends.
inline constexpr double kEndless = 1e30;

/// What a scene is made for.
enum class Purpose {
  kFit,
  kRender,  ///< without data and noise
  kKeep     ///< to be written: all that is known, and files that are not there are no mistake
};

/// A scene made from another file.
struct LegacyScene {
  std::string toml;
  std::vector<int> lines;  ///< for each line of `toml` that of the other file it says, from 1; 0: none
  std::vector<std::string> notes;     ///< what was assumed
  std::vector<std::string> warnings;  ///< what looks like a mistake
  std::vector<std::string> losses;    ///< what the file says and the scene does not
  std::vector<std::string> unused;    ///< what the scene keeps and gaxel does not do
};

/// What a parameter is in several bands.
struct SceneSeries {
  enum class Form {
    kBands,   ///< a value of its own in each band
    kValues,  ///< the Chebyshev series of the leading free coefficients that is next to values in the bands
    kCoefficients  ///< of a Chebyshev series
  };
  Form form = Form::kBands;
  std::vector<double> numbers;
  std::vector<int> free;  ///< marks of the coefficients; of kBands not used: all are free, or none

  /// Adds to the values in all bands.
  void shift(double by);
  void scale(double by);
};

/// A parameter of a component in the units and with the key of scene files.
struct SceneValue {
  std::string key;
  double value = 0.0;
  bool fixed = false;
  bool constant = false;  ///< of those that cannot be fitted
  std::optional<double> min = {};
  std::optional<double> max = {};
  std::size_t line = 0;                    ///< of the other file, from 0
  std::optional<SceneSeries> series = {};  ///< in place of `value`, which is then that in the first band
  bool common = false;                     ///< light that is the same in all bands
  std::vector<double> mins = {};           ///< of each number of the series, or none
  std::vector<double> maxs = {};
  std::string tie = {};    ///< an expression of other parameters that it follows
  std::string limit = {};  ///< `ratio = { ... }` or `difference = { ... }`

  /// The whole by so much, with its bounds.
  void shift(double by);
  void scale(double by);  ///< by > 0
};

struct SceneObject {
  std::string name;
  std::string type;
  std::string psf;  ///< the name of one, "false", or empty for the first
  std::vector<std::string> inner;
  std::vector<std::string> outer;
  std::vector<SceneValue> values;
  std::size_t line = 0;

  SceneValue* find(std::string_view key);
  const SceneValue* find(std::string_view key) const;
};

/// Writes a LegacyScene from the top.
class SceneWriter {
 public:
  /// Scenes name files relative to `target`, the folder of the scene. Files that the other one names are
  /// looked for in its own folder, `source`, and then in the current one.
  SceneWriter(std::string source, std::string target);

  /// "[image]", "[[psf]]"; `line` from 0.
  void table(const std::string& heading, std::size_t line);
  void raw(const std::string& key, const std::string& toml_value, std::size_t line);
  void number(const std::string& key, double value, std::size_t line);
  void text(const std::string& key, std::string_view value, std::size_t line);
  /// `name` may end in an extension and a section.
  void file(const std::string& key, const std::string& name, std::size_t line);
  void texts(const std::string& key, const std::vector<std::string>& values, std::size_t line);
  /// Where a named file is, extension and section kept.
  std::string path_of(const std::string& name) const;
  /// A component. Bounds are cut to what its kind allows, and a start outside of them is moved to the
  /// nearest; warnings say so, beginning with `place`.
  void component(SceneObject object, const std::string& place);

  LegacyScene& scene() { return scene_; }

 private:
  void add(const std::string& text, std::size_t line);
  void keep_inside(const SceneObject& object, SceneValue& value, const std::string& place);

  std::string source_;
  std::string target_;
  LegacyScene scene_;
};

/// The name of a file, with its extension and section, as it is written in the folder `target`: by its path
/// from there where it lies in it, in full elsewhere.
std::string name_from(const std::string& path, const std::string& target);

/// The path of a file that another one in `folder` names: from there, or where nothing is there, from the
/// current folder.
std::string find_file(const std::string& name, const std::string& folder);

/// A string as TOML has it. Throws InputError about `key` for what is not UTF-8.
std::string toml_string(std::string_view text, const std::string& key = "");

}  // namespace gaxel::legacy
