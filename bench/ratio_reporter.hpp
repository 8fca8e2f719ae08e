// Prints each benchmark beside the yardstick of its case, as a ratio within one run.
#pragma once

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace gaxel::bench {

/// Benchmarks are named "case/what"; the one whose "what" is the yardstick is that of the case. The fastest
/// of the repetitions counts: the rest is the machine's noise.
class RatioReporter : public benchmark::BenchmarkReporter {
 public:
  explicit RatioReporter(std::string yardstick) : yardstick_(std::move(yardstick)) {}

  bool ReportContext(const Context&) override {
    fmt::print("{:<58} {:>12} {:>12} {:>12}\n", "case / what", "ms", "ns a pixel", "/ " + yardstick_);
    return true;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration) {
        const std::string name = run.run_name.function_name;
        const double ns = run.real_accumulated_time / static_cast<double>(run.iterations) * 1e9;
        const auto found = best_.find(name);
        if (found == best_.end()) {
          order_.push_back(name);
        }
        best_[name] = found == best_.end() ? ns : std::min(found->second, ns);
        pixels_[name] = run.counters.count("pixels") != 0 ? run.counters.at("pixels").value : 1.0;
      }
    }
  }

  void Finalize() override {
    for (const std::string& name : order_) {
      const std::string yardstick = name.substr(0, name.find('/')) + "/" + yardstick_;
      const auto found = best_.find(yardstick);
      const std::string ratio =
          found == best_.end() ? "-" : fmt::format("{:.2f}", best_[name] / found->second);
      fmt::print("{:<58} {:>12.4f} {:>12.2f} {:>12}\n", name, best_[name] * 1e-6, best_[name] / pixels_[name],
                 ratio);
    }
  }

 private:
  std::string yardstick_;
  std::vector<std::string> order_;
  std::map<std::string, double> best_;
  std::map<std::string, double> pixels_;
};

/// Runs everything registered and prints the table; the body of main().
inline int run_all(int argc, char** argv, const std::string& yardstick = "midpoint") {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  RatioReporter reporter(yardstick);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return 0;
}

}  // namespace gaxel::bench
