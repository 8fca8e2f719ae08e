#include "cli/legacy_options.hpp"

namespace gaxel::cli {

void add_legacy_options(CLI::App& command, legacy::LegacyOptions& options) {
  legacy::ImfitInputs& inputs = options.imfit;
  const char* const group = "For Imfit's configurations, which name no files";
  const auto file = [&](const char* name, std::optional<std::string>& target, const char* text) {
    return command.add_option(name, target, text)->type_name("FILE.fits")->group(group);
  };
  file("--image", inputs.image, "Image, also with a section: image.fits[1:100,1:80]");
  file("--psf", inputs.psf, "PSF");
  CLI::Option* mask = file("--mask", inputs.mask, "Mask, 0 in good pixels");
  CLI::Option* noise = file("--noise", inputs.noise, "Standard deviation of each pixel");
  command.add_flag("--mask-zero-is-bad", inputs.mask_zero_is_bad, "The mask is 1 in good pixels")
      ->needs(mask)
      ->group(group);
  CLI::Option* variances =
      command.add_flag("--errors-are-variances", inputs.errors_are_variances, "--noise holds variances")
          ->needs(noise)
          ->group(group);
  command.add_flag("--errors-are-weights", inputs.errors_are_weights, "--noise holds 1 / variance")
      ->needs(noise)
      ->excludes(variances)
      ->group(group);
  const auto likelihood = [&](const char* name, Likelihood kind, const char* text) {
    return command.add_flag_callback(name, [&inputs, kind] { inputs.likelihood = kind; }, text)->group(group);
  };
  CLI::Option* cash = likelihood("--cashstat", Likelihood::kCash, "Poisson likelihood: Cash's C");
  CLI::Option* mlr = likelihood("--poisson-mlr,--mlr", Likelihood::kPoissonMlr,
                                "Poisson likelihood: ratio to that of the data");
  likelihood("--model-errors", Likelihood::kModelSigma, "Errors by the model's light in place of the data's")
      ->excludes(cash)
      ->excludes(mlr);
  cash->excludes(mlr);
  command.add_option("--band", options.band, "Which band of a GALFITM file: its label, or its number from 1")
      ->type_name("BAND");
}

}  // namespace gaxel::cli
