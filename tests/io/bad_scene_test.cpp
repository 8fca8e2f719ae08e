// Scenes with one mistake each: the message names file and line, key, value, and what is allowed.
#include <gmock/gmock.h>

#include <cmath>
#include <ostream>

#include "io/task_fixture.hpp"

namespace gaxel::io {
namespace {

using test::kGalaxy;
using test::kImage;
using test::kNoise;
using testing::HasSubstr;

struct Mistake {
  const char* name;
  std::string scene;
  const char* message;
};

void PrintTo(const Mistake& mistake, std::ostream* stream) {
  *stream << mistake.scene;
}

class BadScene : public test::TaskTest, public testing::WithParamInterface<Mistake> {};

TEST_P(BadScene, IsNamed) {
  EXPECT_THAT(problem(GetParam().scene), HasSubstr(GetParam().message));
}

std::string name_of(const testing::TestParamInfo<Mistake>& test) {
  return test.param.name;
}

std::string image(const std::string& keys) {
  return "[image]\n" + keys + kNoise + kGalaxy;
}

INSTANTIATE_TEST_SUITE_P(
    File, BadScene,
    testing::Values(Mistake{"Empty", "", "scene.toml: the file is empty"},
                    Mistake{"OnlyComments", "# nothing\n\n", "scene.toml: the file is empty"},
                    Mistake{"Syntax", "[image]\nfile = \"a.fits\n", "scene.toml:2: not valid TOML"},
                    Mistake{"KeyTwice", "title = \"a\"\ntitle = \"b\"\n", "scene.toml:2: not valid TOML"},
                    Mistake{"NotText", std::string("\xff\xfe\x00\x01", 4), "not valid TOML"},
                    Mistake{"DeepNesting", "a = " + std::string(100'000, '['), "not valid TOML"},
                    Mistake{"UnknownTable", kImage + kNoise + "[psff]\n" + kGalaxy,
                            "scene.toml:5: psff: unknown key (did you mean \"psf\"?"},
                    Mistake{"TitleIsNumber", "title = 3\n" + kImage + kNoise + kGalaxy,
                            "title = 3: wrong type (a string in quotes)"},
                    Mistake{"PsfIsTheScene", kImage + kNoise + "[psf]\nfile = \"scene.toml\"\n" + kGalaxy,
                            "scene.toml:6: psf.file = 'scene.toml': this is not a FITS file"},
                    Mistake{"NoImage", kNoise + kGalaxy, "image: missing"},
                    Mistake{"NoNoise", kImage + kGalaxy, "noise: missing"},
                    Mistake{"NoComponents", kImage + kNoise, "component: the scene has no components"},
                    Mistake{"ImageIsText", "image = \"image.fits\"\n" + kNoise + kGalaxy,
                            "scene.toml:1: image = 'image.fits': wrong type (a table, as [image]"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    ImageTable, BadScene,
    testing::Values(
        Mistake{"NoFile", image("zeropoint = 25\n"),
                "scene.toml:1: image.file: missing (the name of a FITS file"},
        Mistake{"FileIsNumber", image("file = 3\n"), "image.file = 3: wrong type (a string in quotes)"},
        Mistake{"FileMissing", image("file = \"none.fits\"\n"),
                "scene.toml:2: image.file = 'none.fits': the file does not exist"},
        Mistake{"FileIsFolder", image("file = \".\"\n"), "image.file = '.': this is a folder (a FITS file)"},
        Mistake{"FileIsEmptyText", image("file = \"\"\n"), "the name of a file is missing"},
        Mistake{"FileIsPipe", image("file = \"|cat image.fits\"\n"), "the file does not exist"},
        Mistake{"FileIsUrl", image("file = \"http://localhost/a.fits\"\n"), "the file does not exist"},
        Mistake{"FileOverwrites", image("file = \"!image.fits\"\n"), "the file does not exist"},
        Mistake{"FileWithFilter", image("file = \"image.fits[#row<3]\"\n"),
                "neither an extension nor a section"},
        Mistake{"FileIsTheScene", image("file = \"scene.toml\"\n"), "not a FITS file"},
        Mistake{"NoSuchExtension", image("file = \"image.fits[SCI]\"\n"),
                "image.file = 'image.fits[SCI]': extension = [SCI]: the file has no such extension"},
        Mistake{"SectionOutside", image("file = \"image.fits[1:9,1:6]\"\n"),
                "not inside the image ([1:8,1:6])"},
        Mistake{"RegionOutside", image("file = \"image.fits\"\nregion = [20, 30, 1, 6]\n"),
                "scene.toml:3: image.region = [20, 30, 1, 6]: the region lies outside the image ([x1, x2, "
                "y1, y2]"},
        Mistake{"RegionReachesOut", image("file = \"image.fits\"\nregion = [1, 9, 1, 6]\n"),
                "reaches beyond the image"},
        Mistake{"RegionFromZero", image("file = \"image.fits\"\nregion = [0, 5, 1, 6]\n"),
                "reaches beyond the image"},
        Mistake{"RegionReversed", image("file = \"image.fits\"\nregion = [5, 2, 1, 6]\n"),
                "before its beginning"},
        Mistake{"RegionOfThree", image("file = \"image.fits\"\nregion = [5, 2, 1]\n"), "3 numbers given"},
        Mistake{"RegionOfFractions", image("file = \"image.fits\"\nregion = [1.5, 2, 1, 6]\n"), "wrong type"},
        Mistake{"RegionOfHugeNumbers",
                image("file = \"image.fits\"\nregion = [1, 9000000000000000000, 1, 6]\n"),
                "9000000000000000000 is out of range"},
        Mistake{"ZeropointIsText", image("file = \"image.fits\"\nzeropoint = \"25\"\n"),
                "zeropoint = '25': wrong type"},
        Mistake{"ZeropointIsNan", image("file = \"image.fits\"\nzeropoint = nan\n"), "not a finite number"},
        Mistake{"ExptimeZero", image("file = \"image.fits\"\nexptime = 0\n"),
                "exptime = 0: out of range (a number above 0)"},
        Mistake{"Typo", image("file = \"image.fits\"\nzero_point = 3\n"), "did you mean \"zeropoint\"?"},
        Mistake{"ShapeInAFit", image("shape = [10, 10]\n"), "a fit needs pixels"},
        Mistake{"ShapeAndFile", image("file = \"image.fits\"\nshape = [10, 10]\n"), "\"file\" is given too"}),
    name_of);

std::string component(const std::string& keys) {
  return "[image]\nfile = \"image.fits\"\nzeropoint = 25\n" + kNoise + "[[component]]\n" + keys;
}

INSTANTIATE_TEST_SUITE_P(
    ComponentTable, BadScene,
    testing::Values(
        Mistake{"NoType", component("x = 3\n"),
                "scene.toml:6: component 1.type: missing (\"sersic\", \"exponential\""},
        Mistake{"UnknownType", component("type = \"sersci\"\n"),
                "component 1.type = 'sersci': there is no such kind of component (did you "
                "mean"},
        Mistake{"TypeIsNumber", component("type = 4\n"), "component 1.type = 4: wrong type"},
        Mistake{"UnknownKey", component("type = \"sersic\"\nname = \"dwarf\"\nree = 3\n"),
                "scene.toml:9: dwarf.ree = 3: unknown key (did you mean \"re\"?"},
        Mistake{"KeyOfAnotherKind", component("type = \"gaussian\"\nn = 3\n"),
                "component 1.n = 3: unknown key"},
        Mistake{"ThetaForPa", component("type = \"sersic\"\ntheta = 3\n"), "theta = 3: unknown key"},
        Mistake{"TextForNumber", component("type = \"sersic\"\nre = \"3\"\n"),
                "re = '3': wrong type (a number from 0.01 to 100000, or a table { value, fixed, min, max })"},
        Mistake{"ListForNumber", component("type = \"sersic\"\nre = [3]\n"), "wrong type"},
        Mistake{"ReTooSmall", component("type = \"sersic\"\nre = 0.001\n"), "re = 0.001: out of range"},
        Mistake{"NegativeN", component("type = \"sersic\"\nn = -1\n"),
                "n = -1: out of range (a number from 0.1 to 20)"},
        Mistake{"QAboveOne", component("type = \"sersic\"\nq = { value = 1.5 }\n"),
                "component 1.q.value = 1.5: out of range (a number from 0.01 to 1)"},
        Mistake{"Nan", component("type = \"sersic\"\nx = nan\n"), "x = nan: not a finite number"},
        Mistake{"Infinite", component("type = \"sersic\"\nflux = inf\n"), "flux = inf: not a finite number"},
        Mistake{"UnknownPart", component("type = \"sersic\"\nn = { value = 2, fix = true }\n"),
                "component 1.n.fix = true: unknown key (did you mean \"fixed\"?"},
        Mistake{"FixedIsNumber", component("type = \"sersic\"\nn = { value = 2, fixed = 1 }\n"),
                "wrong type (true or false)"},
        Mistake{"FixedWithoutValue", component("type = \"sersic\"\nn = { fixed = true }\n"),
                "component 1.n.value: missing"},
        Mistake{"BoundsReversed", component("type = \"sersic\"\nn = { min = 3, max = 2 }\n"),
                "n.max = 2: not above min"},
        Mistake{"BoundOutOfRange", component("type = \"sersic\"\nn = { min = 0.01 }\n"),
                "n.min = 0.01: out of range"},
        Mistake{"StartOutOfBounds", component("type = \"sersic\"\nn = { value = 5, max = 4 }\n"),
                "n.value = 5: outside min and max"},
        Mistake{"MagAndFlux", component("type = \"sersic\"\nmag = 20\nflux = 3\n"),
                "mag = 20: \"flux\" is given too"},
        Mistake{"FluxAndBrightness", component("type = \"sersic\"\nflux = 3\ni0 = 1\n"),
                "scene.toml:9: component 1.i0 = 1: \"flux\" is given too (one of them)"},
        Mistake{"MagAndBrightness", component("type = \"sersic\"\nmag = 20\ni0 = 1\n"),
                "component 1.mag = 20: \"i0\" is given too (one of them)"},
        Mistake{"TwoBrightnesses", component("type = \"sersic\"\nie = 3\ni0 = 1\n"),
                "component 1.ie = 3: \"i0\" is given too (one of them)"},
        Mistake{"BrightnessThatThereIsNot", component("type = \"king\"\nie = 3\n"),
                "scene.toml:8: component 1.ie = 3: king cannot have it (options of king: i0, ibreak"},
        Mistake{"CutPoint", component("type = \"pointsource\"\ninner = [\"a\"]\n"),
                "scene.toml:8: component 1.inner = ['a']: pointsource cannot have it"},
        Mistake{"MisspeltOption", component("type = \"sersic\"\nasymetry = 0.1\n"),
                "did you mean \"asymmetry\"?"},
        Mistake{"MisspeltCut", component("type = \"sersic\"\ninnner = [\"a\"]\n"), "did you mean \"inner\"?"},
        Mistake{"ModeThatThereIsNot", component("type = \"sersic\"\nf11 = 0.1\n"), "did you mean \"f10\"?"},
        Mistake{"FamiliesAreShort", component("type = \"sersic\"\nzzz = 0.1\n"),
                "f1 to f10, f1_phase to f10_phase"},
        Mistake{"ModesTogether", component("type = \"sersic\"\nname = \"a\"\nf1 = 0.6\nf2 = 0.6\n"),
                "scene.toml:6: a: f1 to f10 = "},
        Mistake{"SpiralRadii",
                component("type = \"sersic\"\nspiral_angle = 1\nspiral_rin = 20\nspiral_rout = 10\n"),
                "scene.toml:9: component 1.spiral_rin = 20: not inside the outer radius"},
        Mistake{"WidestOfGaussians", component("type = \"mge:2\"\nsigma_max = 0.2\n"),
                "scene.toml:8: component 1.sigma_max = 0.2: not above sigma_min (more than 0.5)"},
        Mistake{"KnotsReversed", component("type = \"spline:3\"\nr_min = 30\nr_max = 3\n"),
                "scene.toml:6: component 1: r_max / r_min = 0.1: the last knot is not outside the first "
                "(above 1)"},
        Mistake{"MagAbsurd", component("type = \"sersic\"\nmag = -900\n"), "mag = -900: no finite flux"},
        Mistake{"MagVanishing", component("type = \"sersic\"\nmag = 9000\n"), "mag = 9000: no finite flux"},
        Mistake{"MagWithoutZeropoint", kImage + kNoise + "[[component]]\ntype = \"sersic\"\nmag = 20\n",
                "mag = 20: a magnitude needs a zero point (zeropoint in [image]"},
        Mistake{"SameNames",
                component("type = \"sersic\"\nname = \"a\"\n[[component]]\ntype = \"sky\"\nname = \"a\"\n"),
                "component 2.name = 'a': two components have the same name"},
        Mistake{"EmptyName", component("type = \"sersic\"\nname = \"\"\n"), "not a usable name"},
        Mistake{"NameWithQuote", component("type = \"sersic\"\nname = 'a\"b'\n"), "not a usable name"},
        Mistake{"LongName", component("type = \"sersic\"\nname = \"" + std::string(41, 'x') + "\"\n"),
                "not a usable name"},
        Mistake{"PivotCannotBeFree", component("type = \"sky\"\nx = { value = 3, fixed = false }\n"), "x = "},
        Mistake{"SingleTable", kImage + kNoise + "[component]\ntype = \"sersic\"\n",
                "tables that each begin with [[component]]"},
        Mistake{"RaWithoutHeader", component("type = \"sersic\"\nra = 3\ndec = 4\n"),
                "WCS: the header has no sky coordinates"},
        Mistake{"NothingFree",
                component("type = \"pointsource\"\nx = { value = 3, fixed = true }\n"
                          "y = { value = 3, fixed = true }\nflux = { value = 3, fixed = true }\n"),
                "component: no parameter is free"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    FitTable, BadScene,
    testing::Values(Mistake{"Rtol", kImage + kNoise + "[fit]\nrtol = 0\n" + kGalaxy,
                            "fit.rtol = 0: out of range"},
                    Mistake{"Iterations", kImage + kNoise + "[fit]\nmax_iterations = 0\n" + kGalaxy,
                            "fit.max_iterations = 0: out of range (a whole number from 1"},
                    Mistake{"Threads", kImage + kNoise + "[fit]\nthreads = 1.5\n" + kGalaxy,
                            "fit.threads = 1.5: wrong type"},
                    Mistake{"Typo", kImage + kNoise + "[fit]\nmaxiterations = 5\n" + kGalaxy,
                            "did you mean \"max_iterations\"?"}),
    name_of);

class BadFile : public test::TaskTest {};

TEST_F(BadFile, SceneMissingOrFolder) {
  EXPECT_THROW(load_task(folder.path("none.toml")), InputError);
  EXPECT_THROW(load_task(folder.path()), InputError);
  EXPECT_THROW(load_task(""), InputError);
  EXPECT_THROW(load_task("/dev/zero"), InputError);
  EXPECT_THROW(load_task(std::string(10'000, 'x')), InputError);
}

TEST_F(BadFile, ImageAllNan) {
  write("image.fits", std::vector<float>(kNx * kNy, NAN));
  EXPECT_THAT(
      problem(kImage + kNoise + kGalaxy),
      HasSubstr("scene.toml:2: image.file = 'image.fits': no pixel of the region is a finite number"));
}

TEST_F(BadFile, ImageTruncatedOrWithThreeAxes) {
  const std::string whole = test::primary<float>({kNx, kNy}, coordinates(kNx, kNy));
  folder.write("image.fits", whole.substr(0, 2900));
  EXPECT_THAT(problem(kImage + kNoise + kGalaxy),
              HasSubstr("image.file = 'image.fits': the file is truncated"));
  folder.write("image.fits", test::primary<float>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_THAT(problem(kImage + kNoise + kGalaxy), HasSubstr("NAXIS = 3: the image has 3 axes (2 x 2 x 2)"));
}

TEST_F(BadFile, Psf) {
  const std::string scene = kImage + kNoise + "[psf]\nfile = \"psf.fits\"\n";
  folder.write("psf.fits", test::primary<float>({3, 3}, std::vector<float>(9, 0.0F)));
  EXPECT_THAT(problem(scene + kGalaxy), HasSubstr("scene.toml:6: psf.file = 'psf.fits'"));
  EXPECT_THAT(problem(scene + kGalaxy), HasSubstr("zero everywhere"));
  folder.write("psf.fits", test::primary<float>({0, 0}, {}));
  EXPECT_THAT(problem(scene + kGalaxy), HasSubstr("NAXIS1 = 0"));
  folder.write("psf.fits", test::primary<float>({1, 1}, {NAN}));
  EXPECT_THAT(problem(scene + kGalaxy), HasSubstr("not finite"));
  folder.write("psf.fits", test::primary<float>({1, 1}, {-1.0F}));
  EXPECT_THAT(problem(scene + kGalaxy), HasSubstr("sum"));
  folder.write("psf.fits", test::primary<float>({3, 3}, std::vector<float>(9, 1.0F)));
  EXPECT_THAT(problem(scene + "center = [9, 2]\n" + kGalaxy), HasSubstr("psf.center = [9, 2]: outside"));
  EXPECT_THAT(problem(scene + "center = 2\n" + kGalaxy), HasSubstr("wrong type"));
  EXPECT_THAT(problem(scene + "oversample = 0\n" + kGalaxy), HasSubstr("psf.oversample = 0: out of range"));
  EXPECT_THAT(problem(scene + "oversamle = 2\n" + kGalaxy), HasSubstr("did you mean \"oversample\"?"));
  EXPECT_THAT(problem(kImage + kNoise + "[psf]\n" + kGalaxy), HasSubstr("psf.file: missing"));
}

TEST_F(BadFile, RenderingNeedsValuesAndASize) {
  const std::string shape = "[image]\nshape = [10, 10]\n";
  EXPECT_THAT(problem(shape + "[[component]]\ntype = \"sersic\"\nx = 3\ny = 3\nflux = 1\nre = 1\n", false),
              HasSubstr("component 1.n: missing (a number from 0.1 to 20; gaxel fit estimates it"));
  EXPECT_THAT(problem(shape + kGalaxy + "q = 0.5\n", false),
              HasSubstr("component 1.pa: missing (a finite number; gaxel fit estimates it"));
  EXPECT_THAT(problem(shape + "[[component]]\ntype = \"pointsource\"\nx = 3\ny = 3\n", false),
              HasSubstr("component 1.flux: missing (flux in counts, or mag; gaxel fit estimates it"));
  EXPECT_THAT(problem(shape + "[[component]]\ntype = \"pointsource\"\nx = 3\ny = 3\nflux = {}\n", false),
              HasSubstr("flux = {}: has no value"));
  EXPECT_THAT(problem(shape + "[[component]]\ntype = \"pointsource\"\nra = 3\ndec = 3\nflux = 1\n", false),
              HasSubstr("there is no image whose header"));
  EXPECT_THAT(problem("[image]\n" + kGalaxy, false), HasSubstr("or shape = [nx, ny]"));
  EXPECT_THAT(problem("[image]\nshape = [2000000000, 2000000000]\n" + kGalaxy, false), HasSubstr("too many"));
  EXPECT_THAT(problem("[image]\nshape = [0, 10]\n" + kGalaxy, false), HasSubstr("0 is out of range"));
  EXPECT_THAT(problem(shape + "region = [1, 2, 1, 2000]\n" + kGalaxy, false),
              HasSubstr("the region reaches beyond the image"));
  EXPECT_THAT(problem(shape + "[noise]\nsimga = 1\n" + kGalaxy, false), HasSubstr("did you mean \"sigma\"?"));
  EXPECT_THAT(problem(shape + "[mask]\nfil = 1\n" + kGalaxy, false), HasSubstr("did you mean \"file\"?"));
}

/// Scenes cut or damaged anywhere are refused or read, and never crash.
TEST_F(BadFile, DamagedScenesNeverCrash) {
  const std::string whole = kImage + "zeropoint = 25.0\nregion = [1, 8, 1, 6]\n" + kNoise +
                            "[psf]\nfile = \"psf.fits\"\n" + "[fit]\nthreads = 1\n" + kGalaxy +
                            "pa = { value = 3.0, min = -10, max = 100, fixed = false }\n";
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(problem(whole.substr(0, i)).empty());
    for (const char c : {'"', '[', '9', '=', '\n', '-', '\x01'}) {
      std::string damaged = whole;
      damaged[i] = c;
      EXPECT_FALSE(problem(damaged).empty());
    }
  }
}

}  // namespace
}  // namespace gaxel::io
